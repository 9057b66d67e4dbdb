package io.famfs.store.extent;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.core.extent.FmapCapacity;
import io.famfs.core.format.LogEntryView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A file map compiled for the data path: immutable, free of allocation, safe for any number of
/// readers, and small: nearly every file is one extent, and a volume has millions of them.
///
/// It is made from a map that has passed the rules of the format (at least one range, none empty,
/// every range inside its device). Chunks of an interleaved map need not be a power of two: the
/// allocator makes only such, but a reader has no use for the restriction.
public final class ExtentMap {
  // A place is a device and an offset on it in one number.
  private static final int DEVICE_SHIFT = 56;
  private static final long OFFSET_MASK = (1L << DEVICE_SHIFT) - 1;
  private static final int MAX_DEVICE = 127;

  // A table is the chunk size (0 for a simple map), then place and length of every range.
  private static final int CHUNK = 0;
  private static final int FIRST_RANGE = 1;
  private static final int RANGE_WORDS = 2;

  /// Where the first range starts.
  private final long place;

  private final long mappedBytes;

  /// Null when the map is one simple extent, of [#mappedBytes].
  private final long @Nullable [] table;

  private ExtentMap(long place, long mappedBytes, long @Nullable [] table) {
    this.place = place;
    this.mappedBytes = mappedBytes;
    this.table = table;
  }

  /// Compiles a map that has passed the rules of the format.
  ///
  /// @throws IllegalArgumentException when a range lies beyond device 127 or byte 2^56, which the
  ///   rules exclude
  public static ExtentMap compile(Fmap fmap) {
    List<DeviceRange> ranges = fmap.ranges();
    DeviceRange first = ranges.getFirst();
    long chunkBytes = fmap instanceof Fmap.Interleaved interleaved ? interleaved.chunkBytes() : 0;
    if (chunkBytes == 0 && ranges.size() == 1) {
      return one(first.daxdevIndex(), first.offset(), first.lengthBytes());
    }
    long[] table = newTable(ranges.size(), chunkBytes);
    for (int i = 0; i < ranges.size(); i++) {
      DeviceRange range = ranges.get(i);
      setRange(table, i, place(range.daxdevIndex(), range.offset()), range.lengthBytes());
    }
    return new ExtentMap(table[FIRST_RANGE], FmapCapacity.bytes(fmap), table);
  }

  /// Compiles the map of a file entry that is sound.
  public static ExtentMap compile(LogEntryView file) {
    int count = file.rangeCount();
    if (count == 1 && !file.interleaved()) {
      return one(file.rangeDaxdevIndex(0), file.rangeOffset(0), file.rangeLengthBytes(0));
    }
    long[] table = newTable(count, file.interleaved() ? file.chunkBytes() : 0);
    for (int i = 0; i < count; i++) {
      long place = place(file.rangeDaxdevIndex(i), file.rangeOffset(i));
      setRange(table, i, place, file.rangeLengthBytes(i));
    }
    return new ExtentMap(table[FIRST_RANGE], file.capacityBytes(), table);
  }

  private static ExtentMap one(int daxdevIndex, long offset, long lengthBytes) {
    return new ExtentMap(place(daxdevIndex, offset), lengthBytes, null);
  }

  private static long[] newTable(int ranges, long chunkBytes) {
    long[] table = new long[FIRST_RANGE + ranges * RANGE_WORDS];
    table[CHUNK] = chunkBytes;
    return table;
  }

  private static void setRange(long[] table, int i, long place, long lengthBytes) {
    table[FIRST_RANGE + i * RANGE_WORDS] = place;
    table[FIRST_RANGE + i * RANGE_WORDS + 1] = lengthBytes;
  }

  private static long place(int daxdevIndex, long offset) {
    if (daxdevIndex < 0 || daxdevIndex > MAX_DEVICE || offset < 0 || offset > OFFSET_MASK) {
      throw new IllegalArgumentException("byte " + offset + " of device " + daxdevIndex);
    }
    return (long) daxdevIndex << DEVICE_SHIFT | offset;
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
    long[] ranges = table;
    if (ranges == null) {
      set(cursor, place + fileOffset, wanted);
    } else if (ranges[CHUNK] == 0) {
      resolveSimple(ranges, fileOffset, wanted, cursor);
    } else {
      resolveInterleaved(ranges, fileOffset, wanted, cursor);
    }
    return true;
  }

  private static void resolveSimple(
      long[] ranges, long fileOffset, long wanted, ExtentCursor cursor) {
    int at = FIRST_RANGE;
    long inRange = fileOffset;
    while (ranges[at + 1] <= inRange) {
      inRange -= ranges[at + 1];
      at += RANGE_WORDS;
    }
    set(cursor, ranges[at] + inRange, Math.min(wanted, ranges[at + 1] - inRange));
  }

  private static void resolveInterleaved(
      long[] ranges, long fileOffset, long wanted, ExtentCursor cursor) {
    long chunkBytes = ranges[CHUNK];
    int strips = count(ranges);
    long chunk = fileOffset / chunkBytes;
    long inChunk = fileOffset - chunk * chunkBytes;
    long stripe = chunk / strips;
    int strip = (int) (chunk - stripe * strips);
    set(
        cursor,
        ranges[FIRST_RANGE + strip * RANGE_WORDS] + stripe * chunkBytes + inChunk,
        Math.min(wanted, chunkBytes - inChunk));
  }

  private static void set(ExtentCursor cursor, long place, long runBytes) {
    cursor.set((int) (place >>> DEVICE_SHIFT), place & OFFSET_MASK, runBytes);
  }

  /// How far the map reaches: every file offset below has memory. At least the size of the file.
  public long mappedBytes() {
    return mappedBytes;
  }

  /// Device space the file takes, also beyond its size.
  public long allocatedBytes() {
    long sum = 0;
    for (int i = 0; i < rangeCount(); i++) {
      sum = FmapCapacity.saturatedSum(sum, rangeLengthBytes(i));
    }
    return sum;
  }

  /// Bytes per chunk of an interleaved map, 0 for a simple one.
  public long chunkBytes() {
    return table == null ? 0 : table[CHUNK];
  }

  /// Number of extents, or of strips.
  public int rangeCount() {
    return table == null ? 1 : count(table);
  }

  /// The device of an extent or strip.
  ///
  /// @param i below [#rangeCount()], as in the calls that follow
  public int rangeDaxdevIndex(int i) {
    return (int) (rangePlace(i) >>> DEVICE_SHIFT);
  }

  /// The first byte of an extent or strip on its device.
  public long rangeOffset(int i) {
    return rangePlace(i) & OFFSET_MASK;
  }

  /// The length of an extent or strip.
  public long rangeLengthBytes(int i) {
    return table == null ? mappedBytes : table[FIRST_RANGE + i * RANGE_WORDS + 1];
  }

  /// The map as it stands in the log. Made anew by every call.
  public Fmap fmap() {
    List<DeviceRange> ranges = new ArrayList<>(rangeCount());
    for (int i = 0; i < rangeCount(); i++) {
      ranges.add(new DeviceRange(rangeDaxdevIndex(i), rangeOffset(i), rangeLengthBytes(i)));
    }
    return chunkBytes() == 0 ? new Fmap.Simple(ranges) : new Fmap.Interleaved(chunkBytes(), ranges);
  }

  private long rangePlace(int i) {
    return table == null ? place : table[FIRST_RANGE + i * RANGE_WORDS];
  }

  private static int count(long[] table) {
    return (table.length - FIRST_RANGE) / RANGE_WORDS;
  }
}
