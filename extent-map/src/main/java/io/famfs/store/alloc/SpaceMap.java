package io.famfs.store.alloc;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.format.MediaBounds;
import io.famfs.core.format.SuperblockLayout;
import io.famfs.store.health.RangeSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The space of a volume: what superblock and log, files, files in the making and damaged entries
/// take. Kept up to date by every change, never rebuilt. Not thread-safe.
///
/// Only whole allocation units of a device count; what is behind the last one is never used.
public final class SpaceMap {
  private final long unitBytes;
  private final BitSet missing = new BitSet();
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

  /// Takes space that is known by its place.
  ///
  /// @param range any numbers
  /// @return whether it was there and free; nothing is taken otherwise
  public boolean takeFree(DeviceRange range) {
    int index = range.daxdevIndex();
    boolean whole = range.offset() % unitBytes == 0 && range.lengthBytes() % unitBytes == 0;
    if (index < 0 || index >= devices.length || missing.get(index) || unknownOwner || !whole) {
      return false;
    }
    long first = range.offset() / unitBytes;
    long count = range.lengthBytes() / unitBytes;
    if (first < 0 || count <= 0 || count > devices[index].units() - first) {
      return false;
    }
    if (!devices[index].isFree(first, count)) {
      return false;
    }
    devices[index].take(first, count);
    return true;
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

  /// Says that a device is not there: it keeps its owners, but has no free space.
  public void setMissing(int daxdevIndex) {
    missing.set(daxdevIndex);
  }

  /// How many devices can have new space.
  public int presentDevices() {
    return devices.length - missing.cardinality();
  }

  /// Whole units of a device, in bytes.
  public long deviceBytes(int daxdevIndex) {
    return devices[daxdevIndex].units() * unitBytes;
  }

  /// Takes the lowest contiguous free run that holds the bytes, on the first device that has one.
  ///
  /// @param sizeBytes more than 0
  /// @return the run, in whole units; null when there is none
  public @Nullable DeviceRange allocate(long sizeBytes) {
    for (int i = 0; i < devices.length; i++) {
      DeviceRange range = allocate(i, ceilUnits(sizeBytes), 0, devices[i].units());
      if (range != null) {
        return range;
      }
    }
    return null;
  }

  /// Takes strips of equal length, each the lowest that is free in its bucket. The buckets are
  /// equal ranges of the primary device; what is left over behind the last one is not used.
  ///
  /// @param stripBytes more than 0
  /// @param count how many, more than 0
  /// @param buckets `count` or more
  /// @param seed decides the order in which buckets are tried
  /// @return the strips in the order found; null when there are not enough, and nothing is taken
  public @Nullable List<DeviceRange> allocateInBuckets(
      long stripBytes, int count, int buckets, long seed) {
    long bucketUnits = devices[0].units() / buckets;
    return allocateEach(
        count,
        SeededOrder.of(buckets, seed),
        bucket ->
            allocate(0, ceilUnits(stripBytes), bucket * bucketUnits, (bucket + 1) * bucketUnits));
  }

  /// Takes strips of equal length on as many devices, each the lowest that is free on its device.
  ///
  /// @param stripBytes more than 0
  /// @param count how many, more than 0
  /// @param seed decides the order in which devices are tried
  /// @return the strips in the order found; null when there are not enough, and nothing is taken
  public @Nullable List<DeviceRange> allocateOnDevices(long stripBytes, int count, long seed) {
    return allocateEach(
        count,
        SeededOrder.of(devices.length, seed),
        device -> allocate(device, ceilUnits(stripBytes), 0, devices[device].units()));
  }

  private @Nullable List<DeviceRange> allocateEach(
      int count, int[] order, IntFunction<@Nullable DeviceRange> place) {
    List<DeviceRange> strips = new ArrayList<>(count);
    for (int where : order) {
      DeviceRange strip = place.apply(where);
      if (strip != null) {
        strips.add(strip);
      }
      if (strips.size() == count) {
        return strips;
      }
    }
    strips.forEach(this::release);
    return null;
  }

  private @Nullable DeviceRange allocate(int daxdevIndex, long count, long from, long to) {
    if (unknownOwner || missing.get(daxdevIndex)) {
      return null;
    }
    long first = devices[daxdevIndex].firstFit(count, from, to);
    if (first < 0) {
      return null;
    }
    devices[daxdevIndex].take(first, count);
    return new DeviceRange(daxdevIndex, first * unitBytes, count * unitBytes);
  }

  /// Makes a taken run longer where it is, if the units behind it are free.
  ///
  /// @param range what an allocation returned
  /// @param moreBytes more than 0
  /// @return the longer run; null when it cannot grow, and nothing is taken
  public @Nullable DeviceRange extend(DeviceRange range, long moreBytes) {
    UnitBitmap device = devices[range.daxdevIndex()];
    long first = range.end() / unitBytes;
    long count = ceilUnits(moreBytes);
    if (unknownOwner || missing.get(range.daxdevIndex()) || !device.isFree(first, count)) {
      return null;
    }
    device.take(first, count);
    return new DeviceRange(
        range.daxdevIndex(), range.offset(), range.lengthBytes() + count * unitBytes);
  }

  /// How much is free directly behind a taken run.
  ///
  /// @param range what an allocation returned
  /// @param mostBytes looks no further, in whole units
  public long freeBehindBytes(DeviceRange range, long mostBytes) {
    if (unknownOwner || missing.get(range.daxdevIndex())) {
      return 0;
    }
    UnitBitmap device = devices[range.daxdevIndex()];
    long first = range.end() / unitBytes;
    long most = Math.min(ceilUnits(mostBytes), device.units() - first);
    return (device.nextTaken(first, first + most) - first) * unitBytes;
  }

  /// Gives back the end of a taken run.
  ///
  /// @param range what an allocation returned
  /// @param keptBytes more than 0; the unit in which they end is kept
  /// @return what is still taken
  public DeviceRange trim(DeviceRange range, long keptBytes) {
    long kept = ceilUnits(keptBytes) * unitBytes;
    if (kept >= range.lengthBytes()) {
      return range;
    }
    release(
        new DeviceRange(range.daxdevIndex(), range.offset() + kept, range.lengthBytes() - kept));
    return new DeviceRange(range.daxdevIndex(), range.offset(), kept);
  }

  /// Gives back what an allocation returned.
  public void release(DeviceRange range) {
    devices[range.daxdevIndex()].free(range.offset() / unitBytes, range.lengthBytes() / unitBytes);
  }

  /// All whole units of the devices that are there, in bytes.
  public long totalBytes() {
    return sum(UnitBitmap::units) * unitBytes;
  }

  /// Units taken on the devices that are there, in bytes.
  public long usedBytes() {
    return sum(UnitBitmap::taken) * unitBytes;
  }

  /// Units that can be allocated, in bytes.
  public long freeBytes() {
    return unknownOwner ? 0 : totalBytes() - usedBytes();
  }

  /// Granularity of space.
  public long unitBytes() {
    return unitBytes;
  }

  /// Says which memory of a device is bad from now on: units that touch it are never allocated, and
  /// count as used when nobody has them.
  public void setBad(int daxdevIndex, RangeSet ranges) {
    UnitBitmap device = devices[daxdevIndex];
    BitSet units = new BitSet();
    for (int i = 0; i < ranges.count(); i++) {
      long end = Math.min(device.units(), ceilUnits(ranges.end(i)));
      long first = Math.min(end, ranges.start(i) / unitBytes);
      units.set(Math.toIntExact(first), Math.toIntExact(end));
    }
    device.bad(units);
  }

  /// Units that nobody has and that are out of use because of bad memory, in bytes.
  public long badBytes() {
    return sum(UnitBitmap::held) * unitBytes;
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
    return present().mapToLong(UnitBitmap::largestFreeRun).max().orElse(0) * unitBytes;
  }

  private long sum(ToLongFunction<UnitBitmap> what) {
    return present().mapToLong(what).sum();
  }

  private Stream<UnitBitmap> present() {
    return IntStream.range(0, devices.length)
        .filter(i -> !missing.get(i))
        .mapToObj(i -> devices[i]);
  }

  private long ceilUnits(long lengthBytes) {
    return lengthBytes / unitBytes + (lengthBytes % unitBytes == 0 ? 0 : 1);
  }
}
