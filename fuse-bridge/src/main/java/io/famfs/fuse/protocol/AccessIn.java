package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of ACCESS (`struct fuse_access_in`).
///
/// ```text
/// offset size  field                meaning
///      0    4  mask                 bits 1 execute, 2 write, 4 read
///      4    4  padding
/// ```
///
/// `at` is where the structure begins in the message.
public final class AccessIn {
  /// Size of the structure.
  public static final int BYTES = 8;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("mask:4:access padding:4");

  private static final int MASK = 0;

  private AccessIn() {}

  /// Bits 1 execute, 2 write, 4 read.
  public static int mask(MemorySegment message, long at) {
    return message.get(Wire.INT, at + MASK);
  }

  /// Writes: bits 1 execute, 2 write, 4 read.
  public static void mask(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + MASK, value);
  }
}
