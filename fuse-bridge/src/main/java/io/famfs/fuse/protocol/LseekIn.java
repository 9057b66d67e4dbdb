package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of LSEEK (`struct fuse_lseek_in`).
///
/// ```text
/// offset size  field                meaning
///      0    8  fh                   file handle
///      8    8  offset               where the search starts
///     16    4  whence               what is looked for
///     20    4  padding
/// ```
///
/// `at` is where the structure begins in the message.
public final class LseekIn {
  /// Size of the structure.
  public static final int BYTES = 24;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("fh:8 offset:8 whence:4 padding:4");

  private static final int FH = 0;
  private static final int OFFSET = 8;
  private static final int WHENCE = 16;

  private LseekIn() {}

  /// File handle.
  public static long fh(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + FH);
  }

  /// Where the search starts.
  public static long offset(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + OFFSET);
  }

  /// What is looked for.
  public static int whence(MemorySegment message, long at) {
    return message.get(Wire.INT, at + WHENCE);
  }

  /// Value of `whence`: data.
  public static final int SEEK_DATA = 3;

  /// Value of `whence`: a hole, such as the one behind the end.
  public static final int SEEK_HOLE = 4;
}
