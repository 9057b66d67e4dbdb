package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of GETLK, SETLK and SETLKW (`struct fuse_lk_in`).
///
/// ```text
/// offset size  field                meaning
///      0    8  fh                   file handle
///      8    8  owner                lock owner
///     16   24  lk                   the lock, see [LkOut]
///     40    4  lk_flags             1: of the whole file, flock(2)
///     44    4  padding
/// ```
///
/// `at` is where the structure begins in the message.
public final class LkIn {
  /// Flag: a lock of the whole file (`FUSE_LK_FLOCK`).
  public static final int FLOCK = 1;

  /// Where the lock begins.
  public static final int LOCK_OFFSET = 16;

  /// The fields in their order.
  public static final Fields FIELDS =
      Fields.of("fh:8 owner:8").then(LkOut.FIELDS).then(Fields.of("lk_flags:4:lock padding:4"));

  private static final int FH = 0;
  private static final int OWNER = 8;
  private static final int LK_FLAGS = 40;

  private LkIn() {}

  /// File handle.
  public static long fh(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + FH);
  }

  /// Lock owner.
  public static long owner(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + OWNER);
  }

  /// [#FLOCK] or 0.
  public static int lkFlags(MemorySegment message, long at) {
    return message.get(Wire.INT, at + LK_FLAGS);
  }
}
