package io.famfs.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where a path argument points: into an unmounted volume, or into a mounted one.
///
/// @param devices the devices of the volume
/// @param path relative to the root of the volume, "" for the root itself
/// @param mount the mount it was given through; null for a path inside an unmounted volume
record Location(Devices devices, String path, MountTable.@Nullable Entry mount) {

  /// Resolves an argument.
  ///
  /// @param devices what `--device` named, empty when it was not given
  /// @param argument the path as the user wrote it
  static Location of(Devices devices, String argument) {
    if (!devices.isEmpty()) {
      return new Location(devices, inVolume(argument), null);
    }
    return inMount(argument)
        .orElseThrow(() ->
            new CliException(
                argument
                    + " is not inside a famfs mount: name a path in one, or add --device"
                    + " DEVICE for a path inside an unmounted file system"));
  }

  /// The location of a path inside a mount, directly or by way of symbolic links.
  static Optional<Location> inMount(String argument) {
    List<MountTable.Entry> mounts = MountTable.read();
    Path path = Path.of(argument).toAbsolutePath().normalize();
    return in(mounts, path).or(() -> in(mounts, MountTable.followed(path)));
  }

  private static Optional<Location> in(List<MountTable.Entry> mounts, Path path) {
    return MountTable.holding(mounts, path)
        .map(mount ->
            new Location(
                Devices.of(List.of(mount.device())),
                mount.directory().relativize(path).toString(),
                mount));
  }

  /// The location of a name below this one.
  Location child(String name) {
    return new Location(devices, path.isEmpty() ? name : path + "/" + name, mount);
  }

  /// The root of the same volume.
  Location root() {
    return new Location(devices, "", mount);
  }

  /// What messages call it.
  String display() {
    return mount == null
        ? devices.getFirst() + ":/" + path
        : mount.directory().resolve(path).toString();
  }

  private static String inVolume(String argument) {
    Path root = Path.of("/");
    return root.relativize(root.resolve(argument).normalize()).toString();
  }
}
