package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of FSYNC and FSYNCDIR (`struct fuse_fsync_in`).
///
/// ```text
/// offset size  field                meaning
///      0    8  fh                   file handle
///      8    4  fsync_flags          bit 0: data only
///     12    4  padding
/// ```
///
/// `at` is where the structure begins in the message.
public final class FsyncIn {
  /// Size of the structure.
  public static final int BYTES = 16;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("fh:8 fsync_flags:4:fsync padding:4");

  private static final int FH = 0;
  private static final int FSYNC_FLAGS = 8;

  private FsyncIn() {}

  /// File handle.
  public static long fh(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + FH);
  }

  /// Writes: file handle.
  public static void fh(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + FH, value);
  }

  /// Bit 0: data only.
  public static int fsyncFlags(MemorySegment message, long at) {
    return message.get(Wire.INT, at + FSYNC_FLAGS);
  }

  /// Writes: bit 0: data only.
  public static void fsyncFlags(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + FSYNC_FLAGS, value);
  }
}
