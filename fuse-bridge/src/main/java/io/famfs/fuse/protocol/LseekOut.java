package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Reply to LSEEK (`struct fuse_lseek_out`).
///
/// ```text
/// offset size  field                meaning
///      0    8  offset               where it was found
/// ```
///
/// `at` is where the structure begins in the message.
public final class LseekOut {
  /// Size of the structure.
  public static final int BYTES = 8;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("offset:8");

  private static final int OFFSET = 0;

  private LseekOut() {}

  /// Where it was found.
  public static long offset(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + OFFSET);
  }

  /// Writes: where it was found.
  public static void offset(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + OFFSET, value);
  }
}
