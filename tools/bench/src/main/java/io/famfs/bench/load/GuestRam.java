package io.famfs.bench.load;

import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.Memfd;
import io.famfs.os.MemoryMap;
import java.lang.foreign.MemorySegment;

/// The memory of the guest that is none: one shared file, one region. Guest addresses are offsets.
final class GuestRam implements AutoCloseable {
  private static final long PAGE_BYTES = 4096;

  private final Fd fd;
  private final MemoryMap map;
  private final long sizeBytes;
  private long used;

  GuestRam(long sizeBytes) throws ErrnoException {
    this.sizeBytes = sizeBytes;
    fd = Memfd.create("famfs load", sizeBytes);
    map = MemoryMap.map(fd, 0, sizeBytes, MemoryMap.Access.READ_WRITE);
    // Pages are there before the first request: a guest that has run for a while has them.
    map.segment().fill((byte) 0);
  }

  Fd fd() {
    return fd;
  }

  long sizeBytes() {
    return sizeBytes;
  }

  MemorySegment memory() {
    return map.segment();
  }

  /// The address of the region as the front-end's messages have it.
  long userAddress() {
    return map.segment().address();
  }

  /// Whole pages for one purpose.
  long take(long bytes) {
    long at = used;
    used += (bytes + PAGE_BYTES - 1) & -PAGE_BYTES;
    if (used > sizeBytes) {
      throw new IllegalStateException("guest memory is too small");
    }
    return at;
  }

  @Override
  public void close() {
    map.close();
    fd.close();
  }
}
