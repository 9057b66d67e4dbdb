package io.famfs.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/// Makes directories and files in a volume, mounted or not. Paths are relative to its root. Used by
/// one thread.
interface TreeWriter extends AutoCloseable {

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

  /// Hears how many more bytes are done.
  @FunctionalInterface
  interface Listener {
    void wrote(long bytes);
  }

  /// What stands at `path`, or null.
  @Nullable Present find(String path) throws IOException;

  /// Makes a directory; its parent exists.
  void mkdir(String path, Ownership ownership) throws IOException;

  /// Makes a file of `sizeBytes` and fills it from `source`, or leaves zeros when that is null.
  void create(
      String path,
      long sizeBytes,
      Ownership ownership,
      @Nullable FileChannel source,
      Listener listener)
      throws IOException;

  /// Fills an existing file of `sizeBytes` from `source`.
  void overwrite(String path, long sizeBytes, FileChannel source, Listener listener)
      throws IOException;

  @Override
  void close() throws IOException;

  /// Opens the way to the volume that a location points into.
  static TreeWriter open(Location location) throws IOException {
    return location.mount() == null
        ? new DeviceTreeWriter(OpenVolume.forWriting(location.device()))
        : new MountTreeWriter(location.mount());
  }
}
