package io.famfs.cli;

import io.famfs.core.Errno;
import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.Io;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// A file of a mounted volume, read and written through the mount.
final class MountTreeFile implements TreeFile {
  private final Path path;
  private final Fd fd;
  private final long sizeBytes;

  private MountTreeFile(Path path, Fd fd, long sizeBytes) {
    this.path = path;
    this.fd = fd;
    this.sizeBytes = sizeBytes;
  }

  static MountTreeFile open(Path path, int access) throws IOException {
    Fd fd = Fd.open(path, access, 0);
    try {
      return new MountTreeFile(path, fd, fd.sizeBytes());
    } catch (IOException e) {
      fd.close();
      throw e;
    }
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public void fill(long offset, long lengthBytes, Piece piece) throws IOException {
    steps(
        offset,
        lengthBytes,
        (buffer, fileOffset) -> {
          piece.at(buffer, fileOffset);
          write(buffer, fileOffset);
        });
  }

  @Override
  public void read(long offset, long lengthBytes, Piece piece) throws IOException {
    steps(
        offset,
        lengthBytes,
        (buffer, fileOffset) -> {
          read(buffer, fileOffset);
          piece.at(buffer, fileOffset);
        });
  }

  private static void steps(long offset, long lengthBytes, Piece step) throws IOException {
    if (lengthBytes == 0) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(Math.min(STEP_BYTES, lengthBytes), Long.BYTES);
      long done = 0;
      while (done < lengthBytes) {
        long length = Math.min(STEP_BYTES, lengthBytes - done);
        step.at(buffer.asSlice(0, length), offset + done);
        done += length;
      }
    }
  }

  private void write(MemorySegment bytes, long fileOffset) throws IOException {
    long done = 0;
    while (done < bytes.byteSize()) {
      long n = Io.pwrite(fd, bytes, done, bytes.byteSize() - done, fileOffset + done);
      done += checked("write ", n);
    }
  }

  private void read(MemorySegment bytes, long fileOffset) throws IOException {
    long done = 0;
    while (done < bytes.byteSize()) {
      long n = Io.pread(fd, bytes, done, bytes.byteSize() - done, fileOffset + done);
      done += checked("read ", n);
    }
  }

  private long checked(String what, long result) throws IOException {
    if (result < 0) {
      throw new ErrnoException(what + path, (int) -result);
    }
    if (result == 0) {
      throw new EOFException(path + " ended early");
    }
    return result;
  }

  /// Reading through a mount asks the server, which reads the memory itself.
  @Override
  public void invalidate() {}

  /// The server writes back what it has stored.
  @Override
  public void commit() throws IOException {
    int result = fd.fsync();
    if (result < 0 && result != -Errno.EROFS) {
      throw new ErrnoException("write back " + path, -result);
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
