package io.famfs.cli;

import io.famfs.core.Errno;
import io.famfs.store.Volume;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/// Compares a mounted tree with the log of its volume: names, types, sizes, modes, owners, and the
/// bytes at both ends of every extent with those on the device.
final class MountComparison {
  private static final int SAMPLE_BYTES = 4096;
  private static final int TYPE_BITS = 0170000;
  private static final int DIRECTORY = 0040000;
  private static final int FILE = 0100000;
  private static final String META = ".meta";

  private final Volume volume;
  private final Path root;
  private final BiConsumer<String, String> differences;
  private long files;
  private long directories;

  /// A comparison.
  ///
  /// @param volume the volume as it is now
  /// @param root where it is mounted
  /// @param differences receives path and difference
  MountComparison(Volume volume, Path root, BiConsumer<String, String> differences) {
    this.volume = volume;
    this.root = root;
    this.differences = differences;
  }

  long files() {
    return files;
  }

  long directories() {
    return directories;
  }

  /// Compares what is at a path, and everything below.
  void compare(Inode inode) throws IOException {
    if (!attributesMatch(inode)) {
      return;
    }
    if (inode instanceof FileInode file) {
      files++;
      content(file);
    } else if (inode instanceof DirectoryInode directory) {
      directories += directory.nodeid() == Inode.ROOT_NODEID ? 0 : 1;
      children(directory);
    }
  }

  /// Whether it is there and of the type that the log says.
  private boolean attributesMatch(Inode inode) throws IOException {
    Map<String, Object> shown;
    try {
      shown =
          Files.readAttributes(shown(inode), "unix:mode,uid,gid,size", LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      differs(inode, "is in the log, not in the mount");
      return false;
    }
    int mode = (int) attribute(shown, "mode");
    boolean file = inode instanceof FileInode;
    if ((mode & TYPE_BITS) != (file ? FILE : DIRECTORY)) {
      differs(inode, file ? "is a file in the log, not in the mount" : "is no directory");
      return false;
    }
    if (inode.nodeid() == Inode.ROOT_NODEID) {
      // The root has no log entry.
      return true;
    }
    number(inode, "mode", inode.mode(), mode & Inode.PERMISSION_BITS, true);
    number(inode, "uid", inode.uid(), (int) attribute(shown, "uid"), false);
    number(inode, "gid", inode.gid(), (int) attribute(shown, "gid"), false);
    long size = attribute(shown, "size");
    if (file && size != inode.sizeBytes()) {
      differs(inode, "has " + inode.sizeBytes() + " bytes in the log, " + size + " in the mount");
    }
    return true;
  }

  private static long attribute(Map<String, Object> shown, String name) {
    return shown.get(name) instanceof Number number ? number.longValue() : 0;
  }

  private void number(Inode inode, String what, int logged, int shown, boolean octal) {
    if (logged != shown) {
      String first = octal ? Inodes.octal(logged) : Integer.toUnsignedString(logged);
      String second = octal ? Inodes.octal(shown) : Integer.toUnsignedString(shown);
      differs(inode, "has " + what + " " + first + " in the log, " + second + " in the mount");
    }
  }

  private void children(DirectoryInode directory) throws IOException {
    Map<String, Inode> logged = new TreeMap<>();
    for (Inode child : directory.children()) {
      logged.put(child.path(), child);
    }
    for (Inode child : logged.values()) {
      compare(child);
    }
    try (DirectoryStream<Path> shown = Files.newDirectoryStream(shown(directory))) {
      for (Path path : shown) {
        String relative = root.relativize(path).toString();
        boolean known =
            relative.equals(META)
                || logged.containsKey(relative)
                || volume.namespace().find(relative) != null;
        // Once more from the mount: it may have been given up meanwhile.
        if (!known && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
          differences.accept(relative, "is in the mount, not in the log (or being written)");
        }
      }
    }
  }

  private void content(FileInode file) throws IOException {
    try (FileChannel channel = FileChannel.open(shown(file), StandardOpenOption.READ)) {
      ExtentCursor cursor = new ExtentCursor();
      long at = 0;
      while (at < file.sizeBytes() && file.extents().resolve(at, file.sizeBytes() - at, cursor)) {
        long run = Math.min(cursor.runBytes(), file.sizeBytes() - at);
        long bad = mismatch(channel, at, run, cursor);
        if (bad >= 0) {
          differs(file, "shows other bytes at " + bad + " than the device has there");
          return;
        }
        at += run;
      }
    } catch (IOException e) {
      differs(file, "cannot be read: " + reason(e));
    }
  }

  private static String reason(IOException e) {
    return e instanceof NoSuchFileException ? Errno.describe(Errno.ENOENT) : "" + e.getMessage();
  }

  /// Compares both ends of a run.
  ///
  /// @return the first file offset that differs, -1 when none does
  private long mismatch(FileChannel channel, long at, long run, ExtentCursor cursor)
      throws IOException {
    MemorySegment memory = volume.memory(cursor.deviceIndex());
    int length = (int) Math.min(SAMPLE_BYTES, run);
    long[] starts = {0, run - length};
    for (long start : starts) {
      byte[] shown = new byte[length];
      byte[] there = new byte[length];
      // Twice: somebody may be writing.
      for (int attempt = 0; attempt < 2; attempt++) {
        read(channel, at + start, shown);
        MemorySegment.copy(
            memory, ValueLayout.JAVA_BYTE, cursor.deviceOffset() + start, there, 0, length);
        if (Arrays.equals(shown, there)) {
          break;
        }
        if (attempt == 1) {
          return at + start + Arrays.mismatch(shown, there);
        }
      }
    }
    return -1;
  }

  private static void read(FileChannel channel, long at, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        Arrays.fill(bytes, buffer.position(), bytes.length, (byte) 0);
        return;
      }
    }
  }

  private Path shown(Inode inode) {
    return inode.path().isEmpty() ? root : root.resolve(inode.path());
  }

  private void differs(Inode inode, String difference) {
    differences.accept(inode.path(), difference);
  }
}
