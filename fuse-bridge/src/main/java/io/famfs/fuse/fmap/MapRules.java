package io.famfs.fuse.fmap;

import io.famfs.core.DaxDevice;
import io.famfs.core.format.SuperblockLayout;
import io.famfs.store.Volume;
import io.famfs.store.extent.ExtentMap;
import org.jspecify.annotations.Nullable;

/// What a map has to be before it is given to a kernel, which trusts it: a kernel checks neither
/// that extents lie inside their device, nor that they are apart from each other and from
/// superblock and log. Replay has checked that once; this looks at what is about to be sent.
final class MapRules {
  private final Volume volume;

  MapRules(Volume volume) {
    this.volume = volume;
  }

  /// The first rule that a map breaks, in words; null when it breaks none.
  @Nullable String broken(ExtentMap map, long fileBytes) {
    for (int i = 0; i < map.rangeCount(); i++) {
      String outside = outside(map, i);
      if (outside != null) {
        return "range " + i + " " + outside;
      }
      for (int other = 0; other < i; other++) {
        if (overlap(map, i, other)) {
          return "ranges " + other + " and " + i + " overlap";
        }
      }
    }
    return map.chunkBytes() == 0 ? tooShort(map, fileBytes) : stripTooShort(map, fileBytes);
  }

  private @Nullable String outside(ExtentMap map, int i) {
    int index = map.rangeDaxdevIndex(i);
    if (index >= volume.deviceCount()) {
      return "is on device " + index + ", which there is not";
    }
    DaxDevice device = volume.device(index);
    long offset = map.rangeOffset(i);
    long length = map.rangeLengthBytes(i);
    long reserved = index == 0 ? volume.superblock().reservedBytes() : SuperblockLayout.AREA_BYTES;
    if (offset < reserved) {
      return "begins in the superblock or log";
    }
    if (length <= 0 || length > device.sizeBytes() || offset > device.sizeBytes() - length) {
      return "is not inside device " + index;
    }
    long unit = volume.superblock().allocUnitBytes();
    return offset % unit == 0 && length % unit == 0 ? null : "is not of whole allocation units";
  }

  private static boolean overlap(ExtentMap map, int a, int b) {
    return map.rangeDaxdevIndex(a) == map.rangeDaxdevIndex(b)
        && map.rangeOffset(a) < map.rangeOffset(b) + map.rangeLengthBytes(b)
        && map.rangeOffset(b) < map.rangeOffset(a) + map.rangeLengthBytes(a);
  }

  private static @Nullable String tooShort(ExtentMap map, long fileBytes) {
    long missing = fileBytes;
    for (int i = 0; i < map.rangeCount() && missing > 0; i++) {
      missing -= map.rangeLengthBytes(i);
    }
    return missing <= 0 ? null : "the extents are shorter than the file";
  }

  /// The last chunk may be cut short by the end of the file; on all strips but its own that end is
  /// the end of a chunk.
  private static @Nullable String stripTooShort(ExtentMap map, long fileBytes) {
    long chunk = map.chunkBytes();
    int strips = map.rangeCount();
    long chunks = fileBytes / chunk + (fileBytes % chunk == 0 ? 0 : 1);
    for (int i = 0; i < strips && i < chunks; i++) {
      long rows = (chunks - 1 - i) / strips + 1;
      boolean last = (chunks - 1) % strips == i;
      long needed = last ? (rows - 1) * chunk + (fileBytes - (chunks - 1) * chunk) : rows * chunk;
      if (needed > map.rangeLengthBytes(i)) {
        return "strip " + i + " has no room for its chunks";
      }
    }
    return null;
  }
}
