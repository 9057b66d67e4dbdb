package io.famfs.core.format;

import java.util.List;

/// What extents have to respect on one volume.
///
/// @param allocUnitBytes granularity of offsets and lengths
/// @param reservedBytes start of file data on the primary device
/// @param deviceBytes usable size of every device, by daxdev index
public record MediaBounds(long allocUnitBytes, long reservedBytes, List<Long> deviceBytes) {
  public MediaBounds {
    deviceBytes = List.copyOf(deviceBytes);
  }
}
