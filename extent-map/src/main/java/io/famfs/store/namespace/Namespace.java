package io.famfs.store.namespace;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
    table.insert(root, table.hash(root, new EntryPath(new byte[0])));
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

  /// The directory at a path that is given as bytes: components separated by single slashes. Null
  /// when there is none. Allocates nothing.
  @Nullable DirectoryInode findDirectory(MemorySegment path, long offset, int lengthBytes) {
    DirectoryInode at = root;
    int start = 0;
    for (int i = 0; i <= lengthBytes; i++) {
      if (i == lengthBytes || path.get(ValueLayout.JAVA_BYTE, offset + i) == '/') {
        if (!(lookup(at, path, offset + start, i - start) instanceof DirectoryInode below)) {
          return null;
        }
        at = below;
        start = i + 1;
      }
    }
    return at;
  }

  /// Whether a file stands where a path needs a directory, at its end or before.
  public boolean passesFile(String path) {
    int end = path.length();
    while (end > 0) {
      if (find(path.substring(0, end)) instanceof FileInode) {
        return true;
      }
      end = path.lastIndexOf('/', end - 1);
    }
    return false;
  }

  InodeTable table() {
    return table;
  }
}
