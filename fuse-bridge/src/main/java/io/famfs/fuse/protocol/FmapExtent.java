package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// A run of bytes on one device in a reply to GET_FMAP: a simple extent, or a strip.
///
/// ```text
/// offset size  field                meaning
///      0    4  devindex             index of the device
///      4    4  reserved
///      8    8  offset               first byte on the device
///     16    8  len                  bytes
/// ```
///
/// `at` is where the structure begins in the message.
public final class FmapExtent {
  /// Size of the structure.
  public static final int BYTES = 24;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("devindex:4 reserved:4 offset:8 len:8");

  private static final int DEVINDEX = 0;
  private static final int RESERVED = 4;
  private static final int OFFSET = 8;
  private static final int LEN = 16;

  private FmapExtent() {}

  /// Writes all fields.
  public static void write(
      MemorySegment message, long at, int deviceIndex, long offset, long lengthBytes) {
    message.set(Wire.INT, at + DEVINDEX, deviceIndex);
    message.set(Wire.INT, at + RESERVED, 0);
    message.set(Wire.LONG, at + OFFSET, offset);
    message.set(Wire.LONG, at + LEN, lengthBytes);
  }

  /// Index of the device.
  public static int devindex(MemorySegment message, long at) {
    return message.get(Wire.INT, at + DEVINDEX);
  }

  /// First byte on the device.
  public static long offset(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + OFFSET);
  }

  /// Bytes.
  public static long len(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + LEN);
  }
}
