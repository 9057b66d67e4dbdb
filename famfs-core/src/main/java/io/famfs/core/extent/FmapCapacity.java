package io.famfs.core.extent;

import java.util.List;

/// How many bytes of a file a map can hold.
public final class FmapCapacity {
  private FmapCapacity() {}

  /// The number of file offsets, counted from 0, that have memory behind them. Saturates at 2^63-1.
  ///
  /// @param fmap a map with lengths of 0 or more and, if interleaved, a chunk of more than 0
  public static long bytes(Fmap fmap) {
    return switch (fmap) {
      case Fmap.Simple simple -> simpleBytes(simple);
      case Fmap.Interleaved interleaved -> interleavedBytes(interleaved);
    };
  }

  private static long simpleBytes(Fmap.Simple simple) {
    long sum = 0;
    for (DeviceRange range : simple.ranges()) {
      sum = saturatedSum(sum, range.lengthBytes());
    }
    return sum;
  }

  private static long interleavedBytes(Fmap.Interleaved interleaved) {
    List<DeviceRange> strips = interleaved.ranges();
    long capacity = strips.isEmpty() ? 0 : Long.MAX_VALUE;
    for (int i = 0; i < strips.size(); i++) {
      long end = stripEnd(i, strips.size(), strips.get(i).lengthBytes(), interleaved.chunkBytes());
      capacity = Math.min(capacity, end);
    }
    return capacity;
  }

  /// Where an interleaved map ends because of one of its strips: the file offset where the first
  /// byte that the strip lacks would be. Behind its full chunks `k` that is in chunk `k * n + i` of
  /// the file, after what is left of a chunk. Saturates at 2^63-1.
  ///
  /// @param strip which strip, from 0
  /// @param strips how many there are, at most [Fmap#MAX_RANGES]
  /// @param lengthBytes length of the strip, 0 or more
  /// @param chunkBytes bytes per chunk, more than 0
  public static long stripEnd(int strip, int strips, long lengthBytes, long chunkBytes) {
    long fullChunks = lengthBytes / chunkBytes;
    if (fullChunks > Long.MAX_VALUE / (2 * Fmap.MAX_RANGES)) {
      return Long.MAX_VALUE;
    }
    long chunks = fullChunks * strips + strip;
    long rest = lengthBytes - fullChunks * chunkBytes;
    long low = chunks * chunkBytes;
    boolean fits = Math.multiplyHigh(chunks, chunkBytes) == 0 && low >= 0 && low + rest >= low;
    return fits ? low + rest : Long.MAX_VALUE;
  }

  /// The sum of two lengths of 0 or more, at most 2^63-1.
  public static long saturatedSum(long a, long b) {
    return b > Long.MAX_VALUE - a ? Long.MAX_VALUE : a + b;
  }
}
