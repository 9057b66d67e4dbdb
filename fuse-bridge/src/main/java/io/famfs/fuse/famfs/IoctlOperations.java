package io.famfs.fuse.famfs;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.IoctlIn;
import io.famfs.fuse.server.Request;
import io.famfs.store.Volume;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.Namespace;

/// IOCTL on files and directories.
final class IoctlOperations {
  private final Namespace namespace;
  private final DirectoryIoctl directoryIoctl;
  private final FileIoctl fileIoctl;

  IoctlOperations(Volume volume) {
    this.namespace = volume.namespace();
    this.directoryIoctl = new DirectoryIoctl(volume);
    this.fileIoctl = new FileIoctl(volume);
  }

  int ioctl(Request request) {
    if (IoctlIn.fh(request.in(), Request.ARGUMENTS) != request.nodeid()) {
      return -Errno.EBADF;
    }
    Inode inode = namespace.inode(request.nodeid());
    return switch (inode) {
      case null -> -Errno.ESTALE;
      case FileInode file -> fileIoctl.run(request, file);
      case DirectoryInode directory ->
          request.view().readOnly() ? -Errno.EROFS : directoryIoctl.run(request, directory);
    };
  }
}
