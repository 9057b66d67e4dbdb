package io.famfs.virtio;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicInteger;

/// The bitmap by which a front-end learns which pages of its guest we have written, while it copies
/// them elsewhere (vhost-user, "Migration"): bit `n % 8` of byte `n / 8` is page `n` of 4 KiB,
/// counted from guest address 0. The front-end takes bits out at any time, so they are or-ed in
/// atomically, and always after the page has been written.
///
/// Like a region of memory it belongs to the tables that have it, and is released with the last.
public final class DirtyLog {
  private static final int PAGE_SHIFT = 12;
  private static final int WORD_SHIFT = 6;
  private static final VarHandle WORD =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

  private final MemorySegment bits;
  private final Runnable release;
  private final AtomicInteger tables = new AtomicInteger();

  /// @param bits the log, aligned to 8 bytes and a multiple of them long
  /// @param release gives its mapping back; called once
  public DirtyLog(MemorySegment bits, Runnable release) {
    if (bits.address() % Long.BYTES != 0 || bits.byteSize() % Long.BYTES != 0) {
      throw new IllegalArgumentException("a log of " + bits.byteSize() + " bytes");
    }
    this.bits = bits;
    this.release = release;
  }

  /// Whether every address below this one has a bit.
  public boolean covers(long endAddress) {
    return endAddress >= 0
        && (endAddress + (1L << PAGE_SHIFT) - 1) >>> PAGE_SHIFT <= bits.byteSize() * Byte.SIZE;
  }

  /// Says that a range has been written; pages that have no bit are left out. Allocates nothing.
  public void mark(long address, long lengthBytes) {
    if (lengthBytes <= 0) {
      return;
    }
    long first = address >>> PAGE_SHIFT;
    long last = Math.min((address + lengthBytes - 1) >>> PAGE_SHIFT, bits.byteSize() * 8 - 1);
    for (long page = first; page <= last; page = (page | (Long.SIZE - 1)) + 1) {
      long mask = -1L << page;
      if (page >>> WORD_SHIFT == last >>> WORD_SHIFT) {
        mask &= -1L >>> (Long.SIZE - 1 - (last & (Long.SIZE - 1)));
      }
      long _ = (long) WORD.getAndBitwiseOr(bits, (page >>> WORD_SHIFT) * Long.BYTES, mask);
    }
  }

  void addTable() {
    tables.incrementAndGet();
  }

  void removeTable() {
    if (tables.decrementAndGet() == 0) {
      release.run();
    }
  }
}
