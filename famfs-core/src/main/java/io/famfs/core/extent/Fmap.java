package io.famfs.core.extent;

import java.util.List;

/// A file's whole map from file offsets to device ranges, as it stands in the log.
///
/// A map is data as found: it may have come from hostile media. Whether it is legal for a given
/// volume is decided by the store before it is ever resolved.
public sealed interface Fmap {

  /// Most simple extents, and most strips, that one log entry can hold.
  int MAX_RANGES = 16;

  /// The device ranges, in order of the map.
  List<DeviceRange> ranges();

  /// Extents that follow each other in the file, in order.
  ///
  /// @param ranges one to [#MAX_RANGES] extents
  record Simple(List<DeviceRange> ranges) implements Fmap {
    public Simple {
      ranges = List.copyOf(ranges);
    }
  }

  /// Chunks dealt out to strips in turn: chunk `k` of the file lies on strip `k % n` as that
  /// strip's chunk `k / n`.
  ///
  /// @param chunkBytes bytes per chunk
  /// @param ranges the strips, one to [#MAX_RANGES]
  record Interleaved(long chunkBytes, List<DeviceRange> ranges) implements Fmap {
    public Interleaved {
      ranges = List.copyOf(ranges);
    }
  }
}
