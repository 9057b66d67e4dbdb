package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// The header of every reply (`struct fuse_out_header`).
///
/// ```text
/// offset size  field                meaning
///      0    4  len                  bytes of the whole reply, this header included
///      4    4  error                0 or a negative errno
///      8    8  unique               the unique of the request
/// ```
///
/// `at` is where the structure begins in the message.
public final class OutHeader {
  /// Size of the structure.
  public static final int BYTES = 16;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("len:4 error:4 unique:8");

  private static final int LEN = 0;
  private static final int ERROR = 4;
  private static final int UNIQUE = 8;

  private OutHeader() {}

  /// Bytes of the whole reply, this header included.
  public static int len(MemorySegment message, long at) {
    return message.get(Wire.INT, at + LEN);
  }

  /// Writes: bytes of the whole reply, this header included.
  public static void len(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + LEN, value);
  }

  /// 0 or a negative errno.
  public static int error(MemorySegment message, long at) {
    return message.get(Wire.INT, at + ERROR);
  }

  /// Writes: 0 or a negative errno.
  public static void error(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + ERROR, value);
  }

  /// The unique of the request.
  public static long unique(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + UNIQUE);
  }

  /// Writes: the unique of the request.
  public static void unique(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + UNIQUE, value);
  }

  /// Writes the whole header.
  public static void write(MemorySegment message, long at, int len, int error, long unique) {
    len(message, at, len);
    error(message, at, error);
    unique(message, at, unique);
  }
}
