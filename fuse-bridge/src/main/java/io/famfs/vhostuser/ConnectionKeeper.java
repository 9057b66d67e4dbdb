package io.famfs.vhostuser;

import io.famfs.os.Fd;
import io.famfs.os.ReplyPipe;
import java.lang.foreign.MemorySegment;

/// Where a connection leaves its descriptors and what it was told, for a process that goes on with
/// it. Called by the control thread.
public interface ConnectionKeeper {

  /// Leaves a descriptor; the connection goes on using its own.
  ///
  /// @param role letters, digits and dots, never used before by this connection
  void keep(String role, Fd fd);

  /// What was left under a role is of no use any more.
  void drop(String role);

  /// Replaces what the connection was told. Descriptors it names have been left before, and are
  /// dropped after.
  void save(byte[] image);

  /// Through it replies go to the front-end.
  ReplyPipe replies();

  /// A word for [BackEndChannel].
  MemorySegment channelNotes();
}
