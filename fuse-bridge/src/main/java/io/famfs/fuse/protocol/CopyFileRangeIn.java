package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of COPY_FILE_RANGE and COPY_FILE_RANGE_64 (`struct fuse_copy_file_range_in`).
///
/// ```text
/// offset size  field                meaning
///      0    8  fh_in                file handle of the source
///      8    8  off_in               first byte in the source
///     16    8  nodeid_out           the destination
///     24    8  fh_out               file handle of the destination
///     32    8  off_out              first byte in the destination
///     40    8  len                  bytes to copy
///     48    8  flags                none is defined
/// ```
///
/// `at` is where the structure begins in the message.
public final class CopyFileRangeIn {
  /// Size of the structure.
  public static final int BYTES = 56;

  /// The fields in their order.
  public static final Fields FIELDS =
      Fields.of("fh_in:8 off_in:8 nodeid_out:8 fh_out:8 off_out:8 len:8 flags:8");

  private static final int FH_IN = 0;
  private static final int OFF_IN = 8;
  private static final int NODEID_OUT = 16;
  private static final int FH_OUT = 24;
  private static final int OFF_OUT = 32;
  private static final int LEN = 40;
  private static final int FLAGS = 48;

  private CopyFileRangeIn() {}

  /// File handle of the source.
  public static long fhIn(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + FH_IN);
  }

  /// First byte in the source.
  public static long offIn(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + OFF_IN);
  }

  /// The destination.
  public static long nodeidOut(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + NODEID_OUT);
  }

  /// File handle of the destination.
  public static long fhOut(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + FH_OUT);
  }

  /// First byte in the destination.
  public static long offOut(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + OFF_OUT);
  }

  /// Bytes to copy.
  public static long len(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + LEN);
  }

  /// None is defined.
  public static long flags(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + FLAGS);
  }
}
