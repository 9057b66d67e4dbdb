package io.famfs.store.alloc;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.format.MediaBounds;
import io.famfs.core.format.SuperblockLayout;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The space of a volume: what superblock and log, files, files in the making and damaged entries
/// take. Kept up to date by every change, never rebuilt. Not thread-safe.
///
/// Only whole allocation units of a device count; what is behind the last one is never used.
public final class SpaceMap {
  private final long unitBytes;
  private UnitBitmap[] devices;
  private long quarantinedUnits;
  private boolean unknownOwner;

  /// A volume with nothing but superblock and log.
  public SpaceMap(MediaBounds bounds) {
    unitBytes = bounds.allocUnitBytes();
    List<Long> sizes = bounds.deviceBytes();
    devices = new UnitBitmap[sizes.size()];
    for (int i = 0; i < devices.length; i++) {
      devices[i] = new UnitBitmap(sizes.get(i) / unitBytes);
    }
    for (int i = 0; i < devices.length; i++) {
      reserve(devices[i], bounds.reservedBytes(i));
    }
  }

  private void reserve(UnitBitmap device, long lengthBytes) {
    device.take(0, Math.min(device.units(), ceilUnits(lengthBytes)));
  }

  /// Takes one more device into account, of which only its superblock area is taken.
  ///
  /// @param sizeBytes one allocation unit or more
  public void addDevice(long sizeBytes) {
    UnitBitmap device = new UnitBitmap(sizeBytes / unitBytes);
    reserve(device, SuperblockLayout.AREA_BYTES);
    devices = Arrays.copyOf(devices, devices.length + 1);
    devices[devices.length - 1] = device;
  }

  /// Takes the space of a file that is in the log.
  ///
  /// @param daxdevIndex the device; the range lies on it, is aligned and not empty
  /// @return how many units had an owner already
  public long claim(int daxdevIndex, long offset, long lengthBytes) {
    return devices[daxdevIndex].take(offset / unitBytes, lengthBytes / unitBytes);
  }

  /// Takes the space that a damaged entry names, as far as it lies on a device, so that it is not
  /// given to others.
  ///
  /// @param range any numbers
  /// @return how many units had an owner already
  public long quarantine(DeviceRange range) {
    if (range.daxdevIndex() < 0 || range.daxdevIndex() >= devices.length) {
      return 0;
    }
    UnitBitmap device = devices[range.daxdevIndex()];
    if (range.offset() < 0 || range.lengthBytes() <= 0) {
      return 0;
    }
    long first = range.offset() / unitBytes;
    long end = range.end() < 0 ? device.units() : Math.min(device.units(), ceilUnits(range.end()));
    if (first >= end) {
      return 0;
    }
    long already = device.take(first, end - first);
    quarantinedUnits += end - first - already;
    return already;
  }

  /// Says that a damaged entry may own space that nobody knows: from now on nothing is allocated.
  public void setUnknownOwner() {
    unknownOwner = true;
  }

  /// Whether space is owned that nobody knows.
  public boolean unknownOwner() {
    return unknownOwner;
  }

  /// Takes the lowest contiguous free run that holds the bytes, on the first device that has one.
  ///
  /// @param sizeBytes more than 0
  /// @return the run, in whole units; null when there is none
  public @Nullable DeviceRange allocate(long sizeBytes) {
    long count = ceilUnits(sizeBytes);
    for (int i = 0; i < devices.length && !unknownOwner; i++) {
      long first = devices[i].firstFit(count);
      if (first >= 0) {
        devices[i].take(first, count);
        return new DeviceRange(i, first * unitBytes, count * unitBytes);
      }
    }
    return null;
  }

  /// Gives back what [#allocate] returned.
  public void release(DeviceRange range) {
    devices[range.daxdevIndex()].free(range.offset() / unitBytes, range.lengthBytes() / unitBytes);
  }

  /// All whole units, in bytes.
  public long totalBytes() {
    return Arrays.stream(devices).mapToLong(UnitBitmap::units).sum() * unitBytes;
  }

  /// Units taken, in bytes.
  public long usedBytes() {
    return Arrays.stream(devices).mapToLong(UnitBitmap::taken).sum() * unitBytes;
  }

  /// Units put out of use because of damaged entries, in bytes.
  public long quarantinedBytes() {
    return quarantinedUnits * unitBytes;
  }

  /// The largest size that [#allocate] can grant now.
  public long largestFreeRunBytes() {
    if (unknownOwner) {
      return 0;
    }
    return Arrays.stream(devices).mapToLong(UnitBitmap::largestFreeRun).max().orElse(0) * unitBytes;
  }

  private long ceilUnits(long lengthBytes) {
    return lengthBytes / unitBytes + (lengthBytes % unitBytes == 0 ? 0 : 1);
  }
}
