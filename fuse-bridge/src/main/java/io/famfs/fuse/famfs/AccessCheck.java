package io.famfs.fuse.famfs;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.AccessIn;
import io.famfs.fuse.protocol.OpenFlags;
import io.famfs.fuse.server.Identities;
import io.famfs.fuse.server.Request;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.Inode;

/// ACCESS, by the mode bits and the ids in the request. The kernels that mount with
/// `default_permissions`, as both doors have it, check by themselves and never ask. The request
/// does not say which further groups the caller is in; they are not granted anything here.
final class AccessCheck {
  static final int EXECUTE = 1;
  static final int WRITE = 2;
  static final int READ = 4;
  private static final int ALL = 7;
  private static final int ANY_EXECUTE = 0111;
  private static final int OWNER_SHIFT = 6;
  private static final int GROUP_SHIFT = 3;

  private AccessCheck() {}

  static int check(Request request, Inode inode) {
    int mask = AccessIn.mask(request.in(), Request.ARGUMENTS);
    if ((mask & ~ALL) != 0) {
      return -Errno.EINVAL;
    }
    if ((mask & WRITE) != 0 && request.view().readOnly()) {
      return -Errno.EROFS;
    }
    return (mask & ~granted(request, inode)) == 0 ? 0 : -Errno.EACCES;
  }

  /// Whether the caller may make something in a directory.
  static boolean mayChange(Request request, DirectoryInode directory) {
    int wanted = WRITE | EXECUTE;
    return (granted(request, directory) & wanted) == wanted;
  }

  /// Whether the caller may read a file, if need be by a further group it may be in. For requests
  /// whose caller the kernel has checked already, groups and all: this finds those that it had no
  /// reason to check for reading.
  static boolean mayRead(Request request, Inode inode) {
    int mode = inode.mode();
    if (isForeign(request, inode)) {
      return (mode & READ) != 0;
    }
    if (request.superuser()) {
      return true;
    }
    int bits = request.uid() == inode.uid() ? mode >>> OWNER_SHIFT : mode >>> GROUP_SHIFT | mode;
    return (bits & READ) != 0;
  }

  /// Whether the mode grants what a file is to be opened for.
  static boolean mayOpen(Request request, Inode inode, int openFlags) {
    int wanted =
        switch (openFlags & OpenFlags.ACCESS_MODE) {
          case 0 -> READ;
          case 1 -> WRITE;
          default -> READ | WRITE;
        };
    int all = (openFlags & OpenFlags.TRUNC) != 0 ? wanted | WRITE : wanted;
    return (granted(request, inode) & all) == all;
  }

  /// Whether something belongs to somebody the client has no name for: nobody there is its owner or
  /// in its group, and nobody has power over it. Not so for a caller who acts as one user, whom the
  /// file system knows.
  static boolean isForeign(Request request, Inode inode) {
    Identities identities = request.view().identities();
    return !request.squashed()
        && !identities.isSame()
        && !identities.knows(inode.uid(), inode.gid());
  }

  /// Which of reading (4), writing (2) and executing (1) the mode grants the caller.
  static int granted(Request request, Inode inode) {
    int mode = inode.mode();
    if (isForeign(request, inode)) {
      return mode & ALL;
    }
    if (request.superuser()) {
      boolean execute = inode instanceof DirectoryInode || (mode & ANY_EXECUTE) != 0;
      return execute ? ALL : ALL & ~EXECUTE;
    }
    if (request.uid() == inode.uid()) {
      return (mode >>> OWNER_SHIFT) & ALL;
    }
    return request.gid() == inode.gid() ? (mode >>> GROUP_SHIFT) & ALL : mode & ALL;
  }
}
