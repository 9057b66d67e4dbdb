package io.famfs.store;

import io.famfs.core.DaxDevice;
import io.famfs.core.Role;
import io.famfs.core.format.MediaException;
import io.famfs.core.format.Superblock;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.Namespace;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A famfs volume over its devices: the front door of the store.
///
/// [#namespace()], [#memory(int)] and what they lead to are for any number of threads, without
/// locks. Creating is serialized inside. The devices stay the caller's: closing the volume does not
/// close them, and they must outlive it.
public final class Volume implements AutoCloseable {
  private Volume() {}

  /// Makes an empty volume.
  public static Volume format(List<? extends DaxDevice> devices, FormatOptions options)
      throws StoreException, MediaException {
    return Pending.body("");
  }

  /// Opens a volume.
  public static Volume open(List<? extends DaxDevice> devices, OpenOptions options)
      throws StoreException, MediaException {
    return Pending.body("");
  }

  /// The superblock.
  public Superblock superblock() {
    return Pending.body("");
  }

  /// What this host may do.
  public Role role() {
    return Pending.body("");
  }

  /// Whether files and directories can be created here, space permitting.
  public boolean canCreate() {
    return Pending.body("");
  }

  /// Files and directories.
  public Namespace namespace() {
    return Pending.body("");
  }

  /// Number of devices.
  public int deviceCount() {
    return Pending.body("");
  }

  /// The device with a daxdev index.
  public DaxDevice device(int daxdevIndex) {
    return Pending.body("");
  }

  /// The memory of the device with a daxdev index.
  public MemorySegment memory(int daxdevIndex) {
    return Pending.body("");
  }

  /// How full it is.
  public VolumeUsage usage() {
    return Pending.body("");
  }

  /// What was wrong when it was opened.
  public VolumeReport report() {
    return Pending.body("");
  }

  /// Starts a file.
  public FileCreation create(String path, long sizeBytes, int mode, int uid, int gid)
      throws StoreException {
    return Pending.body("");
  }

  /// Makes a directory.
  public DirectoryInode mkdir(String path, int mode, int uid, int gid) throws StoreException {
    return Pending.body("");
  }

  @Override
  public void close() {}
}
