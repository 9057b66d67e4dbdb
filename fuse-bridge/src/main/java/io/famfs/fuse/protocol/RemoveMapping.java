package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// One range of REMOVEMAPPING (`struct fuse_removemapping_one`). The arguments are a u32 count,
/// then the ranges with no padding between.
///
/// ```text
/// offset size  field                meaning
///      0    8  moffset              window offset
///      8    8  len                  bytes
/// ```
///
/// `at` is where the structure begins in the message.
public final class RemoveMapping {
  /// Size of the structure.
  public static final int BYTES = 16;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("moffset:8 len:8");

  /// The count in front of the ranges.
  public static final Fields COUNT = Fields.of("count:4");

  private static final int MOFFSET = 0;
  private static final int LEN = 8;

  private RemoveMapping() {}

  /// Window offset.
  public static long moffset(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + MOFFSET);
  }

  /// Writes: window offset.
  public static void moffset(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + MOFFSET, value);
  }

  /// Bytes.
  public static long len(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + LEN);
  }

  /// Writes: bytes.
  public static void len(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + LEN, value);
  }

  /// Size of the count before the ranges.
  public static final int COUNT_BYTES = 4;

  /// The count of ranges, from the start of the arguments.
  public static int count(MemorySegment message, long at) {
    return message.get(Wire.INT, at);
  }
}
