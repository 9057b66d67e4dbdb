package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Attributes of a file (`struct fuse_attr`).
///
/// ```text
/// offset size  field                meaning
///      0    8  ino                  inode number, here the nodeid
///      8    8  size                 file size in bytes
///     16    8  blocks               space taken in units of 512 bytes
///     24    8  atime                last access, seconds
///     32    8  mtime                last change of data, seconds
///     40    8  ctime                last change of the inode, seconds
///     48    4  atimensec            nanoseconds of atime
///     52    4  mtimensec            nanoseconds of mtime
///     56    4  ctimensec            nanoseconds of ctime
///     60    4  mode                 type and permission bits
///     64    4  nlink                number of names
///     68    4  uid                  owner
///     72    4  gid                  owning group
///     76    4  rdev                 device number, 0
///     80    4  blksize              preferred size of I/O in bytes
///     84    4  flags                FUSE_ATTR flags: bit 1 asks for direct access through the window
/// ```
///
/// `at` is where the structure begins in the message.
public final class Attr {
  /// Size of the structure.
  public static final int BYTES = 88;

  /// The fields in their order.
  public static final Fields FIELDS =
      Fields.of(
          "ino:8 size:8 blocks:8 atime:8 mtime:8 ctime:8 atimensec:4 mtimensec:4 "
              + "ctimensec:4 mode:4 nlink:4 uid:4 gid:4 rdev:4 blksize:4 flags:4:attr");

  private static final int INO = 0;
  private static final int SIZE = 8;
  private static final int BLOCKS = 16;
  private static final int ATIME = 24;
  private static final int MTIME = 32;
  private static final int CTIME = 40;
  private static final int ATIMENSEC = 48;
  private static final int MTIMENSEC = 52;
  private static final int CTIMENSEC = 56;
  private static final int MODE = 60;
  private static final int NLINK = 64;
  private static final int UID = 68;
  private static final int GID = 72;
  private static final int RDEV = 76;
  private static final int BLKSIZE = 80;
  private static final int FLAGS = 84;

  private Attr() {}

  /// Inode number, here the nodeid.
  public static long ino(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + INO);
  }

  /// Writes: inode number, here the nodeid.
  public static void ino(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + INO, value);
  }

  /// File size in bytes.
  public static long size(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + SIZE);
  }

  /// Writes: file size in bytes.
  public static void size(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + SIZE, value);
  }

  /// Space taken in units of 512 bytes.
  public static long blocks(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + BLOCKS);
  }

  /// Writes: space taken in units of 512 bytes.
  public static void blocks(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + BLOCKS, value);
  }

  /// Last access, seconds.
  public static long atime(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + ATIME);
  }

  /// Writes: last access, seconds.
  public static void atime(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + ATIME, value);
  }

  /// Last change of data, seconds.
  public static long mtime(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + MTIME);
  }

  /// Writes: last change of data, seconds.
  public static void mtime(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + MTIME, value);
  }

  /// Last change of the inode, seconds.
  public static long ctime(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + CTIME);
  }

  /// Writes: last change of the inode, seconds.
  public static void ctime(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + CTIME, value);
  }

  /// Nanoseconds of atime.
  public static int atimensec(MemorySegment message, long at) {
    return message.get(Wire.INT, at + ATIMENSEC);
  }

  /// Writes: nanoseconds of atime.
  public static void atimensec(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + ATIMENSEC, value);
  }

  /// Nanoseconds of mtime.
  public static int mtimensec(MemorySegment message, long at) {
    return message.get(Wire.INT, at + MTIMENSEC);
  }

  /// Writes: nanoseconds of mtime.
  public static void mtimensec(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + MTIMENSEC, value);
  }

  /// Nanoseconds of ctime.
  public static int ctimensec(MemorySegment message, long at) {
    return message.get(Wire.INT, at + CTIMENSEC);
  }

  /// Writes: nanoseconds of ctime.
  public static void ctimensec(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + CTIMENSEC, value);
  }

  /// Type and permission bits.
  public static int mode(MemorySegment message, long at) {
    return message.get(Wire.INT, at + MODE);
  }

  /// Writes: type and permission bits.
  public static void mode(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + MODE, value);
  }

  /// Number of names.
  public static int nlink(MemorySegment message, long at) {
    return message.get(Wire.INT, at + NLINK);
  }

  /// Writes: number of names.
  public static void nlink(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + NLINK, value);
  }

  /// Owner.
  public static int uid(MemorySegment message, long at) {
    return message.get(Wire.INT, at + UID);
  }

  /// Writes: owner.
  public static void uid(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + UID, value);
  }

  /// Owning group.
  public static int gid(MemorySegment message, long at) {
    return message.get(Wire.INT, at + GID);
  }

  /// Writes: owning group.
  public static void gid(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + GID, value);
  }

  /// Device number, 0.
  public static int rdev(MemorySegment message, long at) {
    return message.get(Wire.INT, at + RDEV);
  }

  /// Writes: device number, 0.
  public static void rdev(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + RDEV, value);
  }

  /// Preferred size of I/O in bytes.
  public static int blksize(MemorySegment message, long at) {
    return message.get(Wire.INT, at + BLKSIZE);
  }

  /// Writes: preferred size of I/O in bytes.
  public static void blksize(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + BLKSIZE, value);
  }

  /// FUSE_ATTR flags: bit 1 asks for direct access through the window.
  public static int flags(MemorySegment message, long at) {
    return message.get(Wire.INT, at + FLAGS);
  }

  /// Writes: FUSE_ATTR flags: bit 1 asks for direct access through the window.
  public static void flags(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + FLAGS, value);
  }

  /// Flag: the file is to be accessed through the window (`FUSE_ATTR_DAX`, 7.36).
  public static final int FLAG_DAX = 1 << 1;
}
