package io.famfs.store.repair;

import io.famfs.core.DaxDevice;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Private copies of ranges of a device, and the words in them.
final class Bytes {
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Bytes() {}

  static byte[] copy(DaxDevice device, long offset, int lengthBytes) {
    byte[] copy = new byte[lengthBytes];
    MemorySegment.copy(device.memory(), ValueLayout.JAVA_BYTE, offset, copy, 0, lengthBytes);
    return copy;
  }

  static long word(byte[] bytes, int at) {
    return MemorySegment.ofArray(bytes).get(LONG, at);
  }

  static void setWord(byte[] bytes, int at, long value) {
    MemorySegment.ofArray(bytes).set(LONG, at, value);
  }

  static boolean allZero(byte[] bytes) {
    for (byte b : bytes) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }
}
