package io.famfs.e2e.cases;

import io.famfs.core.ByteSize;
import io.famfs.store.Volume;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// What the store has to say of files that tools have made; empty when all is well.
final class ToolChecks {
  private static final long UNIT_BYTES = 2 * ByteSize.MIB;

  /// A kernel tells of the last close behind the back of whoever closes.
  private static final long LIMIT_NS = 10_000_000_000L;

  private ToolChecks() {}

  /// Waits for a file to be in the log and looks at what was kept of it.
  static String kept(Volume volume, String path, long sizeBytes, int mode) {
    if (!(volume.namespace().find(path) instanceof FileInode file)) {
      return "there is no file " + path;
    }
    long startNs = System.nanoTime();
    while (!file.isCommitted()) {
      if (System.nanoTime() - startNs > LIMIT_NS) {
        return path + " does not come into the log";
      }
      Thread.onSpinWait();
    }
    if (file.sizeBytes() != sizeBytes || file.mode() != mode) {
      return "%s has %d bytes and mode %o".formatted(path, file.sizeBytes(), file.mode());
    }
    return shape(file);
  }

  private static String shape(FileInode file) {
    long needed = Math.ceilDiv(file.sizeBytes(), UNIT_BYTES) * UNIT_BYTES;
    long has = file.extents().allocatedBytes();
    boolean one = file.extents().rangeCount() <= 1;
    // An empty file may have a unit for itself.
    return one && (has == needed || (needed == 0 && has == UNIT_BYTES))
        ? ""
        : "%s has %d bytes in %d ranges".formatted(file.path(), has, file.extents().rangeCount());
  }

  /// Compares a listing of everything with the store and the bytes in the region.
  ///
  /// @param listing lines of `stat -c '%f %u %g %s %n'`, and of `sha256sum` for files; names begin
  ///   with `./`
  static String tree(ServedVolume served, String listing) {
    TreeSet<String> there = new TreeSet<>(listing.lines().toList());
    TreeSet<String> expected = new TreeSet<>();
    for (Inode inode : everything(served.volume())) {
      boolean directory = inode instanceof DirectoryInode;
      expected.add(
          "%x %d %d %d ./%s"
              .formatted(
                  (directory ? 0040000 : 0100000) | inode.mode(),
                  inode.uid(),
                  inode.gid(),
                  directory ? 0 : inode.sizeBytes(),
                  inode.path()));
      if (inode instanceof FileInode file) {
        String shape = file.path().equals(OrdinaryTools.FILLER) ? "" : shape(file);
        if (!file.isCommitted() || !shape.isEmpty()) {
          return file.path() + " is not in the log, or " + shape;
        }
        expected.add(
            ServedVolume.sha256(served.bytes(file.path(), 0, (int) file.sizeBytes()))
                + "  ./"
                + file.path());
      }
    }
    List<String> onlyHere = expected.stream().filter(line -> !there.contains(line)).toList();
    there.removeAll(expected);
    return onlyHere.isEmpty() && there.isEmpty()
        ? ""
        : "the store has " + onlyHere + ", the guest has " + there;
  }

  private static List<Inode> everything(Volume volume) {
    List<Inode> all = new ArrayList<>(volume.namespace().root().children());
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i) instanceof DirectoryInode directory) {
        all.addAll(directory.children());
      }
    }
    return all;
  }
}
