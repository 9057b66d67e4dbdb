package io.famfs.store.namespace;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.UUID;

/// SipHash-2-4 with a 64-bit result (Aumasson and Bernstein, 2012): a keyed hash whose results an
/// author of file names cannot steer without the key.
final class SipHash {
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final long k0;
  private final long k1;

  /// A hash function.
  ///
  /// @param k0 the first 8 bytes of the key, read as a little-endian number
  /// @param k1 the other 8 bytes
  SipHash(long k0, long k1) {
    this.k0 = k0;
    this.k1 = k1;
  }

  /// The function whose key is the 16 bytes of a uuid in text order.
  static SipHash keyedBy(UUID uuid) {
    return new SipHash(
        Long.reverseBytes(uuid.getMostSignificantBits()),
        Long.reverseBytes(uuid.getLeastSignificantBits()));
  }

  /// The hash of a whole array.
  long hash(byte[] message) {
    return hash(MemorySegment.ofArray(message), 0, message.length);
  }

  /// The hash of a range of bytes. Allocates nothing.
  long hash(MemorySegment message, long offset, int lengthBytes) {
    long v0 = k0 ^ 0x736f6d6570736575L;
    long v1 = k1 ^ 0x646f72616e646f6dL;
    long v2 = k0 ^ 0x6c7967656e657261L;
    long v3 = k1 ^ 0x7465646279746573L;
    int fullWords = lengthBytes >> 3;
    for (int word = 0; word <= fullWords + 2; word++) {
      long m = 0;
      if (word < fullWords) {
        m = message.get(LONG, offset + ((long) word << 3));
      } else if (word == fullWords) {
        m = lastWord(message, offset, lengthBytes);
      } else {
        // The two steps of finalization, two rounds each.
        v2 ^= word == fullWords + 1 ? 0xff : 0;
      }
      v3 ^= m;
      for (int i = 0; i < 2; i++) {
        v0 += v1;
        v2 += v3;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 = Long.rotateLeft(v2, 32);
      }
      v0 ^= m;
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }

  /// The bytes behind the last full word, and the length in the highest byte.
  private static long lastWord(MemorySegment message, long offset, int lengthBytes) {
    int rest = lengthBytes & 7;
    long length = (long) lengthBytes << 56;
    if (rest == 0) {
      return length;
    }
    if (lengthBytes > Long.BYTES) {
      // The last 8 bytes of the message; those that belong to the full words are shifted out.
      long last = message.get(LONG, offset + lengthBytes - Long.BYTES);
      return length | last >>> ((Long.BYTES - rest) << 3);
    }
    long word = length;
    for (int i = 0; i < rest; i++) {
      word |= (message.get(ValueLayout.JAVA_BYTE, offset + i) & 0xffL) << (i << 3);
    }
    return word;
  }
}
