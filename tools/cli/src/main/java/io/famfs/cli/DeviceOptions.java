package io.famfs.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The option that names the devices of a file system that is not mounted.
final class DeviceOptions {
  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      split = ",",
      description = {
        "Use the unmounted file system on DEVICE. Several devices: repeat the option, or separate",
        "them by commas; the order does not matter."
      })
  private List<Path> devices = new ArrayList<>();

  @Mixin private CoherenceOptions coherence = new CoherenceOptions();

  /// Whether none was named.
  boolean missing() {
    return devices.isEmpty();
  }

  /// The devices; empty when none was named.
  Devices devices() {
    return with(List.of());
  }

  /// The devices, and more that were named without the option.
  Devices with(List<Path> more) {
    List<Path> all = new ArrayList<>(devices);
    all.addAll(more);
    return new Devices(all, coherence.policies());
  }

  /// The devices of a command that does not work without.
  Devices required() {
    if (devices.isEmpty()) {
      throw CliException.misuse("name the device of the file system: --device DEVICE");
    }
    return devices();
  }

  /// Where a path argument points: into the volume on the devices, or into a mount when there is no
  /// device.
  Location locate(String argument) {
    return Location.of(devices(), argument);
  }
}
