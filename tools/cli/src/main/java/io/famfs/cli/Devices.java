package io.famfs.cli;

import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// The devices of one volume.
///
/// @param paths as they were named, in any order; of a mount the primary one
/// @param policies who else uses their memory
record Devices(List<Path> paths, CoherencePolicies policies) {

  Devices {
    paths = List.copyOf(paths);
    policies.requireOnly(paths);
  }

  /// Devices used as their kind is used.
  static Devices of(List<Path> paths) {
    return new Devices(paths, CoherencePolicies.AUTO);
  }

  boolean isEmpty() {
    return paths.isEmpty();
  }

  /// The one that was named first.
  Path getFirst() {
    return paths.getFirst();
  }

  /// Opens one of them as it is, whatever is on it.
  MappedDaxDevice open(Path path, Mode mode) throws IOException {
    return OpenVolume.device(path, mode, policies.of(path));
  }

  /// Opens one of them that no other process of this host may write to.
  MappedDaxDevice lock(Path path) throws IOException {
    return OpenVolume.lock(path, policies.of(path));
  }

  /// Opens one of them to replace what is on it: beside what [#lock] asks for, no mount of this
  /// host may show it, not even one that only reads.
  MappedDaxDevice takeOver(Path path) throws IOException {
    MappedDaxDevice device = lock(path);
    try {
      MountTable.requireUnmounted(path);
      return device;
    } catch (RuntimeException e) {
      device.close();
      throw e;
    }
  }
}
