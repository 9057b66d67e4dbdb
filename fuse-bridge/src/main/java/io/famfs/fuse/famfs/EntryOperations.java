package io.famfs.fuse.famfs;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.LinkIn;
import io.famfs.fuse.protocol.MkdirIn;
import io.famfs.fuse.protocol.Rename2In;
import io.famfs.fuse.protocol.RenameIn;
import io.famfs.fuse.server.Request;
import io.famfs.store.NewFile;
import io.famfs.store.StoreException;
import io.famfs.store.Volume;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.Namespace;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// MKDIR, UNLINK, RMDIR, RENAME, LINK, SYMLINK, READLINK: makes directories and refuses what the
/// format cannot keep, with the error that a program would see first on any file system.
final class EntryOperations {
  private static final int RENAME_FLAGS = Rename2In.NOREPLACE | Rename2In.EXCHANGE;

  private final Volume volume;
  private final Namespace namespace;
  private final AttrWriter attributes;
  private final FilesInMaking making;

  EntryOperations(Volume volume, AttrWriter attributes, FilesInMaking making) {
    this.volume = volume;
    this.namespace = volume.namespace();
    this.attributes = attributes;
    this.making = making;
  }

  /// MKDIR: the directory is in the log when it is answered.
  int mkdir(Request request) {
    int vacant = vacant(request);
    if (vacant == -Errno.EEXIST && request.resent() && isMadeBy(request)) {
      return attributes.writeEntry(
          request.out(),
          Request.BODY,
          request.connection(),
          Objects.requireNonNull(child(request)));
    }
    if (vacant < 0) {
      return vacant;
    }
    Inode at = namespace.inode(request.nodeid());
    if (!(at instanceof DirectoryInode parent)) {
      return at == null ? -Errno.ESTALE : -Errno.ENOTDIR;
    }
    String path = NewNames.path(parent, request);
    if (path == null) {
      return -Errno.EINVAL;
    }
    int inherited = parent.mode() & NewNames.SET_GID;
    int mode = MkdirIn.mode(request.in(), Request.ARGUMENTS) & Inode.PERMISSION_BITS;
    try {
      Inode made =
          volume.mkdir(path, mode | inherited, request.uid(), NewNames.gid(parent, request));
      Times.made(made);
      return attributes.writeEntry(request.out(), Request.BODY, request.connection(), made);
    } catch (StoreException e) {
      return -e.errno();
    }
  }

  /// Whether the directory that is there is what this MKDIR, sent once more, may have made.
  private boolean isMadeBy(Request request) {
    int mode = MkdirIn.mode(request.in(), Request.ARGUMENTS) & Inode.PERMISSION_BITS;
    return child(request) instanceof DirectoryInode directory
        && isEmpty(directory)
        && (directory.mode() & ~NewNames.SET_GID) == (mode & ~NewNames.SET_GID)
        && directory.uid() == request.uid();
  }

  /// UNLINK: a file that is not in the log yet loses its name, and goes with its space when the
  /// last who has it open for writing releases it. One in the log stays.
  int unlink(Request request) {
    Inode child = child(request);
    if (child == null) {
      return removed(request);
    }
    if (!(child instanceof FileInode file)) {
      return -Errno.EISDIR;
    }
    if (request.view().readOnly() || file.isCommitted()) {
      return refusal(request);
    }
    NewFile made = making.lock(file);
    if (made == null) {
      return file.isCommitted() ? refusal(request) : -Errno.ENOENT;
    }
    try {
      Times.changed(file.parent());
      making.unlink(made);
      return 0;
    } finally {
      made.unlock();
    }
  }

  int rmdir(Request request) {
    Inode child = child(request);
    if (child == null) {
      return removed(request);
    }
    if (!(child instanceof DirectoryInode directory)) {
      return -Errno.ENOTDIR;
    }
    return isEmpty(directory) ? refusal(request) : -Errno.ENOTEMPTY;
  }

  int rename(Request request) {
    return rename(request, RenameIn.newdir(request.in(), Request.ARGUMENTS), 0);
  }

  int rename2(Request request) {
    long newParent = Rename2In.newdir(request.in(), Request.ARGUMENTS);
    return rename(request, newParent, Rename2In.flags(request.in(), Request.ARGUMENTS));
  }

  private int rename(Request request, long newParent, int flags) {
    if ((flags & ~RENAME_FLAGS) != 0 || flags == RENAME_FLAGS) {
      return -Errno.EINVAL;
    }
    Inode moved = child(request);
    if (moved == null) {
      return missing(request);
    }
    if (!(namespace.inode(newParent) instanceof DirectoryInode target)) {
      return namespace.inode(newParent) == null ? -Errno.ESTALE : -Errno.ENOTDIR;
    }
    Inode present =
        namespace.lookup(
            target, request.in(), request.secondNameOffset(), request.secondNameLength());
    if (present == null) {
      return (flags & Rename2In.EXCHANGE) != 0 ? -Errno.ENOENT : refusal(request);
    }
    if ((flags & Rename2In.NOREPLACE) != 0) {
      return -Errno.EEXIST;
    }
    if (present == moved) {
      return 0;
    }
    return flags == 0 ? replaced(request, moved, present) : refusal(request);
  }

  private static int replaced(Request request, Inode moved, Inode present) {
    if (!(present instanceof DirectoryInode directory)) {
      return moved instanceof DirectoryInode ? -Errno.ENOTDIR : refusal(request);
    }
    if (!(moved instanceof DirectoryInode)) {
      return -Errno.EISDIR;
    }
    return isEmpty(directory) ? refusal(request) : -Errno.ENOTEMPTY;
  }

  int link(Request request) {
    if (namespace.inode(LinkIn.oldnodeid(request.in(), Request.ARGUMENTS)) == null) {
      return -Errno.ESTALE;
    }
    int vacant = vacant(request);
    return vacant < 0 ? vacant : refusal(request);
  }

  int symlink(Request request) {
    int vacant = vacant(request);
    return vacant < 0 ? vacant : refusal(request);
  }

  int readlink(Request request) {
    return namespace.inode(request.nodeid()) == null ? -Errno.ESTALE : -Errno.EINVAL;
  }

  int tmpfile(Request request) {
    Inode parent = namespace.inode(request.nodeid());
    if (!(parent instanceof DirectoryInode)) {
      return parent == null ? -Errno.ESTALE : -Errno.ENOTDIR;
    }
    return request.view().readOnly() ? -Errno.EROFS : -Errno.EOPNOTSUPP;
  }

  /// Whether the request may make its name.
  ///
  /// @return 0, or why not: ESTALE, ENOTDIR, EEXIST, EROFS
  private int vacant(Request request) {
    Inode parent = namespace.inode(request.nodeid());
    if (!(parent instanceof DirectoryInode)) {
      return parent == null ? -Errno.ESTALE : -Errno.ENOTDIR;
    }
    if (child(request) != null) {
      return -Errno.EEXIST;
    }
    return request.view().readOnly() ? -Errno.EROFS : 0;
  }

  private @Nullable Inode child(Request request) {
    return namespace.inode(request.nodeid()) instanceof DirectoryInode directory
        ? NewNames.child(namespace, directory, request)
        : null;
  }

  /// The answer to a removal of what is not there. A kernel asks to remove only what it has found;
  /// when it asks once more, the first time did it.
  private int removed(Request request) {
    int reason = missing(request);
    return reason == -Errno.ENOENT && request.resent() ? 0 : reason;
  }

  /// Why there is no such child.
  private int missing(Request request) {
    Inode parent = namespace.inode(request.nodeid());
    if (parent == null) {
      return -Errno.ESTALE;
    }
    return parent instanceof DirectoryInode ? -Errno.ENOENT : -Errno.ENOTDIR;
  }

  /// What a name in the log is for ever.
  private static int refusal(Request request) {
    return request.view().readOnly() ? -Errno.EROFS : -Errno.EPERM;
  }

  private static boolean isEmpty(DirectoryInode directory) {
    for (int i = 0; i < directory.childCount(); i++) {
      if (directory.child(i) != null) {
        return false;
      }
    }
    return true;
  }
}
