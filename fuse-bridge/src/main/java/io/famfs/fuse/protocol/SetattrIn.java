package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of SETATTR (`struct fuse_setattr_in`).
///
/// ```text
/// offset size  field                meaning
///      0    4  valid                which fields are to be set, the VALID bits
///      4    4  padding
///      8    8  fh                   file handle, if VALID_FH
///     16    8  size                 new size in bytes
///     24    8  lock_owner           lock owner
///     32    8  atime                new access time, seconds
///     40    8  mtime                new modification time, seconds
///     48    8  ctime                new change time, seconds
///     56    4  atimensec            nanoseconds of atime
///     60    4  mtimensec            nanoseconds of mtime
///     64    4  ctimensec            nanoseconds of ctime
///     68    4  mode                 new mode
///     72    4  unused4
///     76    4  uid                  new owner
///     80    4  gid                  new group
///     84    4  unused5
/// ```
///
/// `at` is where the structure begins in the message.
public final class SetattrIn {
  /// Size of the structure.
  public static final int BYTES = 88;

  /// The fields in their order.
  public static final Fields FIELDS =
      Fields.of(
          "valid:4:setattr padding:4 fh:8 size:8 lock_owner:8 atime:8 mtime:8 ctime:8 atimensec:4 "
              + "mtimensec:4 ctimensec:4 mode:4 unused4:4 uid:4 gid:4 unused5:4");

  private static final int VALID = 0;
  private static final int FH = 8;
  private static final int SIZE = 16;
  private static final int LOCK_OWNER = 24;
  private static final int ATIME = 32;
  private static final int MTIME = 40;
  private static final int CTIME = 48;
  private static final int ATIMENSEC = 56;
  private static final int MTIMENSEC = 60;
  private static final int CTIMENSEC = 64;
  private static final int MODE = 68;
  private static final int UID = 76;
  private static final int GID = 80;

  private SetattrIn() {}

  /// Which fields are to be set, the VALID bits.
  public static int valid(MemorySegment message, long at) {
    return message.get(Wire.INT, at + VALID);
  }

  /// Writes: which fields are to be set, the VALID bits.
  public static void valid(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + VALID, value);
  }

  /// File handle, if VALID_FH.
  public static long fh(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + FH);
  }

  /// Writes: file handle, if VALID_FH.
  public static void fh(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + FH, value);
  }

  /// New size in bytes.
  public static long size(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + SIZE);
  }

  /// Writes: new size in bytes.
  public static void size(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + SIZE, value);
  }

  /// Lock owner.
  public static long lockOwner(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + LOCK_OWNER);
  }

  /// Writes: lock owner.
  public static void lockOwner(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + LOCK_OWNER, value);
  }

  /// New access time, seconds.
  public static long atime(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + ATIME);
  }

  /// Writes: new access time, seconds.
  public static void atime(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + ATIME, value);
  }

  /// New modification time, seconds.
  public static long mtime(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + MTIME);
  }

  /// Writes: new modification time, seconds.
  public static void mtime(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + MTIME, value);
  }

  /// New change time, seconds.
  public static long ctime(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + CTIME);
  }

  /// Writes: new change time, seconds.
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

  /// New mode.
  public static int mode(MemorySegment message, long at) {
    return message.get(Wire.INT, at + MODE);
  }

  /// Writes: new mode.
  public static void mode(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + MODE, value);
  }

  /// New owner.
  public static int uid(MemorySegment message, long at) {
    return message.get(Wire.INT, at + UID);
  }

  /// Writes: new owner.
  public static void uid(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + UID, value);
  }

  /// New group.
  public static int gid(MemorySegment message, long at) {
    return message.get(Wire.INT, at + GID);
  }

  /// Writes: new group.
  public static void gid(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + GID, value);
  }

  /// Bit of `valid`: mode.
  public static final int VALID_MODE = 1 << 0;

  /// Bit of `valid`: uid.
  public static final int VALID_UID = 1 << 1;

  /// Bit of `valid`: gid.
  public static final int VALID_GID = 1 << 2;

  /// Bit of `valid`: size.
  public static final int VALID_SIZE = 1 << 3;

  /// Bit of `valid`: atime.
  public static final int VALID_ATIME = 1 << 4;

  /// Bit of `valid`: mtime.
  public static final int VALID_MTIME = 1 << 5;

  /// Bit of `valid`: fh says which open file.
  public static final int VALID_FH = 1 << 6;

  /// Bit of `valid`: atime is now.
  public static final int VALID_ATIME_NOW = 1 << 7;

  /// Bit of `valid`: mtime is now.
  public static final int VALID_MTIME_NOW = 1 << 8;

  /// Bit of `valid`: lock_owner.
  public static final int VALID_LOCKOWNER = 1 << 9;

  /// Bit of `valid`: ctime.
  public static final int VALID_CTIME = 1 << 10;

  /// Bit of `valid`: set-id bits are to go.
  public static final int VALID_KILL_SUIDGID = 1 << 11;
}
