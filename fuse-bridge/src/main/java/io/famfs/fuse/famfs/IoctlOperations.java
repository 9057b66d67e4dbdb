package io.famfs.fuse.famfs;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.IoctlIn;
import io.famfs.fuse.server.Request;
import io.famfs.store.Volume;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.Namespace;

/// IOCTL on files and directories.
final class IoctlOperations {
  private final Namespace namespace;
  private final boolean readOnly;
  private final DirectoryIoctl directoryIoctl;

  IoctlOperations(Volume volume, boolean readOnly) {
    this.namespace = volume.namespace();
    this.readOnly = readOnly;
    this.directoryIoctl = new DirectoryIoctl(volume);
  }

  int ioctl(Request request) {
    if (IoctlIn.fh(request.in(), Request.ARGUMENTS) != request.nodeid()) {
      return -Errno.EBADF;
    }
    Inode inode = namespace.inode(request.nodeid());
    if (!(inode instanceof DirectoryInode directory)) {
      return inode == null ? -Errno.ESTALE : -Errno.ENOTTY;
    }
    return readOnly ? -Errno.EROFS : directoryIoctl.run(request, directory);
  }
}
