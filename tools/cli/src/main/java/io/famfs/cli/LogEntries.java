package io.famfs.cli;

import io.famfs.core.format.LogEntry;
import io.famfs.core.format.LogEntryCodec;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogEntryRules;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaFault;
import io.famfs.store.Volume;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.Inode;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What the log says about files and directories of a volume that was replayed.
final class LogEntries {
  private LogEntries() {}

  /// The entry that made an inode, read again from the log and checked.
  ///
  /// @param inode any but the root, which has none
  static LogEntry of(Volume volume, Inode inode) {
    long at = LogHeaderLayout.entryMediaOffset(inode.logIndex());
    MemorySegment copy = MemorySegment.ofArray(new byte[LogEntryLayout.BYTES]);
    MemorySegment.copy(volume.memory(0), at, copy, 0, LogEntryLayout.BYTES);
    MediaFault fault = LogEntryRules.integrity(copy, inode.logIndex());
    if (fault != null) {
      throw new CliException("the log changes while it is read: " + fault.describe());
    }
    return LogEntryCodec.decode(copy, 0, at).value();
  }

  /// All files and directories in the order in which they were made, which puts every directory
  /// before what it holds. Without the root.
  static List<Inode> inLogOrder(Volume volume) {
    List<Inode> found = new ArrayList<>();
    List<DirectoryInode> open = new ArrayList<>(List.of(volume.namespace().root()));
    while (!open.isEmpty()) {
      DirectoryInode directory = open.removeLast();
      for (Inode child : directory.children()) {
        found.add(child);
        if (child instanceof DirectoryInode below) {
          open.add(below);
        }
      }
    }
    found.sort(Comparator.comparingLong(Inode::logIndex));
    return found;
  }
}
