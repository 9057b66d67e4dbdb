package io.famfs.store;

import io.famfs.core.ByteSize;
import io.famfs.core.DaxDevice;
import io.famfs.core.Errno;
import io.famfs.core.format.LogEntry;
import io.famfs.core.format.Superblock;
import io.famfs.core.format.SuperblockLayout;
import java.util.UUID;

/// Makes a device a further one of a volume: a superblock that names the volume and has no log.
/// Until the log of the primary device names it, too, it is nobody's.
final class SecondaryFormat {
  private static final int FLAGS_SECONDARY = 2;

  private final DaxDevice device;
  private final boolean force;

  SecondaryFormat(DaxDevice device, boolean force) {
    this.device = device;
    this.force = force;
  }

  /// Refuses what must not or cannot be added. Writes nothing.
  void check() throws StoreException {
    if (!device.writable()) {
      throw new StoreException(Errno.EROFS, device.name() + " is read-only");
    }
    long least = SuperblockLayout.AREA_BYTES + SuperblockLayout.ALLOC_UNIT_BYTES;
    if (device.sizeBytes() < least) {
      throw new StoreException(
          Errno.ENOSPC,
          device.name()
              + " has "
              + ByteSize.human(device.sizeBytes())
              + ", a device of a famfs needs "
              + ByteSize.human(least));
    }
    if (!force) {
      VolumeFormat.checkUnused(device);
    }
  }

  /// Writes the superblock, its magic number last.
  ///
  /// @param primary the superblock of the primary device
  /// @return what was written
  Superblock write(Superblock primary) {
    VolumeFormat.destroy(device);
    device.zero(0, SuperblockLayout.AREA_BYTES);
    device.writeBack(0, SuperblockLayout.AREA_BYTES);
    Superblock superblock =
        new Superblock(
            SuperblockLayout.MAGIC,
            primary.version(),
            0,
            0,
            primary.allocUnitBytes(),
            primary.fsUuid(),
            UUID.randomUUID(),
            primary.systemUuid(),
            0,
            FLAGS_SECONDARY,
            device.sizeBytes(),
            primary.deviceUuid(),
            VolumeFormat.deviceName(device));
    VolumeFormat.writeSuperblock(device, superblock);
    return superblock;
  }

  /// The log entry by which a device becomes one of the volume.
  static LogEntry.AddDaxdevEntry entry(long slot, Superblock secondary, int daxdevIndex) {
    return new LogEntry.AddDaxdevEntry(
        slot, 0, secondary.deviceSizeBytes(), secondary.deviceUuid(), daxdevIndex);
  }
}
