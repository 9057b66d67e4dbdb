package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of GETATTR (`struct fuse_getattr_in`).
///
/// ```text
/// offset size  field                meaning
///      0    4  getattr_flags        bit 0: fh is valid
///      4    4  dummy
///      8    8  fh                   file handle
/// ```
///
/// `at` is where the structure begins in the message.
public final class GetattrIn {
  /// Size of the structure.
  public static final int BYTES = 16;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("getattr_flags:4:getattr dummy:4 fh:8");

  private static final int GETATTR_FLAGS = 0;
  private static final int FH = 8;

  private GetattrIn() {}

  /// Bit 0: fh is valid.
  public static int getattrFlags(MemorySegment message, long at) {
    return message.get(Wire.INT, at + GETATTR_FLAGS);
  }

  /// Writes: bit 0: fh is valid.
  public static void getattrFlags(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + GETATTR_FLAGS, value);
  }

  /// File handle.
  public static long fh(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + FH);
  }

  /// Writes: file handle.
  public static void fh(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + FH, value);
  }
}
