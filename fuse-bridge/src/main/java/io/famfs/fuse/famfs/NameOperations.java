package io.famfs.fuse.famfs;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.ReadIn;
import io.famfs.fuse.server.Request;
import io.famfs.store.Volume;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.Namespace;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// LOOKUP and directories: OPENDIR, READDIR, READDIRPLUS, RELEASEDIR and FSYNCDIR.
final class NameOperations {
  private final Namespace namespace;
  private final AttrWriter attributes;
  private final DirectoryReader directories;

  NameOperations(Volume volume, AttrWriter attributes) {
    this.namespace = volume.namespace();
    this.attributes = attributes;
    this.directories = new DirectoryReader(attributes);
  }

  int lookup(Request request) {
    Inode parent = namespace.inode(request.nodeid());
    if (!(parent instanceof DirectoryInode directory)) {
      return parent == null ? -Errno.ESTALE : -Errno.ENOTDIR;
    }
    Inode child = child(directory, request);
    return child == null
        ? -Errno.ENOENT
        : attributes.writeEntry(request.out(), Request.BODY, request.connection(), child);
  }

  /// `.` and `..` are asked for when a kernel exports its mount and has forgotten a directory.
  private @Nullable Inode child(DirectoryInode directory, Request request) {
    MemorySegment in = request.in();
    int at = request.nameOffset();
    int length = request.nameLength();
    boolean dots = length <= 2 && in.get(JAVA_BYTE, at) == '.';
    if (dots && length == 1) {
      return directory;
    }
    if (dots && in.get(JAVA_BYTE, at + 1L) == '.') {
      return directory.parent();
    }
    return namespace.lookup(directory, in, at, length);
  }

  int opendir(Request request) {
    Inode inode = namespace.inode(request.nodeid());
    if (!(inode instanceof DirectoryInode)) {
      return inode == null ? -Errno.ESTALE : -Errno.ENOTDIR;
    }
    return OpenOperations.writeOpen(request, 0);
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
    return 0;
  }

  /// FSYNCDIR: an entry is in the log, written back, before it is in a directory.
  int fsyncdir(Request request) {
    return namespace.inode(request.nodeid()) == null ? -Errno.ESTALE : 0;
  }
}
