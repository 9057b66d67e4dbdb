package io.famfs.fuse.server;

import java.util.List;
import java.util.UUID;

/// What a file system does for clients that go to another server of the same volume, and come from
/// one. Safe for use by many threads.
public interface Migration {
  /// A file that cannot be told apart from others: it is not in the log yet.
  long UNSETTLED = 0;

  /// The volume.
  UUID volume();

  /// How much of its log is known here. What another server knows more is looked at first, when
  /// that is asked for.
  ///
  /// @param atLeast what has to be known; waited for, within a limit
  long logEntries(long atLeast);

  /// Puts the files into the log that a client has made, as far as nobody writes to them.
  ///
  /// @param all also those that somebody writes to, who cannot make them longer from then on
  /// @return the paths of those that are written to
  List<String> settle(Client client, boolean all);

  /// What tells that an inode is the same elsewhere.
  ///
  /// @return -1 when there is none, [#UNSETTLED] for a file that is not in the log yet
  long fingerprint(long nodeid);

  /// The path of an inode, for messages; its number when there is none.
  String describe(long nodeid);

  /// Becomes the one process of this host that creates, if it is not: waits for the one that is to
  /// let go, within a limit.
  ///
  /// @return why it cannot be; empty when it is now
  String takeUp();

  /// Creates nothing from now on, so that another process can.
  void letGo();
}
