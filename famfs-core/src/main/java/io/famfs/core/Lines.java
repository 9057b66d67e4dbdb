package io.famfs.core;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicInteger;

/// Loads from memory to see whether it can be loaded.
public final class Lines {
  /// The smallest part of memory that fails by itself.
  private static final int LINE_BYTES = 64;

  /// Takes what was loaded: a load whose value nobody uses need not happen.
  private static final AtomicInteger SINK = new AtomicInteger();

  private Lines() {}

  /// Loads one byte of every cache line of a range.
  ///
  /// @throws InternalError when one cannot be loaded
  public static void load(MemorySegment memory, long offset, long lengthBytes) {
    int sum = 0;
    for (long at = offset; at < offset + lengthBytes; at += LINE_BYTES) {
      sum += memory.get(ValueLayout.JAVA_BYTE, at);
    }
    SINK.setOpaque(sum);
  }
}
