package io.famfs.fuse.famfs;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.SetattrIn;
import io.famfs.fuse.server.Request;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.Inode;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/// Changes of attributes: times are kept in memory, the rest can only be set to what it is.
final class AttrSetter {
  private static final int TIMES =
      SetattrIn.VALID_MTIME | SetattrIn.VALID_MTIME_NOW | SetattrIn.VALID_CTIME;

  private final boolean readOnly;

  AttrSetter(boolean readOnly) {
    this.readOnly = readOnly;
  }

  /// SETATTR.
  ///
  /// @return 0, or -EROFS, -EISDIR for the size of a directory, -EPERM for what is fixed
  int set(Request request, Inode inode) {
    MemorySegment in = request.in();
    int valid = SetattrIn.valid(in, Request.ARGUMENTS);
    if (readOnly) {
      return -Errno.EROFS;
    }
    if ((valid & SetattrIn.VALID_SIZE) != 0 && inode instanceof DirectoryInode) {
      return -Errno.EISDIR;
    }
    if (changesFixed(in, valid, inode)) {
      return -Errno.EPERM;
    }
    if ((valid & TIMES) != 0) {
      setTimes(in, valid, inode);
    }
    return 0;
  }

  /// Notes that data has changed now. Times are whole milliseconds, and one that is right already
  /// is not stored again: many workers may be writing to one file.
  void changed(Inode inode) {
    long now = nowNanos();
    if (inode.mtimeNanos() != now) {
      inode.setTimes(now, now);
    }
  }

  private static boolean changesFixed(MemorySegment in, int valid, Inode inode) {
    int at = Request.ARGUMENTS;
    return ((valid & SetattrIn.VALID_SIZE) != 0 && SetattrIn.size(in, at) != inode.sizeBytes())
        || ((valid & SetattrIn.VALID_MODE) != 0
            && ((SetattrIn.mode(in, at) ^ inode.mode()) & AttrWriter.PERMISSIONS) != 0)
        || ((valid & SetattrIn.VALID_UID) != 0 && SetattrIn.uid(in, at) != inode.uid())
        || ((valid & SetattrIn.VALID_GID) != 0 && SetattrIn.gid(in, at) != inode.gid());
  }

  private static void setTimes(MemorySegment in, int valid, Inode inode) {
    int at = Request.ARGUMENTS;
    long now = nowNanos();
    long mtime = inode.mtimeNanos();
    if ((valid & SetattrIn.VALID_MTIME_NOW) != 0) {
      mtime = now;
    } else if ((valid & SetattrIn.VALID_MTIME) != 0) {
      mtime = nanos(SetattrIn.mtime(in, at), SetattrIn.mtimensec(in, at));
    }
    boolean ctimeGiven = (valid & SetattrIn.VALID_CTIME) != 0;
    long ctime = ctimeGiven ? nanos(SetattrIn.ctime(in, at), SetattrIn.ctimensec(in, at)) : now;
    inode.setTimes(mtime, ctime);
  }

  /// Times outside the years 1677 to 2262 become the nearest that fits.
  private static long nanos(long seconds, int nanoseconds) {
    long whole = TimeUnit.SECONDS.toNanos(seconds);
    boolean saturated = whole == Long.MAX_VALUE || whole == Long.MIN_VALUE;
    long fraction = Math.floorMod(nanoseconds, 1_000_000_000);
    return saturated || whole > Long.MAX_VALUE - fraction ? whole : whole + fraction;
  }

  private static long nowNanos() {
    return TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
  }
}
