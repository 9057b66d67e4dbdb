package io.famfs.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where a path argument points: into an unmounted volume, or into a mounted one.
///
/// @param device the device of the volume
/// @param path relative to the root of the volume, "" for the root itself
/// @param mount the mount it was given through; null for a path inside an unmounted volume
record Location(Path device, String path, MountTable.@Nullable Entry mount) {

  /// Resolves an argument.
  ///
  /// @param device what `--device` named, or null
  /// @param argument the path as the user wrote it
  static Location of(@Nullable Path device, String argument) {
    if (device != null) {
      return new Location(device, inVolume(argument), null);
    }
    Path path = Path.of(argument).toAbsolutePath().normalize();
    MountTable.Entry mount =
        MountTable.holding(path)
            .orElseThrow(() ->
                new CliException(
                    argument
                        + " is not inside a famfs mount: name a path in one, or add --device"
                        + " DEVICE for a path inside an unmounted file system"));
    return new Location(mount.device(), mount.directory().relativize(path).toString(), mount);
  }

  /// The location of a name below this one.
  Location child(String name) {
    return new Location(device, path.isEmpty() ? name : path + "/" + name, mount);
  }

  /// What messages call it.
  String display() {
    return mount == null ? device + ":/" + path : mount.directory().resolve(path).toString();
  }

  private static String inVolume(String argument) {
    String path = argument;
    while (path.startsWith("/")) {
      path = path.substring(1);
    }
    while (path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    return path.equals(".") ? "" : path;
  }
}
