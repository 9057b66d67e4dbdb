package io.famfs.cli;

import io.famfs.core.ByteSize;
import io.famfs.core.Errno;
import io.famfs.core.Role;
import io.famfs.core.format.MediaException;
import io.famfs.core.format.MediaFault;
import io.famfs.core.format.Superblock;
import io.famfs.dax.Coherence;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.doors.DeviceRight;
import io.famfs.fuse.famfs.WriteRight;
import io.famfs.os.ErrnoException;
import io.famfs.store.FormatOptions;
import io.famfs.store.OpenOptions;
import io.famfs.store.StoreException;
import io.famfs.store.Superblocks;
import io.famfs.store.Volume;
import io.famfs.store.namespace.FileInode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A volume with the devices below it, opened and closed together.
///
/// @param volume the store
/// @param devices those of its devices that are there, in any order
record OpenVolume(Volume volume, List<MappedDaxDevice> devices) implements AutoCloseable {

  /// Opens to look; others may be using the devices.
  static OpenVolume forReading(Devices named) throws IOException {
    return open(named, path -> named.open(path, Mode.READ_ONLY), OpenOptions.forReading());
  }

  /// Opens as the one user of this host who may create.
  static OpenVolume forWriting(Devices named) throws IOException {
    return open(named, named::lock, OpenOptions.forHost(HostIdentity.readOrCreate()));
  }

  /// Opens to serve. Who does not create works beside the owner of the volume, on this host or
  /// another, and follows what it adds.
  static OpenVolume forServing(Devices named, ServeMode mode) throws IOException {
    if (mode == ServeMode.READ) {
      return following(forReading(named));
    }
    UUID host = HostIdentity.readOrCreate();
    List<MappedDaxDevice> devices = new ArrayList<>();
    try {
      for (Path path : named.paths()) {
        devices.add(named.open(path, Mode.READ_WRITE));
      }
      if (mode.creates(role(devices, host))) {
        for (MappedDaxDevice device : devices) {
          lock(device);
        }
        OpenVolume opened = complete(named, devices, named::lock, OpenOptions.forHost(host));
        opened.volume().badMemory().watch();
        return opened;
      }
      if (mode == ServeMode.INCOMING) {
        findLocks(devices);
      }
      DeviceOpener opener = path -> named.open(path, Mode.READ_WRITE);
      return following(complete(named, devices, opener, OpenOptions.forFollowing()));
    } catch (IOException | RuntimeException e) {
      devices.forEach(MappedDaxDevice::close);
      throw e;
    }
  }

  /// Opens what a lock needs while this process may still open files.
  private static void findLocks(List<MappedDaxDevice> devices) throws ErrnoException {
    for (MappedDaxDevice device : devices) {
      if (device.tryLock()) {
        device.unlock();
      }
    }
  }

  /// The right to create as this process shares it with others of its host; null when it never
  /// creates.
  @Nullable WriteRight right(ServeMode mode) throws IOException {
    UUID host = HostIdentity.readOrCreate();
    boolean shares = mode == ServeMode.BY_ROLE || mode == ServeMode.INCOMING;
    boolean owner = Role.of(host, volume.superblock().systemUuid()) == Role.MASTER;
    return shares && owner ? new DeviceRight(devices, host) : null;
  }

  /// What this host may do, by the first superblock that can be read. Opening finds out what is
  /// wrong when there is none.
  private static Role role(List<MappedDaxDevice> devices, UUID host) {
    for (MappedDaxDevice device : devices) {
      Optional<Superblock> superblock = Superblocks.of(device);
      if (superblock.isPresent()) {
        return Role.of(host, superblock.get().systemUuid());
      }
    }
    return Role.MASTER;
  }

  private static OpenVolume following(OpenVolume opened) throws IOException {
    try {
      opened.volume().badMemory().watch();
      opened.volume().follow(new FollowLog(opened.devices().getFirst().name()));
      return opened;
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /// Opens a device that the caller has already.
  static OpenVolume of(MappedDaxDevice device, UUID host) throws IOException {
    return new OpenVolume(Volume.open(List.of(device), OpenOptions.forHost(host)), List.of(device));
  }

  /// Opens a device as it is, whatever is on it, with the policy of its kind.
  static MappedDaxDevice device(Path path, Mode mode) throws IOException {
    return device(path, mode, Coherence.AUTO);
  }

  /// Opens a device as it is, whatever is on it.
  static MappedDaxDevice device(Path path, Mode mode, Coherence coherence) throws IOException {
    try {
      return DaxDevices.open(path, mode, coherence);
    } catch (ErrnoException e) {
      if (e.errno() == Errno.ENOENT) {
        throw new CliException(
            path
                + " does not exist: name a device-dax node or a file, or make a file in memory"
                + " with mkfs.famfs --size SIZE /dev/shm/NAME");
      }
      if (e.errno() == Errno.EACCES || e.errno() == Errno.EPERM) {
        throw new CliException(e.getMessage() + ": run this as root or as the owner");
      }
      throw e;
    }
  }

  /// Makes a file system on devices that are locked.
  static Volume format(List<MappedDaxDevice> devices, FormatOptions options) throws IOException {
    try {
      return Volume.format(devices, options);
    } catch (StoreException e) {
      if (e.errno() == Errno.EEXIST) {
        throw new CliException(e.getMessage() + " (option -f)");
      }
      throw e;
    }
  }

  /// Opens a device that no other process of this host may write to.
  static MappedDaxDevice lock(Path path, Coherence coherence) throws IOException {
    MappedDaxDevice device = device(path, Mode.READ_WRITE, coherence);
    try {
      lock(device);
      return device;
    } catch (IOException | RuntimeException e) {
      device.close();
      throw e;
    }
  }

  /// Makes this process the one of this host that may write to an open device.
  static void lock(MappedDaxDevice device) throws IOException {
    if (!device.tryLock()) {
      throw new CliException(
          device.name()
              + " is already in use by "
              + LockHolder.describe(device.lockHolder())
              + ": stop it first, or work through its mount");
    }
  }

  /// Says on `err` what replay had to leave out; the rest of the volume is usable.
  void warn(PrintWriter err) {
    for (int i = 0; i < volume.deviceCount(); i++) {
      if (volume.isMissing(i)) {
        err.println(
            "famfs: warning: device "
                + i
                + " is missing (uuid "
                + volume.deviceUuid(i)
                + ", "
                + ByteSize.human(volume.device(i).sizeBytes())
                + "): files on it give errors; name it with --device or in FAMFS_DEVICES");
        err.flush();
      }
    }
    if (!volume.badRanges().isEmpty()) {
      err.println(
          "famfs: warning: "
              + volume.badRanges().bytes()
              + " bytes of bad memory: files give errors there (see 'famfs poison list "
              + devices.getFirst().name()
              + "')");
      err.flush();
    }
    if (volume.report().clean()) {
      return;
    }
    String name = devices.getFirst().name();
    err.println(
        "famfs: warning: "
            + name
            + ": "
            + volume.report().faultCount()
            + (volume.report().faultCount() == 1 ? " fault, " : " faults, ")
            + volume.report().entriesLeftOut()
            + " entries left out (see 'famfs fsck "
            + name
            + "'); the first: "
            + volume.report().faults().stream()
                .findFirst()
                .map(MediaFault::describe)
                .orElse("none kept"));
    err.flush();
  }

  /// Refuses a file that has space on a device that is missing.
  void requireReachable(FileInode file) {
    if (!volume.isReachable(file)) {
      throw new CliException(
          "'"
              + file.path()
              + "' has space on a device that is missing: name it with --device or in"
              + " FAMFS_DEVICES");
    }
  }

  /// The devices by their daxdev index. In the place of one that is missing stands the primary: the
  /// server never asks for memory of a file that cannot be reached.
  List<MappedDaxDevice> byIndex() {
    List<MappedDaxDevice> ordered = new ArrayList<>();
    for (int i = 0; i < volume.deviceCount(); i++) {
      ordered.add((MappedDaxDevice) volume.device(volume.isMissing(i) ? 0 : i));
    }
    return ordered;
  }

  /// The names of the devices that are there, by their daxdev index, with blanks in between.
  String names() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < volume.deviceCount(); i++) {
      if (!volume.isMissing(i)) {
        names.add(((MappedDaxDevice) volume.device(i)).name());
      }
    }
    return String.join(" ", names);
  }

  /// How a device is opened.
  private interface DeviceOpener {
    MappedDaxDevice open(Path path) throws IOException;
  }

  private static OpenVolume open(Devices named, DeviceOpener opener, OpenOptions options)
      throws IOException {
    List<MappedDaxDevice> devices = new ArrayList<>();
    try {
      for (Path path : named.paths()) {
        devices.add(opener.open(path));
      }
      return complete(named, devices, opener, options);
    } catch (IOException | RuntimeException e) {
      devices.forEach(MappedDaxDevice::close);
      throw e;
    }
  }

  /// Opens a volume on devices, and on those of its devices that were not named and are found.
  private static OpenVolume complete(
      Devices named, List<MappedDaxDevice> devices, DeviceOpener opener, OpenOptions options)
      throws IOException {
    OpenVolume opened = open(named, devices, options);
    List<Path> found = DeviceResolver.find(opened.volume(), named);
    if (found.isEmpty()) {
      return opened;
    }
    opened.volume().close();
    for (Path path : found) {
      devices.add(opener.open(path));
    }
    return open(named, devices, options);
  }

  private static OpenVolume open(Devices named, List<MappedDaxDevice> devices, OpenOptions options)
      throws IOException {
    try {
      OpenOptions remembering = options.withStateDirectory(StateDirectory.path());
      return new OpenVolume(Volume.open(devices, remembering), List.copyOf(devices));
    } catch (MediaException e) {
      throw new CliException(named.getFirst() + ": " + e.getMessage());
    }
  }

  @Override
  public void close() {
    volume.close();
    devices.forEach(MappedDaxDevice::close);
  }
}
