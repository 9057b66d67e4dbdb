package io.famfs.cli;

import io.famfs.store.Placement;
import java.io.IOException;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/// The directories and files of a volume, mounted or not. Paths are relative to its root. Used by
/// one thread; what is done with the bytes of its files is for several ([TreeFile]).
interface Tree extends AutoCloseable {

  /// What stands at a path.
  ///
  /// @param directory whether it is a directory
  /// @param sizeBytes its size, 0 for a directory
  record Present(boolean directory, long sizeBytes) {}

  /// Owner and permissions of something new.
  ///
  /// @param mode permission bits
  /// @param uid owner
  /// @param gid group
  record Ownership(int mode, int uid, int gid) {}

  /// What stands at `path`, or null.
  @Nullable Present find(String path) throws IOException;

  /// Makes a directory; its parent exists.
  void mkdir(String path, Ownership ownership) throws IOException;

  /// Makes a file of zeros, to be filled and then committed. Nothing has been taken when it fails.
  TreeFile create(String path, long sizeBytes, Ownership ownership, Placement placement)
      throws IOException;

  /// The file at `path`, which exists, to be looked at or filled again.
  TreeFile open(String path) throws IOException;

  /// Sets the time of the last change where the volume keeps times.
  void setTime(String path, FileTime time) throws IOException;

  @Override
  void close() throws IOException;

  /// Opens the volume that a location points into as the one who may change it.
  static Tree forWriting(Location location) throws IOException {
    return location.mount() == null
        ? new DeviceTree(OpenVolume.forWriting(location.devices()))
        : new MountTree(location.mount(), true);
  }

  /// Opens the volume that a location points into to look at it, beside others.
  static Tree forReading(Location location) throws IOException {
    return location.mount() == null
        ? new DeviceTree(OpenVolume.forReading(location.devices()))
        : new MountTree(location.mount(), false);
  }
}
