package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Reply to WRITE (`struct fuse_write_out`).
///
/// ```text
/// offset size  field                meaning
///      0    4  size                 bytes written
///      4    4  padding              zero
/// ```
///
/// `at` is where the structure begins in the message.
public final class WriteOut {
  /// Size of the structure.
  public static final int BYTES = 8;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("size:4 padding:4");

  private static final int SIZE = 0;
  private static final int PADDING = 4;

  private WriteOut() {}

  /// Bytes written.
  public static int size(MemorySegment message, long at) {
    return message.get(Wire.INT, at + SIZE);
  }

  /// Writes: bytes written.
  public static void size(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + SIZE, value);
  }

  /// Zero.
  public static int padding(MemorySegment message, long at) {
    return message.get(Wire.INT, at + PADDING);
  }

  /// Writes: zero.
  public static void padding(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + PADDING, value);
  }
}
