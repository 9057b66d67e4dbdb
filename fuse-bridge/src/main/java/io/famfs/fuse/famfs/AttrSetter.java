package io.famfs.fuse.famfs;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.SetattrIn;
import io.famfs.fuse.server.Request;
import io.famfs.store.NewFile;
import io.famfs.store.StoreException;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Changes of attributes. The size of a file that is new can be set, that of one in the log only to
/// what it is. Mode, owner, group and times are kept in memory; of a file that is new, mode, owner
/// and group go into the log with it.
final class AttrSetter {
  private static final int OWNER = SetattrIn.VALID_UID | SetattrIn.VALID_GID;
  private static final int SET_UID = 04000;
  private static final int SET_GID = 02000;
  private static final int GROUP_EXECUTE = 010;

  private final FilesInMaking making;

  AttrSetter(FilesInMaking making) {
    this.making = making;
  }

  /// SETATTR. Only the size can fail, so it is set first.
  ///
  /// @return 0, or -EBADF for another file's handle, -EROFS, -EISDIR for the size of a directory,
  ///   -EPERM for that of a file in the log, -EINVAL for a negative one, -ENOSPC, -EFBIG for more
  ///   than the devices hold
  int set(Request request, Inode inode) {
    MemorySegment in = request.in();
    int valid = SetattrIn.valid(in, Request.ARGUMENTS);
    boolean handle = (valid & SetattrIn.VALID_FH) != 0;
    if (handle && SetattrIn.fh(in, Request.ARGUMENTS) != inode.nodeid()) {
      return -Errno.EBADF;
    }
    if (request.view().readOnly()) {
      return -Errno.EROFS;
    }
    if (!(inode instanceof FileInode file) || file.isCommitted()) {
      return set(in, valid, inode, null);
    }
    NewFile made = making.lock(file);
    if (made == null) {
      return file.isCommitted() ? set(in, valid, inode, null) : -Errno.ESTALE;
    }
    try {
      return set(in, valid, inode, made);
    } finally {
      made.unlock();
    }
  }

  /// @param made what can change the size, of a file that is new
  private int set(MemorySegment in, int valid, Inode inode, @Nullable NewFile made) {
    if ((valid & SetattrIn.VALID_SIZE) != 0) {
      int sized = setSize(inode, SetattrIn.size(in, Request.ARGUMENTS), made);
      if (sized < 0) {
        return sized;
      }
    }
    setModeAndOwner(in, valid, inode);
    if (Times.given(valid)) {
      Times.set(in, valid, inode);
    } else if ((valid & SetattrIn.VALID_SIZE) != 0) {
      Times.changed(inode);
    } else if ((valid & (SetattrIn.VALID_MODE | OWNER)) != 0) {
      Times.inodeChanged(inode);
    }
    return 0;
  }

  private int setSize(Inode inode, long sizeBytes, @Nullable NewFile made) {
    if (inode instanceof DirectoryInode) {
      return -Errno.EISDIR;
    }
    if (sizeBytes < 0) {
      return -Errno.EINVAL;
    }
    if (made == null) {
      return sizeBytes == inode.sizeBytes() ? 0 : -making.refusalOfSize(sizeBytes);
    }
    try {
      made.resize(sizeBytes);
      return 0;
    } catch (StoreException e) {
      return -e.errno();
    }
  }

  /// As in Linux, a file of another owner or group loses its set-id bits, unless the same request
  /// says which mode it is to have.
  private static void setModeAndOwner(MemorySegment in, int valid, Inode inode) {
    int at = Request.ARGUMENTS;
    if ((valid & (SetattrIn.VALID_MODE | OWNER | SetattrIn.VALID_KILL_SUIDGID)) == 0) {
      return;
    }
    synchronized (inode) {
      if ((valid & OWNER) != 0) {
        int uid = (valid & SetattrIn.VALID_UID) != 0 ? SetattrIn.uid(in, at) : inode.uid();
        int gid = (valid & SetattrIn.VALID_GID) != 0 ? SetattrIn.gid(in, at) : inode.gid();
        inode.setOwner(uid, gid);
      }
      if ((valid & SetattrIn.VALID_MODE) != 0) {
        inode.setMode(SetattrIn.mode(in, at) & Inode.PERMISSION_BITS);
      } else if (inode instanceof FileInode) {
        inode.setMode(withoutSetIds(inode.mode()));
      }
    }
  }

  /// A file loses the bits by which it runs as somebody else: one who is not trusted has written to
  /// it.
  void dropSetIds(FileInode file) {
    if (!hasSetIds(file)) {
      return;
    }
    NewFile made = file.isCommitted() ? null : making.lock(file);
    try {
      synchronized (file) {
        file.setMode(withoutSetIds(file.mode()));
      }
    } finally {
      if (made != null) {
        made.unlock();
      }
    }
  }

  /// Whether a mode has bits that a WRITE may take away.
  static boolean hasSetIds(Inode inode) {
    return (inode.mode() & (SET_UID | SET_GID)) != 0 && inode instanceof FileInode;
  }

  /// The group's bit without permission to execute means something else and stays.
  private static int withoutSetIds(int mode) {
    int drop = (mode & GROUP_EXECUTE) != 0 ? SET_UID | SET_GID : SET_UID;
    return mode & ~drop;
  }
}
