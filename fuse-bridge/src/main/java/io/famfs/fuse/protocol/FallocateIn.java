package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of FALLOCATE (`struct fuse_fallocate_in`).
///
/// ```text
/// offset size  field                meaning
///      0    8  fh                   file handle
///      8    8  offset               first byte of the range
///     16    8  length               bytes of the range
///     24    4  mode                 flags of fallocate(2)
///     28    4  padding
/// ```
///
/// `at` is where the structure begins in the message.
public final class FallocateIn {
  /// Size of the structure.
  public static final int BYTES = 32;

  /// The fields in their order.
  public static final Fields FIELDS =
      Fields.of("fh:8 offset:8 length:8 mode:4:fallocate padding:4");

  private static final int FH = 0;
  private static final int OFFSET = 8;
  private static final int LENGTH = 16;
  private static final int MODE = 24;

  private FallocateIn() {}

  /// File handle.
  public static long fh(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + FH);
  }

  /// First byte of the range.
  public static long offset(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + OFFSET);
  }

  /// Bytes of the range.
  public static long length(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + LENGTH);
  }

  /// Flags of fallocate(2).
  public static int mode(MemorySegment message, long at) {
    return message.get(Wire.INT, at + MODE);
  }

  /// Flag: the size of the file stays.
  public static final int KEEP_SIZE = 1;

  /// Flag: the range reads as zeros afterwards.
  public static final int PUNCH_HOLE = 1 << 1;

  /// Flag: the range reads as zeros afterwards, and the file may grow.
  public static final int ZERO_RANGE = 1 << 4;
}
