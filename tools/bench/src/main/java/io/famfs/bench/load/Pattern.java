package io.famfs.bench.load;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Bytes that say where in the file they are: each aligned word is its offset, multiplied by an odd
/// number, so that no other place of a file has the same.
final class Pattern {
  private static final long FACTOR = 0x9e37_79b9_7f4a_7c15L;
  private static final ValueLayout.OfLong WORD =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final int WORD_BYTES = Long.BYTES;

  private Pattern() {}

  /// What belongs at an offset of the file.
  static long word(long fileOffset) {
    return fileOffset * FACTOR;
  }

  /// Writes what belongs at an offset of the file.
  static void put(MemorySegment memory, long at, long fileOffset, int bytes) {
    for (int i = 0; i + WORD_BYTES <= bytes; i += WORD_BYTES) {
      memory.set(WORD, at + i, word(fileOffset + i));
    }
  }

  /// Where the first word is that does not belong there, relative to `at`; -1 when all do.
  static int firstWrong(MemorySegment memory, long at, long fileOffset, int bytes) {
    for (int i = 0; i + WORD_BYTES <= bytes; i += WORD_BYTES) {
      if (memory.get(WORD, at + i) != word(fileOffset + i)) {
        return i;
      }
    }
    return -1;
  }
}
