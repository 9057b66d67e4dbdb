package io.famfs.fuse.famfs;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.FsyncIn;
import io.famfs.fuse.protocol.OpenOut;
import io.famfs.fuse.protocol.ReadIn;
import io.famfs.fuse.protocol.ReleaseIn;
import io.famfs.fuse.server.Request;
import io.famfs.store.Volume;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.Namespace;

/// LOOKUP and directories: OPENDIR, READDIR, READDIRPLUS, RELEASEDIR and FSYNCDIR.
final class NameOperations {
  private final Namespace namespace;
  private final AttrWriter attributes;
  private final DirectoryReader directories;
  private final MapOperations maps;

  NameOperations(Volume volume, AttrWriter attributes, MapOperations maps) {
    this.namespace = volume.namespace();
    this.attributes = attributes;
    this.directories = new DirectoryReader(attributes);
    this.maps = maps;
  }

  int lookup(Request request) {
    Inode parent = namespace.inode(request.nodeid());
    if (!(parent instanceof DirectoryInode directory)) {
      return parent == null ? -Errno.ESTALE : -Errno.ENOTDIR;
    }
    Inode child = NewNames.child(namespace, directory, request);
    if (child == null) {
      return -Errno.ENOENT;
    }
    int length = attributes.writeEntry(request.out(), Request.BODY, request.connection(), child);
    return maps.append(request, length, child);
  }

  int opendir(Request request) {
    Inode inode = namespace.inode(request.nodeid());
    if (!(inode instanceof DirectoryInode)) {
      return inode == null ? -Errno.ESTALE : -Errno.ENOTDIR;
    }
    OpenOperations.write(request.out(), Request.BODY, inode, 0);
    return OpenOut.BYTES;
  }

  int readdir(Request request) {
    return list(request, false);
  }

  int readdirplus(Request request) {
    return list(request, true);
  }

  private int list(Request request, boolean plus) {
    if (ReadIn.fh(request.in(), Request.ARGUMENTS) != request.nodeid()) {
      return -Errno.EBADF;
    }
    Inode inode = namespace.inode(request.nodeid());
    if (!(inode instanceof DirectoryInode directory)) {
      return inode == null ? -Errno.ESTALE : -Errno.ENOTDIR;
    }
    return directories.list(request, directory, plus, Scratch.of(request).dirents);
  }

  int releasedir(Request request) {
    return handle(request, ReleaseIn.fh(request.in(), Request.ARGUMENTS));
  }

  /// FSYNCDIR: an entry is in the log, written back, before it is in a directory.
  int fsyncdir(Request request) {
    return handle(request, FsyncIn.fh(request.in(), Request.ARGUMENTS));
  }

  private int handle(Request request, long fh) {
    if (namespace.inode(request.nodeid()) == null) {
      return -Errno.ESTALE;
    }
    return fh == request.nodeid() ? 0 : -Errno.EBADF;
  }
}
