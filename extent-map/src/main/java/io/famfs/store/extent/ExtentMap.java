package io.famfs.store.extent;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.core.extent.FmapCapacity;
import java.util.List;

/// A file map compiled for the data path: immutable, free of allocation, safe for any number of
/// readers.
///
/// It is made from an [Fmap] that has passed the rules of the format (at least one range, none
/// empty, every range inside its device). Chunks of an interleaved map need not be a power of two:
/// the allocator makes only such, but a reader has no use for the restriction.
public final class ExtentMap {
  private final int[] deviceIndexes;
  private final long[] deviceOffsets;

  /// Simple maps: the file offset behind each extent. Interleaved maps: empty.
  private final long[] fileEnds;

  /// Interleaved maps: bytes per chunk. Simple maps: 0.
  private final long chunkBytes;

  private final long mappedBytes;
  private final long allocatedBytes;

  private ExtentMap(Fmap fmap) {
    List<DeviceRange> ranges = fmap.ranges();
    deviceIndexes = ranges.stream().mapToInt(DeviceRange::daxdevIndex).toArray();
    deviceOffsets = ranges.stream().mapToLong(DeviceRange::offset).toArray();
    long sum = 0;
    long[] ends = new long[ranges.size()];
    for (int i = 0; i < ends.length; i++) {
      sum = Math.addExact(sum, ranges.get(i).lengthBytes());
      ends[i] = sum;
    }
    allocatedBytes = sum;
    switch (fmap) {
      case Fmap.Simple _ -> {
        fileEnds = ends;
        chunkBytes = 0;
        mappedBytes = sum;
      }
      case Fmap.Interleaved interleaved -> {
        fileEnds = new long[0];
        chunkBytes = interleaved.chunkBytes();
        mappedBytes = FmapCapacity.bytes(interleaved);
      }
    }
  }

  /// Compiles a map that has passed the rules of the format.
  ///
  /// @throws ArithmeticException when its lengths add up to more than 2^63-1
  public static ExtentMap compile(Fmap fmap) {
    return new ExtentMap(fmap);
  }

  /// Finds the memory behind a file offset.
  ///
  /// @param fileOffset 0 or more; offsets beyond the size of the file resolve too, as far as the
  ///   map reaches
  /// @param lengthBytes how much the caller wants at most, more than 0
  /// @param cursor receives the run: it starts at `fileOffset` and ends at the first of the end of
  ///   the request, of the contiguous memory, of the map
  /// @return false, and an empty run, when there is no memory behind the offset
  public boolean resolve(long fileOffset, long lengthBytes, ExtentCursor cursor) {
    if (fileOffset < 0 || lengthBytes <= 0 || fileOffset >= mappedBytes) {
      cursor.set(0, 0, 0);
      return false;
    }
    long wanted = Math.min(lengthBytes, mappedBytes - fileOffset);
    if (chunkBytes == 0) {
      resolveSimple(fileOffset, wanted, cursor);
    } else {
      resolveInterleaved(fileOffset, wanted, cursor);
    }
    return true;
  }

  /// How far the map reaches: every file offset below has memory. At least the size of the file.
  public long mappedBytes() {
    return mappedBytes;
  }

  /// Device space the file takes, also beyond its size.
  public long allocatedBytes() {
    return allocatedBytes;
  }

  private void resolveSimple(long fileOffset, long wanted, ExtentCursor cursor) {
    int i = 0;
    while (fileEnds[i] <= fileOffset) {
      i++;
    }
    long start = i == 0 ? 0 : fileEnds[i - 1];
    cursor.set(
        deviceIndexes[i],
        deviceOffsets[i] + (fileOffset - start),
        Math.min(wanted, fileEnds[i] - fileOffset));
  }

  private void resolveInterleaved(long fileOffset, long wanted, ExtentCursor cursor) {
    long chunk = fileOffset / chunkBytes;
    long inChunk = fileOffset - chunk * chunkBytes;
    long stripe = chunk / deviceOffsets.length;
    int strip = (int) (chunk - stripe * deviceOffsets.length);
    cursor.set(
        deviceIndexes[strip],
        deviceOffsets[strip] + stripe * chunkBytes + inChunk,
        Math.min(wanted, chunkBytes - inChunk));
  }
}
