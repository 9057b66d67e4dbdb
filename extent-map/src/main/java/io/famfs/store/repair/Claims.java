package io.famfs.store.repair;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.format.MediaBounds;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who claims which allocation units.
///
/// A unit is *owned* when a sound entry or a quarantined one has it, *named* when any entry, sound
/// or not, seems to have it, and *given* when it has been given to an entry in the order of the
/// log.
final class Claims {
  private final long unitBytes;
  private final List<Device> devices = new ArrayList<>();

  private static final class Device {
    final int units;
    final int reservedUnits;
    final BitSet owned = new BitSet();
    final BitSet named = new BitSet();
    final BitSet given = new BitSet();

    Device(int units, int reservedUnits) {
      this.units = units;
      this.reservedUnits = reservedUnits;
    }
  }

  Claims(long unitBytes) {
    this.unitBytes = unitBytes;
  }

  /// Makes room for the devices of the volume that are not there yet.
  void grow(MediaBounds bounds) {
    for (int i = devices.size(); i < bounds.deviceCount(); i++) {
      int units = (int) Math.min(Integer.MAX_VALUE, bounds.deviceBytes().get(i) / unitBytes);
      long reserved = (bounds.reservedBytes(i) + unitBytes - 1) / unitBytes;
      devices.add(new Device(units, (int) Math.min(units, reserved)));
    }
  }

  /// A sound entry has this range, which keeps every rule for extents.
  void own(DeviceRange range) {
    Device device = devices.get(range.daxdevIndex());
    device.owned.set(first(range), end(range));
    device.named.set(first(range), end(range));
  }

  /// An entry seems to have this range. Any numbers.
  void name(DeviceRange range) {
    if (range.daxdevIndex() < 0
        || range.daxdevIndex() >= devices.size()
        || range.offset() < 0
        || range.lengthBytes() <= 0) {
      return;
    }
    Device device = devices.get(range.daxdevIndex());
    long first = range.offset() / unitBytes;
    long behind = range.end() < 0 ? device.units : (range.end() - 1) / unitBytes + 1;
    if (first < device.units) {
      device.named.set((int) first, (int) Math.min(behind, device.units));
    }
  }

  /// Whether nobody owns any of a range that keeps every rule for extents.
  boolean unowned(DeviceRange range) {
    int owned = devices.get(range.daxdevIndex()).owned.nextSetBit(first(range));
    return owned < 0 || owned >= end(range);
  }

  /// Gives a range to the next entry.
  ///
  /// @return false when an earlier one has some of it
  boolean give(DeviceRange range) {
    Device device = devices.get(range.daxdevIndex());
    int given = device.given.nextSetBit(first(range));
    if (given >= 0 && given < end(range)) {
      return false;
    }
    device.given.set(first(range), end(range));
    return true;
  }

  /// Takes space that no entry names, for an entry.
  ///
  /// @param daxdevIndex where
  /// @param lengthBytes a multiple of the allocation unit
  /// @return null when there is no such run
  @Nullable DeviceRange take(int daxdevIndex, long lengthBytes) {
    Device device = devices.get(daxdevIndex);
    long count = lengthBytes / unitBytes;
    int start = device.named.nextClearBit(device.reservedUnits);
    while (start + count <= device.units) {
      int taken = device.named.nextSetBit(start);
      if (taken < 0 || taken - start >= count) {
        DeviceRange range = new DeviceRange(daxdevIndex, start * unitBytes, lengthBytes);
        own(range);
        device.given.set(first(range), end(range));
        return range;
      }
      start = device.named.nextClearBit(taken);
    }
    return null;
  }

  private int first(DeviceRange range) {
    return (int) (range.offset() / unitBytes);
  }

  private int end(DeviceRange range) {
    return (int) (range.end() / unitBytes);
  }
}
