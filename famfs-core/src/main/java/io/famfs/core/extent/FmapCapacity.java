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
      sum = range.lengthBytes() > Long.MAX_VALUE - sum ? Long.MAX_VALUE : sum + range.lengthBytes();
    }
    return sum;
  }

  /// Strip `i` of `n` runs out at the file offset where its first missing byte would be: behind its
  /// full chunks `k`, that is in chunk `k * n + i` of the file, after what is left of a chunk. The
  /// first strip to run out ends the map.
  private static long interleavedBytes(Fmap.Interleaved interleaved) {
    List<DeviceRange> strips = interleaved.ranges();
    long chunkBytes = interleaved.chunkBytes();
    long capacity = Long.MAX_VALUE;
    for (int i = 0; i < strips.size(); i++) {
      long length = strips.get(i).lengthBytes();
      long fullChunks = length / chunkBytes;
      long rest = length - fullChunks * chunkBytes;
      long high = Math.multiplyHigh(fullChunks * strips.size() + i, chunkBytes);
      long low = (fullChunks * strips.size() + i) * chunkBytes;
      boolean fits =
          fullChunks <= Long.MAX_VALUE / 32 && high == 0 && low >= 0 && low + rest >= low;
      capacity = Math.min(capacity, fits ? low + rest : Long.MAX_VALUE);
    }
    return strips.isEmpty() ? 0 : capacity;
  }
}
