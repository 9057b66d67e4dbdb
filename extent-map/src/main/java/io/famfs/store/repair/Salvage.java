package io.famfs.store.repair;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.core.extent.FmapCapacity;
import io.famfs.core.format.Decoded;
import io.famfs.core.format.LogEntry.FileEntry;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogEntryRules;
import io.famfs.core.format.MediaBounds;
import io.famfs.core.format.MediaText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What can be kept of an entry that cannot be read: the space it names, if that looks like a map
/// and is nobody else's.
final class Salvage {
  private static final long CHUNK_GRANULARITY_BYTES = 4096;

  private Salvage() {}

  /// A file over the space that an entry names, null when it does not look like anybody's.
  static @Nullable FileEntry of(EntryCopy copy, FileEntry file, MediaBounds bounds, Claims claims) {
    List<DeviceRange> ranges = file.fmap().ranges();
    if (copy.mapFault() != null || !disjoint(ranges)) {
      return null;
    }
    Fmap fmap = file.fmap();
    if (fmap instanceof Fmap.Interleaved && FmapCapacity.bytes(positive(fmap)) <= 0) {
      fmap = new Fmap.Simple(ranges);
    }
    long capacity = FmapCapacity.bytes(fmap);
    long size = file.sizeBytes() > 0 && file.sizeBytes() <= capacity ? file.sizeBytes() : capacity;
    FileEntry made =
        new FileEntry(
            copy.slot(),
            0,
            MediaText.of("x"),
            size,
            LogEntryLayout.FLAGS_ALL_HOSTS_READ_WRITE,
            0,
            0,
            0,
            fmap);
    if (size <= 0 || LogEntryRules.meaning(new Decoded<>(made, null), bounds) != null) {
      return null;
    }
    return ranges.stream().allMatch(claims::unowned) ? made : null;
  }

  /// The map, or an empty one when its chunks are none.
  private static Fmap positive(Fmap fmap) {
    boolean chunks =
        fmap instanceof Fmap.Interleaved interleaved
            && interleaved.chunkBytes() > 0
            && interleaved.chunkBytes() % CHUNK_GRANULARITY_BYTES == 0
            && fmap.ranges().stream().allMatch(range -> range.lengthBytes() >= 0);
    return chunks ? fmap : new Fmap.Simple(List.of());
  }

  private static boolean disjoint(List<DeviceRange> ranges) {
    for (int i = 0; i < ranges.size(); i++) {
      for (int k = 0; k < i; k++) {
        DeviceRange a = ranges.get(i);
        DeviceRange b = ranges.get(k);
        if (a.daxdevIndex() == b.daxdevIndex() && a.offset() < b.end() && b.offset() < a.end()) {
          return false;
        }
      }
    }
    return true;
  }
}
