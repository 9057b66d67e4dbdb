package io.famfs.store;

import io.famfs.core.DaxDevice;
import io.famfs.core.Errno;
import io.famfs.core.format.Superblock;
import io.famfs.core.format.SuperblockLayout;
import io.famfs.core.format.SuperblockRules;
import io.famfs.store.log.SuperblockBytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// The devices of a volume by daxdev index: the primary from the start, the others as the log adds
/// them. What the log adds is found among the devices that were given by the uuid in its
/// superblock, and is missing when it is not among them.
///
/// Replay adds, any number of threads read.
final class VolumeDevices {
  /// Most devices of one volume.
  static final int MAX_DEVICES = 64;

  private final DaxDevice primary;
  private final List<Offered> offered;
  private final List<UUID> uuids = new CopyOnWriteArrayList<>();
  private UUID fsUuid = new UUID(0, 0);
  private volatile DaxDevice[] devices;

  /// Bit i: device i is missing.
  private volatile long missing;

  private record Offered(DaxDevice device, Superblock superblock) {}

  private VolumeDevices(DaxDevice primary, List<Offered> offered) {
    this.primary = primary;
    this.offered = offered;
    this.devices = new DaxDevice[] {primary};
  }

  /// Tells the primary device from the others.
  ///
  /// @param given in any order; a single device is the primary, whatever is on it
  /// @throws StoreException EINVAL when none is a primary device, or more than one; EIO when the
  ///   memory of one cannot be read
  static VolumeDevices of(List<? extends DaxDevice> given) throws StoreException {
    if (given.isEmpty()) {
      throw new StoreException(Errno.EINVAL, "no device: name the primary one");
    }
    if (given.size() == 1) {
      return new VolumeDevices(given.getFirst(), new ArrayList<>());
    }
    DaxDevice primary = null;
    List<Offered> others = new ArrayList<>();
    for (DaxDevice device : given) {
      Superblock secondary = secondary(device);
      if (secondary != null) {
        others.add(new Offered(device, secondary));
      } else if (primary == null) {
        primary = device;
      } else {
        throw new StoreException(
            Errno.EINVAL,
            "neither "
                + primary.name()
                + " nor "
                + device.name()
                + " is a further device of a famfs: name one primary device and those added to it");
      }
    }
    if (primary == null) {
      throw new StoreException(
          Errno.EINVAL,
          "none of the "
              + given.size()
              + " devices is a primary one; the primary device of "
              + others.getFirst().device.name()
              + " is "
              + others.getFirst().superblock.daxdevUuid());
    }
    return new VolumeDevices(primary, others);
  }

  /// The superblock of a further device of some volume; null when the device holds anything else.
  static @Nullable Superblock secondary(DaxDevice device) throws StoreException {
    if (device.sizeBytes() < SuperblockLayout.BYTES) {
      return null;
    }
    try {
      return SuperblockRules.secondary(SuperblockBytes.copy(device));
    } catch (InternalError e) {
      // What the platform throws when mapped memory cannot be read.
      StoreException unreadable =
          new StoreException(Errno.EIO, "the memory of " + device.name() + " is not readable");
      unreadable.initCause(e);
      throw unreadable;
    }
  }

  /// Begins with what the superblock says of the primary device.
  void begin(Superblock superblock) {
    fsUuid = superblock.fsUuid();
    uuids.add(superblock.deviceUuid());
  }

  /// Offers one more device that the log may name from now on.
  void offer(DaxDevice device, Superblock superblock) {
    offered.add(new Offered(device, superblock));
  }

  /// Whether the log may add a device now.
  boolean isNext(int daxdevIndex, UUID uuid, long sizeBytes) {
    return daxdevIndex == uuids.size()
        && uuids.size() < MAX_DEVICES
        && !uuids.contains(uuid)
        && sizeBytes >= SuperblockLayout.AREA_BYTES + SuperblockLayout.ALLOC_UNIT_BYTES;
  }

  /// Adds a device that [#isNext].
  ///
  /// @return whether it is there
  boolean add(UUID uuid, long sizeBytes) {
    DaxDevice found = take(uuid, sizeBytes);
    int index = uuids.size();
    DaxDevice[] more = Arrays.copyOf(devices, index + 1);
    more[index] = found == null ? new MissingDevice(uuid, sizeBytes) : found;
    uuids.add(uuid);
    if (found == null) {
      missing |= 1L << index;
    }
    devices = more;
    return found != null;
  }

  private @Nullable DaxDevice take(UUID uuid, long sizeBytes) {
    for (Offered candidate : offered) {
      Superblock superblock = candidate.superblock;
      if (superblock.deviceUuid().equals(uuid)
          && superblock.fsUuid().equals(fsUuid)
          && candidate.device.sizeBytes() >= sizeBytes) {
        offered.remove(candidate);
        return candidate.device;
      }
    }
    return null;
  }

  /// Whether a device is the primary one or one that the log names, also one that counts as missing
  /// because it was not given.
  ///
  /// @throws StoreException EIO when its memory cannot be read
  boolean isMember(DaxDevice device) throws StoreException {
    if (Arrays.asList(devices).contains(device)) {
      return true;
    }
    Superblock superblock = secondary(device);
    return superblock != null
        && superblock.fsUuid().equals(fsUuid)
        && uuids.contains(superblock.deviceUuid());
  }

  /// The devices that were given and that the log does not name.
  List<DaxDevice> strangers() {
    return offered.stream().map(Offered::device).toList();
  }

  DaxDevice primary() {
    return primary;
  }

  int count() {
    return devices.length;
  }

  DaxDevice get(int daxdevIndex) {
    return devices[daxdevIndex];
  }

  UUID uuid(int daxdevIndex) {
    return uuids.get(daxdevIndex);
  }

  /// What is missing.
  List<CheckReport.Missing> missing() {
    List<CheckReport.Missing> list = new ArrayList<>();
    for (int i = 0; i < devices.length; i++) {
      if (isMissing(i)) {
        list.add(new CheckReport.Missing(i, uuids.get(i), devices[i].sizeBytes()));
      }
    }
    return list;
  }

  boolean allPresent() {
    return missing == 0;
  }

  boolean isMissing(int daxdevIndex) {
    return (missing >>> daxdevIndex & 1) != 0;
  }
}
