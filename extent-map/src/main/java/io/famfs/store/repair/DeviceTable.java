package io.famfs.store.repair;

import io.famfs.core.format.LogEntry.AddDaxdevEntry;
import io.famfs.core.format.MediaBounds;
import io.famfs.core.format.Superblock;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// The devices of a volume as the log adds them.
final class DeviceTable {
  private static final int MAX_DEVICES = 64;

  private final Set<UUID> uuids = new HashSet<>();
  private MediaBounds bounds;

  DeviceTable(Superblock superblock) {
    bounds =
        new MediaBounds(
            superblock.allocUnitBytes(),
            superblock.reservedBytes(),
            List.of(superblock.deviceSizeBytes()));
    uuids.add(superblock.deviceUuid());
  }

  MediaBounds bounds() {
    return bounds;
  }

  /// Adds a device.
  ///
  /// @return false when it cannot be the next one
  boolean add(AddDaxdevEntry entry) {
    boolean next =
        entry.daxdevIndex() == bounds.deviceCount()
            && bounds.deviceCount() < MAX_DEVICES
            && bounds.canAdd(entry.sizeBytes())
            && uuids.add(entry.uuid());
    if (next) {
      bounds = bounds.withDevice(entry.sizeBytes());
    }
    return next;
  }
}
