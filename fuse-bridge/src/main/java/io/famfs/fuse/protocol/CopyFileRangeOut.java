package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Reply to COPY_FILE_RANGE_64 (`struct fuse_copy_file_range_out`).
///
/// ```text
/// offset size  field                meaning
///      0    8  bytes_copied         bytes copied
/// ```
///
/// `at` is where the structure begins in the message.
public final class CopyFileRangeOut {
  /// Size of the structure.
  public static final int BYTES = 8;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("bytes_copied:8");

  private static final int BYTES_COPIED = 0;

  private CopyFileRangeOut() {}

  /// Bytes copied.
  public static long bytesCopied(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + BYTES_COPIED);
  }

  /// Writes: bytes copied.
  public static void bytesCopied(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + BYTES_COPIED, value);
  }
}
