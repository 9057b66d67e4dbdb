package io.famfs.cli;

import io.famfs.core.format.MediaFault;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;

/// A volume with the devices below it, opened and closed together.
///
/// @param volume the store
/// @param devices its devices, in order of their daxdev index
record OpenVolume(Volume volume, List<MappedDaxDevice> devices) implements AutoCloseable {

  /// Opens to look; others may be using the device.
  static OpenVolume forReading(Path device) throws IOException {
    return open(DaxDevices.open(device, Mode.READ_ONLY), OpenOptions.forReading());
  }

  /// Opens as the one user of this host who may create.
  static OpenVolume forWriting(Path device) throws IOException {
    return open(lock(device), OpenOptions.forHost(HostIdentity.readOrCreate()));
  }

  /// Opens a device that the caller has already.
  static OpenVolume of(MappedDaxDevice device, UUID host) throws IOException {
    return new OpenVolume(Volume.open(List.of(device), OpenOptions.forHost(host)), List.of(device));
  }

  /// Opens a device that no other process of this host may write to.
  static MappedDaxDevice lock(Path path) throws IOException {
    MappedDaxDevice device = DaxDevices.open(path, Mode.READ_WRITE);
    try {
      if (device.tryLock()) {
        return device;
      }
      throw new CliException(busy(path, device.lockHolder()));
    } catch (IOException | RuntimeException e) {
      device.close();
      throw e;
    }
  }

  /// Says on `err` what replay had to leave out; the rest of the volume is usable.
  void warn(PrintWriter err) {
    if (volume.report().clean()) {
      return;
    }
    String name = devices.getFirst().name();
    err.println(
        "famfs: warning: "
            + name
            + ": "
            + volume.report().faultCount()
            + " faults, "
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

  private static OpenVolume open(MappedDaxDevice device, OpenOptions options) throws IOException {
    try {
      return new OpenVolume(Volume.open(List.of(device), options), List.of(device));
    } catch (IOException | RuntimeException e) {
      device.close();
      if (e instanceof io.famfs.core.format.MediaException) {
        throw new CliException(device.name() + ": " + e.getMessage());
      }
      throw e;
    }
  }

  private static String busy(Path path, OptionalLong holder) {
    String by = "another process";
    if (holder.isPresent()) {
      long pid = holder.getAsLong();
      String command =
          ProcessHandle.of(pid)
              .flatMap(p -> p.info().command())
              .map(c -> " (" + c + ")")
              .orElse("");
      by = "process " + pid + command;
    }
    return path + " is already in use by " + by + ": stop it first, or work through its mount";
  }

  @Override
  public void close() {
    volume.close();
    devices.forEach(MappedDaxDevice::close);
  }
}
