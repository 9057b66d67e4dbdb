package io.famfs.os;

import io.famfs.os.libc.CacheLineCode;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/// Moves cache lines between the processor and device memory, for memory that others see without
/// the processor's cache coherence, or that keeps its content without power.
///
/// Only for memory that cannot vanish while the process lives: see [CacheLineCode].
public final class CacheLines {
  private CacheLines() {}

  /// Whether this host has instructions this class knows: x86-64.
  public static boolean available() {
    return CacheLineCode.available();
  }

  /// Writes back every line that holds a byte of the range, and waits for it.
  ///
  /// @throws UnsupportedOperationException when not [#available()]
  public static void writeBack(MemorySegment segment, long offset, long lengthBytes) {
    requireAvailable();
    VarHandle.releaseFence();
    CacheLineCode.writeBack(segment, offset, lengthBytes);
  }

  /// Drops every line that holds a byte of the range, after writing it back where it is changed.
  ///
  /// @throws UnsupportedOperationException when not [#available()]
  public static void invalidate(MemorySegment segment, long offset, long lengthBytes) {
    requireAvailable();
    VarHandle.releaseFence();
    CacheLineCode.invalidate(segment, offset, lengthBytes);
    VarHandle.acquireFence();
  }

  private static void requireAvailable() {
    if (!available()) {
      throw new UnsupportedOperationException(
          "no cache-line instructions known for this processor");
    }
  }
}
