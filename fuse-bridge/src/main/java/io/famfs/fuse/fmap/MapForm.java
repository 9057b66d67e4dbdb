package io.famfs.fuse.fmap;

import io.famfs.fuse.protocol.FmapExtent;
import io.famfs.fuse.protocol.FmapOut;
import io.famfs.fuse.protocol.FmapStrips;
import io.famfs.store.extent.ExtentMap;
import java.lang.foreign.MemorySegment;

/// The two ways to write a file's map down. They differ for interleaved maps only.
enum MapForm {
  /// As the log has it.
  AS_IT_IS,
  /// Simple extents only: each chunk becomes one, or several of the largest power of two that
  /// divides it. All but the last are equal, so that kernels find an offset without walking.
  UNROLLED;

  /// Kernels want this granularity of offsets and lengths, but of chunks that are smaller.
  private static final long HUGE_PAGE_BYTES = 2 << 20;

  /// Whether the map is written with strips.
  ///
  /// An empty file is not, since an interleaved map of no bytes is refused by kernels, nor is one
  /// whose only strip is as good as an extent.
  boolean interleaved(ExtentMap map, long fileBytes) {
    return this == AS_IT_IS && map.chunkBytes() > 0 && map.rangeCount() > 1 && fileBytes > 0;
  }

  /// How many extents or strips the message has.
  ///
  /// @param fileBytes size of the file, as in the calls that follow
  long entries(ExtentMap map, long fileBytes) {
    if (map.chunkBytes() == 0 || interleaved(map, fileBytes)) {
      return map.rangeCount();
    }
    if (map.rangeCount() == 1 || fileBytes == 0) {
      return 1;
    }
    return (fileBytes - 1) / pieceBytes(map) + 1;
  }

  /// Length of the whole message.
  long messageBytes(ExtentMap map, long fileBytes) {
    long strips = interleaved(map, fileBytes) ? FmapStrips.BYTES : 0;
    return FmapOut.BYTES + strips + entries(map, fileBytes) * FmapExtent.BYTES;
  }

  /// Writes the whole message, little-endian.
  void write(ExtentMap map, long fileBytes, MemorySegment message) {
    int entries = (int) entries(map, fileBytes);
    boolean interleaved = interleaved(map, fileBytes);
    FmapOut.write(
        message,
        0,
        interleaved ? FmapOut.INTERLEAVED : FmapOut.SIMPLE,
        interleaved ? 1 : entries,
        (int) messageBytes(map, fileBytes),
        fileBytes);
    long at = FmapOut.BYTES;
    if (interleaved) {
      FmapStrips.write(message, at, entries, map.chunkBytes(), fileBytes);
      at += FmapStrips.BYTES;
    }
    for (int i = 0; i < entries; i++, at += FmapExtent.BYTES) {
      FmapExtent.write(
          message,
          at,
          device(map, fileBytes, i),
          offset(map, fileBytes, i),
          length(map, fileBytes, i));
    }
  }

  /// Device of an extent or strip of the message.
  ///
  /// @param i below [#entries], as in the calls that follow
  int device(ExtentMap map, long fileBytes, int i) {
    return map.rangeDaxdevIndex(range(map, fileBytes, i));
  }

  /// First byte of an extent or strip on its device.
  long offset(ExtentMap map, long fileBytes, int i) {
    int range = range(map, fileBytes, i);
    long inRange = 0;
    if (cut(map, fileBytes)) {
      long at = i * pieceBytes(map);
      long chunk = at / map.chunkBytes();
      inRange = chunk / map.rangeCount() * map.chunkBytes() + at % map.chunkBytes();
    }
    return map.rangeOffset(range) + inRange;
  }

  /// Bytes of an extent or strip. The last piece of a chunk is as long as the file needs it, in
  /// whole pages of the kernel's.
  long length(ExtentMap map, long fileBytes, int i) {
    if (!cut(map, fileBytes)) {
      return map.rangeLengthBytes(range(map, fileBytes, i));
    }
    long piece = pieceBytes(map);
    long rest = fileBytes - i * piece;
    long page = Math.min(HUGE_PAGE_BYTES, piece);
    return rest >= piece ? piece : (rest + page - 1) & -page;
  }

  /// Whether the chunks of an interleaved map are written one by one.
  private boolean cut(ExtentMap map, long fileBytes) {
    return map.chunkBytes() > 0
        && map.rangeCount() > 1
        && fileBytes > 0
        && !interleaved(map, fileBytes);
  }

  private int range(ExtentMap map, long fileBytes, int i) {
    return cut(map, fileBytes)
        ? (int) (i * pieceBytes(map) / map.chunkBytes() % map.rangeCount())
        : i;
  }

  private static long pieceBytes(ExtentMap map) {
    return Long.lowestOneBit(map.chunkBytes());
  }
}
