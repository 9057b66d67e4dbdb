package io.famfs.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The file system that a command looks at as a whole: named by its devices, with or without the
/// option, or by a path inside a mount of it.
final class VolumeTarget {
  @Mixin private DeviceOptions devices = new DeviceOptions();

  @Parameters(
      arity = "0..*",
      paramLabel = "DEVICE|PATH",
      description = "The devices of an unmounted file system, or a path inside a mount.")
  private List<Path> targets = new ArrayList<>();

  /// Whether nothing was named.
  boolean missing() {
    return devices.missing() && targets.isEmpty();
  }

  /// The devices, of a mount the primary one.
  Devices devices() {
    return locate().devices();
  }

  /// The root of the file system.
  Location locate() {
    if (devices.missing() && targets.size() == 1) {
      Path target = targets.getFirst();
      var inMount = Location.inMount(target.toString());
      if (inMount.isPresent()) {
        return inMount.get().root();
      }
      if (Files.isDirectory(target)) {
        throw new CliException(
            target
                + " is a directory outside every famfs mount: name a device or a path inside a"
                + " mount");
      }
    }
    Devices named = devices.with(targets);
    if (named.isEmpty()) {
      throw CliException.misuse("name the devices of the file system, or a path inside its mount");
    }
    return Location.of(named, "");
  }
}
