package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of READ, READDIR and READDIRPLUS (`struct fuse_read_in`).
///
/// ```text
/// offset size  field                meaning
///      0    8  fh                   file handle
///      8    8  offset               file offset, or cookie of the last entry seen
///     16    4  size                 most bytes wanted
///     20    4  read_flags           FUSE_READ flags
///     24    8  lock_owner           lock owner
///     32    4  flags                flags of open(2)
///     36    4  padding
/// ```
///
/// `at` is where the structure begins in the message.
public final class ReadIn {
  /// Size of the structure.
  public static final int BYTES = 40;

  /// The fields in their order.
  public static final Fields FIELDS =
      Fields.of("fh:8 offset:8 size:4 read_flags:4:read lock_owner:8 flags:4 padding:4")
          .openFlags("flags");

  private static final int FH = 0;
  private static final int OFFSET = 8;
  private static final int SIZE = 16;
  private static final int READ_FLAGS = 20;
  private static final int LOCK_OWNER = 24;
  private static final int FLAGS = 32;

  private ReadIn() {}

  /// File handle.
  public static long fh(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + FH);
  }

  /// Writes: file handle.
  public static void fh(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + FH, value);
  }

  /// File offset, or cookie of the last entry seen.
  public static long offset(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + OFFSET);
  }

  /// Writes: file offset, or cookie of the last entry seen.
  public static void offset(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + OFFSET, value);
  }

  /// Most bytes wanted.
  public static int size(MemorySegment message, long at) {
    return message.get(Wire.INT, at + SIZE);
  }

  /// Writes: most bytes wanted.
  public static void size(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + SIZE, value);
  }

  /// FUSE_READ flags.
  public static int readFlags(MemorySegment message, long at) {
    return message.get(Wire.INT, at + READ_FLAGS);
  }

  /// Writes: FUSE_READ flags.
  public static void readFlags(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + READ_FLAGS, value);
  }

  /// Lock owner.
  public static long lockOwner(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + LOCK_OWNER);
  }

  /// Writes: lock owner.
  public static void lockOwner(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + LOCK_OWNER, value);
  }

  /// Flags of open(2).
  public static int flags(MemorySegment message, long at) {
    return message.get(Wire.INT, at + FLAGS);
  }

  /// Writes: flags of open(2).
  public static void flags(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + FLAGS, value);
  }

  /// A read flag: there is a lock owner. Linux sets it when a program reads, and not when it fills
  /// its page cache (`fs/fuse/file.c`, `fuse_send_read`).
  public static final int LOCK_OWNER_GIVEN = 1 << 1;
}
