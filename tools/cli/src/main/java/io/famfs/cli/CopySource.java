package io.famfs.cli;

import io.famfs.core.Errno;
import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.FileIdentity;
import io.famfs.os.Io;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// A file of this host that is being copied, read by any number of threads.
final class CopySource implements AutoCloseable {
  private final Path path;
  private final Fd fd;
  private final long sizeBytes;

  private CopySource(Path path, Fd fd, long sizeBytes) {
    this.path = path;
    this.fd = fd;
    this.sizeBytes = sizeBytes;
  }

  static CopySource open(Path path) throws IOException {
    // A pipe would wait for a writer.
    Fd fd = Fd.open(path, Fd.O_RDONLY | Fd.O_NONBLOCK, 0);
    try {
      if (fd.identity().type() != FileIdentity.Type.REGULAR) {
        throw new CliException("neither a file nor a directory");
      }
      return new CopySource(path, fd, fd.sizeBytes());
    } catch (IOException | CliException e) {
      fd.close();
      throw e;
    }
  }

  /// Its size when it was opened.
  long sizeBytes() {
    return sizeBytes;
  }

  /// Reads exactly `target` from `fileOffset` on.
  void read(MemorySegment target, long fileOffset) throws IOException {
    long done = 0;
    while (done < target.byteSize()) {
      long n = Io.pread(fd, target, done, target.byteSize() - done, fileOffset + done);
      if (n < 0) {
        throw new ErrnoException("read " + path, (int) -n);
      }
      if (n == 0) {
        throw new EOFException("the source became shorter while it was copied");
      }
      done += n;
    }
  }

  /// Where the first byte at or behind `at` is that is not in a hole; `end` when there is none
  /// before it.
  long dataFrom(long at, long end) throws IOException {
    return bounded(fd.nextData(at), at, end);
  }

  /// Where the data that holds `at` ends, at most `end`.
  long dataEnd(long at, long end) throws IOException {
    long hole = bounded(fd.nextHole(at), end, end);
    // The hole may have been dug after the data was found.
    return hole <= at ? end : hole;
  }

  private long bounded(long result, long unknown, long end) throws IOException {
    if (result >= 0) {
      return Math.min(result, end);
    }
    return switch ((int) -result) {
      case Errno.ENXIO -> end;
      // The file system does not know holes.
      case Errno.EINVAL, Errno.EOPNOTSUPP -> unknown;
      default -> throw new ErrnoException("read " + path, (int) -result);
    };
  }

  /// Ends the copy with an error when the source has another size by now.
  void requireSameSize() throws IOException {
    long now = fd.sizeBytes();
    if (now != sizeBytes) {
      throw new CliException(
          "the source changed its size from "
              + sizeBytes
              + " to "
              + now
              + " bytes while it was copied");
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
