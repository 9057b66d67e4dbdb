package io.famfs.cli;

import io.famfs.core.format.Superblock;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.store.Volume;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Finds the devices of a volume that were not named, by the uuid in their superblocks: the path of
/// a device is this host's affair, its uuid is not.
///
/// Looked at are the devices in `FAMFS_DEVICES`, separated by colons; when it is not set, the
/// devdax nodes of this host and the files beside the primary device. Only their superblocks are
/// read, and nothing is written.
final class DeviceResolver {
  private static final String VARIABLE = "FAMFS_DEVICES";

  /// Most files of a directory that are looked at.
  private static final int MOST_CANDIDATES = 1000;

  private DeviceResolver() {}

  /// The devices that a volume misses, as far as they are found.
  ///
  /// @param named the devices it was opened with
  static List<Path> find(Volume volume, Devices named) throws IOException {
    Set<UUID> wanted = new HashSet<>();
    for (int i = 0; i < volume.deviceCount(); i++) {
      if (volume.isMissing(i)) {
        wanted.add(volume.deviceUuid(i));
      }
    }
    List<Path> found = new ArrayList<>();
    if (wanted.isEmpty()) {
      return found;
    }
    Set<Path> known = new HashSet<>();
    for (Path path : named.paths()) {
      known.add(path.toRealPath());
    }
    for (Path candidate : candidates(named.getFirst())) {
      if (wanted.isEmpty()) {
        break;
      }
      UUID uuid =
          Files.exists(candidate) && known.add(candidate.toRealPath())
              ? uuid(named, candidate, volume.superblock().fsUuid())
              : null;
      if (uuid != null && wanted.remove(uuid)) {
        found.add(candidate);
      }
    }
    return found;
  }

  private static @Nullable UUID uuid(Devices named, Path candidate, UUID fsUuid) {
    try (MappedDaxDevice device = named.open(candidate, Mode.READ_ONLY)) {
      Superblock superblock = Volume.identify(device);
      return superblock != null && superblock.fsUuid().equals(fsUuid)
          ? superblock.deviceUuid()
          : null;
    } catch (IOException | CliException e) {
      // Not a device, or not for this user: it is not the one that is looked for.
      return null;
    }
  }

  private static Set<Path> candidates(Path primary) throws IOException {
    Set<Path> candidates = new LinkedHashSet<>();
    String listed = System.getenv(VARIABLE);
    if (listed != null && !listed.isEmpty()) {
      for (String path : listed.split(":", -1)) {
        if (!path.isEmpty()) {
          candidates.add(Path.of(path));
        }
      }
      return candidates;
    }
    add(candidates, Path.of("/dev"), "dax*");
    Path folder = primary.toRealPath().getParent();
    // Of /dev itself only the devdax nodes are of interest; below it are file systems in memory.
    if (folder != null && !folder.equals(Path.of("/dev"))) {
      add(candidates, folder, "*");
    }
    return candidates;
  }

  private static void add(Set<Path> candidates, Path folder, String pattern) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, pattern)) {
      for (Path entry : entries) {
        if (candidates.size() == MOST_CANDIDATES) {
          return;
        }
        if (pattern.startsWith("dax") || Files.isRegularFile(entry)) {
          candidates.add(entry);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }
}
