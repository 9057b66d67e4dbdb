package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of FLUSH (`struct fuse_flush_in`).
///
/// ```text
/// offset size  field                meaning
///      0    8  fh                   file handle
///      8    8  unused
///     16    8  lock_owner           lock owner
/// ```
///
/// `at` is where the structure begins in the message.
public final class FlushIn {
  /// Size of the structure.
  public static final int BYTES = 24;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("fh:8 unused:4 padding:4 lock_owner:8");

  private static final int FH = 0;
  private static final int LOCK_OWNER = 16;

  private FlushIn() {}

  /// File handle.
  public static long fh(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + FH);
  }

  /// Writes: file handle.
  public static void fh(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + FH, value);
  }

  /// Lock owner.
  public static long lockOwner(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + LOCK_OWNER);
  }

  /// Writes: lock owner.
  public static void lockOwner(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + LOCK_OWNER, value);
  }
}
