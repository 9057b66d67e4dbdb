package io.famfs.fuse.famfs;

import io.famfs.fuse.protocol.SetattrIn;
import io.famfs.fuse.server.Request;
import io.famfs.store.namespace.Inode;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/// The times of inodes, which are kept in memory: those of changes, and that of the last access as
/// somebody set it. Reading does not change it: accesses through a window are not seen.
final class Times {
  private static final int GIVEN =
      SetattrIn.VALID_ATIME
          | SetattrIn.VALID_ATIME_NOW
          | SetattrIn.VALID_MTIME
          | SetattrIn.VALID_MTIME_NOW
          | SetattrIn.VALID_CTIME;

  private Times() {}

  /// Notes that data has changed now. Times are whole milliseconds, and one that is right already
  /// is not stored again: many workers may be writing to one file.
  static void changed(Inode inode) {
    long now = nowNanos();
    if (inode.mtimeNanos() != now) {
      inode.setTimes(now, now);
    }
  }

  /// Notes that the inode has changed now, and its data has not.
  static void inodeChanged(Inode inode) {
    inode.setTimes(inode.mtimeNanos(), nowNanos());
  }

  /// Notes that a file or directory was made now, which changes its directory.
  static void made(Inode inode) {
    long now = nowNanos();
    inode.setAccessTime(now);
    inode.setTimes(now, now);
    inode.parent().setTimes(now, now);
  }

  /// Whether a SETATTR sets any time.
  ///
  /// @param valid its VALID bits
  static boolean given(int valid) {
    return (valid & GIVEN) != 0;
  }

  /// Sets the times of a SETATTR; that of the inode's change is now unless it is given.
  static void set(MemorySegment in, int valid, Inode inode) {
    int at = Request.ARGUMENTS;
    long now = nowNanos();
    if ((valid & SetattrIn.VALID_ATIME_NOW) != 0) {
      inode.setAccessTime(now);
    } else if ((valid & SetattrIn.VALID_ATIME) != 0) {
      inode.setAccessTime(nanos(SetattrIn.atime(in, at), SetattrIn.atimensec(in, at)));
    }
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
