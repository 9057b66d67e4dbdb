package io.famfs.store.repair;

import io.famfs.core.format.Crc;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Finds the one damaged byte of a structure that does not match its checksum.
///
/// The checksum is linear: the exclusive or of the stored and the computed one depends on the place
/// and the bits of the damage alone, not on the content. Running the checksum backwards from there,
/// byte by byte, meets the damage if it is a single byte. For a longer damage a place is met by
/// chance once in some ten thousand structures, so the caller also asks whether the result keeps
/// every rule of its kind.
final class ByteMend {
  private static final int REFLECTED_POLYNOMIAL = 0xEDB88320;
  private static final int[] TABLE = new int[256];
  private static final int[] BY_TOP_BYTE = new int[256];

  static {
    for (int i = 0; i < TABLE.length; i++) {
      int value = i;
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        value = (value >>> 1) ^ ((value & 1) == 0 ? 0 : REFLECTED_POLYNOMIAL);
      }
      TABLE[i] = value;
      BY_TOP_BYTE[value >>> 24] = i;
    }
  }

  private ByteMend() {}

  /// Every copy of a structure that differs from it in one byte and matches its checksum.
  ///
  /// @param damaged a structure that does not match its checksum
  /// @param covered number of bytes that the checksum covers; it follows them in 8 bytes
  static List<byte[]> candidates(byte[] damaged, int covered) {
    List<byte[]> candidates = new ArrayList<>();
    long difference =
        Bytes.word(damaged, covered) ^ Crc.of(MemorySegment.ofArray(damaged), 0, covered);
    int damagedByte = Long.numberOfTrailingZeros(difference) / Byte.SIZE;
    if ((difference & ~(0xffL << (damagedByte * Byte.SIZE))) == 0) {
      byte[] mended = damaged.clone();
      Bytes.setWord(mended, covered, Bytes.word(damaged, covered) ^ difference);
      candidates.add(mended);
    }
    if (difference >>> Integer.SIZE != 0) {
      return candidates;
    }
    int state = (int) difference;
    for (int at = covered - 1; at >= 0; at--) {
      int bits = BY_TOP_BYTE[state >>> 24];
      if (TABLE[bits] == state) {
        byte[] mended = damaged.clone();
        mended[at] ^= (byte) bits;
        candidates.add(mended);
      }
      state = ((state ^ TABLE[bits]) << Byte.SIZE) | bits;
    }
    return candidates;
  }

  /// The place where two copies of a structure differ first.
  static int place(byte[] damaged, byte[] mended) {
    return java.util.Arrays.mismatch(damaged, mended);
  }
}
