package io.famfs.e2e.cases;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The pattern of the guest's test program: word `i` of a file depends on its seed and `i` alone,
/// so either side can check what the other one wrote.
final class Pattern {
  private static final ValueLayout.OfLong WORD =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Pattern() {}

  private static long word(long seed, long index) {
    long z = ((seed << 32) ^ seed) + (index + 1) * 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /// The bytes of a file from `offset`, a multiple of 8.
  static byte[] bytes(long seed, long offset, int length) {
    MemorySegment words = MemorySegment.ofArray(new byte[(length + 7) & ~7]);
    for (int at = 0; at < length; at += Long.BYTES) {
      words.set(WORD, at, word(seed, (offset + at) / Long.BYTES));
    }
    return words.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
  }
}
