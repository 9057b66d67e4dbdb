package io.famfs.store.namespace;

import io.famfs.core.Errno;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The files and directories of a volume, for readers: no call takes a lock, and those on the data
/// path allocate nothing.
public final class Namespace {
  /// Permission bits of the root directory, which has no log entry.
  public static final int ROOT_MODE = 0755;

  private final DirectoryInode root = new DirectoryInode(ROOT_MODE);
  private final InodeTable table = new InodeTable();

  Namespace() {
    table.insert(root);
  }

  /// The root directory, nodeid 1.
  public DirectoryInode root() {
    return root;
  }

  /// The inode with a nodeid, null when there is none. Any number may be asked for.
  public @Nullable Inode inode(long nodeid) {
    return table.find(nodeid);
  }

  /// The child of a directory with the name at `offset` of `name`, null when there is none. `.` and
  /// `..` are not children.
  public @Nullable Inode lookup(
      DirectoryInode parent, MemorySegment name, long offset, int lengthBytes) {
    return table.find(parent, name, offset, lengthBytes);
  }

  /// The child of a directory with a name in UTF-8, null when there is none.
  public @Nullable Inode lookup(DirectoryInode parent, byte[] name) {
    return table.find(parent, MemorySegment.ofArray(name), 0, name.length);
  }

  /// The inode at a path relative to the root; slashes at both ends are ignored, and the empty path
  /// is the root. Null when there is none.
  public @Nullable Inode find(String path) {
    Inode at = root;
    for (String name : path.split("/", -1)) {
      if (name.isEmpty()) {
        continue;
      }
      if (!(at instanceof DirectoryInode directory)) {
        return null;
      }
      at = lookup(directory, name.getBytes(StandardCharsets.UTF_8));
      if (at == null) {
        return null;
      }
    }
    return at;
  }

  /// Why a path leads to nothing: [Errno#ENOENT], or [Errno#ENOTDIR] when a file stands in the way.
  public int missing(String path) {
    String prefix = path;
    while (prefix.lastIndexOf('/') > 0) {
      prefix = prefix.substring(0, prefix.lastIndexOf('/'));
      if (find(prefix) instanceof FileInode) {
        return Errno.ENOTDIR;
      }
    }
    return Errno.ENOENT;
  }

  InodeTable table() {
    return table;
  }
}
