package io.famfs.cli;

import io.famfs.core.Errno;
import io.famfs.store.FileCreation;
import io.famfs.store.NewAttributes;
import io.famfs.store.Placement;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.io.IOException;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/// An unmounted volume. A new file appears complete or not at all.
final class DeviceTree implements Tree {
  private final OpenVolume opened;

  DeviceTree(OpenVolume opened) {
    this.opened = opened;
  }

  @Override
  public @Nullable Present find(String path) {
    if (path.isEmpty()) {
      return new Present(true, 0);
    }
    Inode inode = opened.volume().namespace().find(path);
    if (inode == null) {
      return null;
    }
    return inode instanceof FileInode file
        ? new Present(false, file.sizeBytes())
        : new Present(true, 0);
  }

  @Override
  public void mkdir(String path, Ownership ownership) throws IOException {
    opened.volume().mkdir(path, ownership.mode(), ownership.uid(), ownership.gid());
  }

  @Override
  public TreeFile create(String path, long sizeBytes, Ownership ownership, Placement placement)
      throws IOException {
    FileCreation creation =
        opened
            .volume()
            .create(
                path,
                sizeBytes,
                new NewAttributes(ownership.mode(), ownership.uid(), ownership.gid()),
                placement);
    return new DeviceTreeFile(opened.volume(), creation.extents(), sizeBytes, creation);
  }

  @Override
  public TreeFile open(String path) {
    if (opened.volume().namespace().find(path) instanceof FileInode file) {
      opened.requireReachable(file);
      return new DeviceTreeFile(opened.volume(), file.extents(), file.sizeBytes(), null);
    }
    throw new CliException("'" + path + "': " + Errno.describe(Errno.ENOENT));
  }

  /// The format has no times.
  @Override
  public void setTime(String path, FileTime time) {}

  @Override
  public void close() {
    opened.close();
  }
}
