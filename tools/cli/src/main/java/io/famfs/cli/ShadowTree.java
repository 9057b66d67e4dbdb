package io.famfs.cli;

import io.famfs.core.Errno;
import io.famfs.core.format.LogEntry.FileEntry;
import io.famfs.core.format.LogEntry.MkdirEntry;
import io.famfs.core.shadow.ShadowText;
import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.FileIdentity;
import io.famfs.os.Io;
import io.famfs.os.OpenDirectory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The directory tree that the reference's FUSE daemon serves from: `DIRECTORY/root` with a real
/// directory for every directory of the log, and a text for every file.
///
/// What stands there already stays as it is. Nothing is followed or made outside of the directory,
/// whatever links somebody put into it.
final class ShadowTree implements AutoCloseable {
  private static final byte[] ROOT = "root".getBytes(StandardCharsets.UTF_8);
  private static final int DIRECTORY_MODE = 0755;
  private static final int FILE_MODE = 0644;

  /// Longest text that is read back: several times what the largest entry takes.
  private static final int MAX_TEXT_BYTES = 64 << 10;

  private final OpenDirectory root;

  private ShadowTree(OpenDirectory root) {
    this.root = root;
  }

  /// Opens the tree below a directory that exists; makes its root when that is missing.
  static ShadowTree open(Path directory) throws IOException {
    try (OpenDirectory parent = OpenDirectory.open(directory)) {
      if (parent.type(ROOT) == null) {
        parent.makeDirectory(ROOT, DIRECTORY_MODE);
      }
      return new ShadowTree(parent.directory(ROOT));
    }
  }

  /// Makes a directory with the permissions of the log, less the umask, and gives it to its owner
  /// when neither user nor group is 0: as the reference does.
  ///
  /// @return false when it is there already
  boolean make(MkdirEntry entry) throws IOException {
    List<byte[]> names = components(entry.path().toBytes());
    byte[] name = names.removeLast();
    try (OpenDirectory parent = walk(names)) {
      FileIdentity.Type present = parent.type(name);
      if (present == FileIdentity.Type.DIRECTORY) {
        return false;
      }
      refuse(present, "a directory", entry.path().toString());
      parent.makeDirectory(name, entry.mode() & 07777);
      if (entry.uid() != 0 && entry.gid() != 0) {
        try (OpenDirectory made = parent.directory(name)) {
          made.changeOwner(entry.uid(), entry.gid());
        }
      }
      return true;
    }
  }

  /// Writes the text of a file.
  ///
  /// @return false when there is one already
  boolean make(FileEntry entry) throws IOException {
    List<byte[]> names = components(entry.path().toBytes());
    byte[] name = names.removeLast();
    try (OpenDirectory parent = walk(names)) {
      FileIdentity.Type present = parent.type(name);
      if (present == FileIdentity.Type.REGULAR) {
        return false;
      }
      refuse(present, "a shadow file", entry.path().toString());
      try (Fd file = parent.createFile(name, FILE_MODE)) {
        write(file, ShadowText.of(entry).getBytes(StandardCharsets.UTF_8));
      }
      return true;
    }
  }

  /// The text that stands for a file.
  String read(FileEntry entry) throws IOException {
    List<byte[]> names = components(entry.path().toBytes());
    byte[] name = names.removeLast();
    try (OpenDirectory parent = walk(names)) {
      refuseUnless(FileIdentity.Type.REGULAR, parent.type(name), entry.path().toString());
      try (Fd file = parent.openFile(name)) {
        refuseUnless(FileIdentity.Type.REGULAR, file.identity().type(), entry.path().toString());
        return read(file, entry.path().toString());
      }
    }
  }

  private static void refuse(FileIdentity.@Nullable Type present, String wanted, String path)
      throws IOException {
    if (present != null) {
      throw new IOException(
          Inodes.printable(path)
              + ": "
              + present.description()
              + " stands where "
              + wanted
              + " belongs");
    }
  }

  private static void refuseUnless(
      FileIdentity.Type wanted, FileIdentity.@Nullable Type present, String path)
      throws IOException {
    if (present != wanted) {
      throw new IOException(
          Inodes.printable(path)
              + ": "
              + (present == null ? "no shadow file" : present.description() + ", no shadow file"));
    }
  }

  private static void write(Fd file, byte[] text) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(text.length);
      MemorySegment.copy(text, 0, memory, ValueLayout.JAVA_BYTE, 0, text.length);
      long at = 0;
      while (at < text.length) {
        long wrote = Io.write(file, memory, at, text.length - at);
        if (wrote <= 0) {
          throw new ErrnoException("write a shadow file", wrote == 0 ? Errno.EIO : (int) -wrote);
        }
        at += wrote;
      }
    }
  }

  private static String read(Fd file, String path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(MAX_TEXT_BYTES);
      long at = 0;
      long got;
      while ((got = Io.read(file, memory, at, MAX_TEXT_BYTES - at)) > 0) {
        at += got;
      }
      if (got < 0) {
        throw new ErrnoException("read the shadow file of " + Inodes.printable(path), (int) -got);
      }
      if (at == MAX_TEXT_BYTES) {
        throw new IOException(Inodes.printable(path) + ": its shadow file is far too long");
      }
      return new String(
          memory.asSlice(0, at).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }
  }

  /// Opens the directory at a path below the root, one name after the other.
  private OpenDirectory walk(List<byte[]> names) throws IOException {
    OpenDirectory at = root.again();
    for (byte[] name : names) {
      try (OpenDirectory parent = at) {
        at = parent.directory(name);
      }
    }
    return at;
  }

  private static List<byte[]> components(byte[] path) {
    List<byte[]> names = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= path.length; i++) {
      if (i == path.length || path[i] == '/') {
        names.add(Arrays.copyOfRange(path, start, i));
        start = i + 1;
      }
    }
    return names;
  }

  @Override
  public void close() {
    root.close();
  }
}
