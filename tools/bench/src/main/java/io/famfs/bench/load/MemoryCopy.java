package io.famfs.bench.load;

import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.Memfd;
import io.famfs.os.MemoryMap;
import java.lang.foreign.MemorySegment;

/// The limit of everything that copies: the same number of bytes between a mapped file in memory
/// and as many buffers as a load has, in this process, by one thread.
public final class MemoryCopy implements AutoCloseable {
  private final Fd fd;
  private final MemoryMap file;
  private final MemoryMap buffers;

  /// @param fileBytes size of the file that is copied from
  /// @param depth buffers of [LoadOperation#MAX_BYTES]
  public MemoryCopy(long fileBytes, int depth) throws ErrnoException {
    fd = Memfd.create("famfs copy", fileBytes);
    file = MemoryMap.map(fd, 0, fileBytes, MemoryMap.Access.READ_WRITE);
    file.segment().fill((byte) 1);
    buffers = MemoryMap.anonymous((long) depth * LoadOperation.MAX_BYTES);
    buffers.segment().fill((byte) 2);
  }

  /// Copies for a while.
  ///
  /// @return copies in a second
  public double perSecond(int bytes, boolean intoFile, long millis) {
    MemorySegment from = intoFile ? buffers.segment() : file.segment();
    MemorySegment to = intoFile ? file.segment() : buffers.segment();
    long startNs = System.nanoTime();
    long endNs = startNs + millis * 1_000_000L;
    long copies = 0;
    long fromAt = 0;
    long toAt = 0;
    long now;
    do {
      MemorySegment.copy(from, fromAt, to, toAt, bytes);
      fromAt = next(fromAt, bytes, intoFile, from);
      toAt = next(toAt, bytes, !intoFile, to);
      copies++;
      now = System.nanoTime();
    } while (now - endNs < 0);
    return copies * 1e9 / (now - startNs);
  }

  /// Places follow each other in the file; each buffer is used from its beginning.
  private static long next(long at, int bytes, boolean buffer, MemorySegment in) {
    long step = buffer ? LoadOperation.MAX_BYTES : bytes;
    return at + step + bytes <= in.byteSize() ? at + step : 0;
  }

  @Override
  public void close() {
    file.close();
    buffers.close();
    fd.close();
  }
}
