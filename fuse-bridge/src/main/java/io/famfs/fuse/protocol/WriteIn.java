package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of WRITE (`struct fuse_write_in`), followed by the payload.
///
/// ```text
/// offset size  field                meaning
///      0    8  fh                   file handle
///      8    8  offset               file offset
///     16    4  size                 payload bytes
///     20    4  write_flags          bit 0: written back from the page cache
///     24    8  lock_owner           lock owner
///     32    4  flags                flags of open(2)
///     36    4  padding
/// ```
///
/// `at` is where the structure begins in the message.
public final class WriteIn {
  /// Size of the structure.
  public static final int BYTES = 40;

  /// The fields in their order.
  public static final Fields FIELDS =
      Fields.of("fh:8 offset:8 size:4 write_flags:4:write lock_owner:8 flags:4 padding:4")
          .openFlags("flags");

  private static final int FH = 0;
  private static final int OFFSET = 8;
  private static final int SIZE = 16;
  private static final int WRITE_FLAGS = 20;
  private static final int LOCK_OWNER = 24;
  private static final int FLAGS = 32;

  private WriteIn() {}

  /// File handle.
  public static long fh(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + FH);
  }

  /// Writes: file handle.
  public static void fh(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + FH, value);
  }

  /// File offset.
  public static long offset(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + OFFSET);
  }

  /// Writes: file offset.
  public static void offset(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + OFFSET, value);
  }

  /// Payload bytes.
  public static int size(MemorySegment message, long at) {
    return message.get(Wire.INT, at + SIZE);
  }

  /// Writes: payload bytes.
  public static void size(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + SIZE, value);
  }

  /// Bit 0: written back from the page cache.
  public static int writeFlags(MemorySegment message, long at) {
    return message.get(Wire.INT, at + WRITE_FLAGS);
  }

  /// Writes: bit 0: written back from the page cache.
  public static void writeFlags(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + WRITE_FLAGS, value);
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

  /// Bit of `write_flags`: the writer is not trusted with set-id bits, they go.
  public static final int KILL_SUIDGID = 1 << 2;

  /// A write flag: written back from the page cache, so nobody hears how much was stored.
  public static final int CACHE = 1;
}
