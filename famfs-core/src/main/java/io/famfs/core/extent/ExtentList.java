package io.famfs.core.extent;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Where a file lies, complete enough to reach its bytes on the devices without asking anybody
/// else: what a server tells programs that map devices themselves.
///
/// @param sizeBytes size of the file; what the map has behind it is not the file's to show
/// @param map from file offsets to device ranges; its capacity is at least the size
/// @param devices the uuid of every device that the map names, by daxdev index, and of no other
public record ExtentList(long sizeBytes, Fmap map, SortedMap<Integer, UUID> devices) {
  private static final int MAX_DEVICE = 127;

  /// @throws IllegalArgumentException when the parts do not fit together; the message says which
  public ExtentList {
    devices = Collections.unmodifiableSortedMap(new TreeMap<>(devices));
    String problem = problem(sizeBytes, map, devices);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
  }

  /// The bytes per chunk of an interleaved map, 0 for a simple one.
  public long chunkBytes() {
    return map instanceof Fmap.Interleaved interleaved ? interleaved.chunkBytes() : 0;
  }

  /// The device of an extent or strip.
  ///
  /// @param range one of the map
  public UUID device(DeviceRange range) {
    UUID uuid = devices.get(range.daxdevIndex());
    if (uuid == null) {
      throw new IllegalArgumentException("device " + range.daxdevIndex() + " is not in the list");
    }
    return uuid;
  }

  private static @Nullable String problem(
      long sizeBytes, Fmap map, SortedMap<Integer, UUID> devices) {
    List<DeviceRange> ranges = map.ranges();
    if (ranges.isEmpty() || ranges.size() > Fmap.MAX_RANGES) {
      return ranges.size() + " ranges: there are 1 to " + Fmap.MAX_RANGES;
    }
    if (map instanceof Fmap.Interleaved interleaved && interleaved.chunkBytes() <= 0) {
      return "chunks of " + interleaved.chunkBytes() + " bytes";
    }
    TreeMap<Integer, UUID> unused = new TreeMap<>(devices);
    for (DeviceRange range : ranges) {
      String problem = problem(range);
      if (problem != null) {
        return problem;
      }
      if (!devices.containsKey(range.daxdevIndex())) {
        return "device " + range.daxdevIndex() + " has no uuid";
      }
      unused.remove(range.daxdevIndex());
    }
    if (!unused.isEmpty()) {
      return "device " + unused.firstKey() + " is not used";
    }
    long capacity = FmapCapacity.bytes(map);
    return sizeBytes < 0 || sizeBytes > capacity
        ? "a file of " + sizeBytes + " bytes in ranges for " + capacity
        : null;
  }

  private static @Nullable String problem(DeviceRange range) {
    if (range.daxdevIndex() < 0 || range.daxdevIndex() > MAX_DEVICE) {
      return "device " + range.daxdevIndex() + ": there are 0 to " + MAX_DEVICE;
    }
    boolean legal =
        range.offset() >= 0
            && range.lengthBytes() > 0
            && range.lengthBytes() <= Long.MAX_VALUE - range.offset();
    return legal ? null : "a range of " + range.lengthBytes() + " bytes at " + range.offset();
  }
}
