package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of STATX (`struct fuse_statx_in`).
///
/// ```text
/// offset size  field                meaning
///      0    4  getattr_flags        bit 0: `fh` is valid
///      4    4  padding
///      8    8  fh                   file handle
///     16    4  sx_flags             `AT_STATX_` flags
///     20    4  sx_mask              wanted fields, `STATX_` bits
/// ```
///
/// `at` is where the structure begins in the message.
public final class StatxIn {
  /// Size of the structure.
  public static final int BYTES = 24;

  /// The fields in their order.
  public static final Fields FIELDS =
      Fields.of("getattr_flags:4:getattr padding:4 fh:8 sx_flags:4 sx_mask:4");

  private static final int GETATTR_FLAGS = 0;
  private static final int FH = 8;
  private static final int SX_FLAGS = 16;
  private static final int SX_MASK = 20;

  private StatxIn() {}

  /// Bit 0: `fh` is valid.
  public static int getattrFlags(MemorySegment message, long at) {
    return message.get(Wire.INT, at + GETATTR_FLAGS);
  }

  /// File handle.
  public static long fh(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + FH);
  }

  /// `AT_STATX_` flags.
  public static int sxFlags(MemorySegment message, long at) {
    return message.get(Wire.INT, at + SX_FLAGS);
  }

  /// Wanted fields, `STATX_` bits.
  public static int sxMask(MemorySegment message, long at) {
    return message.get(Wire.INT, at + SX_MASK);
  }

  /// Bit of `getattr_flags`: fh says which open file.
  public static final int GETATTR_FH = 1;
}
