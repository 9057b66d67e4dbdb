package io.famfs.core.format;

import java.util.ArrayList;
import java.util.List;

/// What extents have to respect on one volume.
///
/// @param allocUnitBytes granularity of offsets and lengths
/// @param reservedBytes start of file data on the primary device
/// @param deviceBytes usable size of every device that the log has named so far, by daxdev index,
///   whether it is present on this host or not
public record MediaBounds(long allocUnitBytes, long reservedBytes, List<Long> deviceBytes) {
  /// Most allocation units of an added device: 64 TiB in units of 2 MiB. Its size comes from the
  /// log alone when the device is not present, and must not make anybody provide for more.
  public static final long MAX_ADDED_UNITS = 1L << 25;

  public MediaBounds {
    deviceBytes = List.copyOf(deviceBytes);
  }

  /// Number of devices.
  public int deviceCount() {
    return deviceBytes.size();
  }

  /// Start of file data on a device: behind superblock and log on the primary, behind the
  /// superblock on the others.
  public long reservedBytes(int daxdevIndex) {
    return daxdevIndex == 0 ? reservedBytes : SuperblockLayout.AREA_BYTES;
  }

  /// Whether a device of this size can be added: it has room for its superblock and one allocation
  /// unit, and at most [#MAX_ADDED_UNITS].
  public boolean canAdd(long sizeBytes) {
    return sizeBytes >= SuperblockLayout.AREA_BYTES + allocUnitBytes
        && sizeBytes / allocUnitBytes <= MAX_ADDED_UNITS;
  }

  /// These bounds with one more device.
  public MediaBounds withDevice(long sizeBytes) {
    List<Long> sizes = new ArrayList<>(deviceBytes);
    sizes.add(sizeBytes);
    return new MediaBounds(allocUnitBytes, reservedBytes, sizes);
  }
}
