package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Reply to GET_DAXDEV: where the client's kernel finds a device. The request has no arguments; its
/// nodeid is the index of the device.
///
/// ```text
/// offset size  field                meaning
///      0    2  index                index of the device
///      2    2  reserved
///      4    4  reserved
///      8    8  reserved
///     16    8  reserved
///     24  256  name                 absolute path, ended by NUL
/// ```
///
/// `at` is where the structure begins in the message.
public final class DaxdevOut {
  /// Size of the structure; a kernel takes no other.
  public static final int BYTES = 280;

  /// Longest name in bytes.
  public static final int NAME_MAX = 255;

  /// The fields in their order.
  public static final Fields FIELDS =
      Fields.of("index:2 reserved:2 reserved:4 reserved:8 reserved:8").text(256);

  private static final int INDEX = 0;
  private static final int NAME = 24;

  private DaxdevOut() {}

  /// Writes all fields.
  ///
  /// @param name at most [#NAME_MAX] bytes, none of them 0
  public static void write(MemorySegment message, long at, int index, byte[] name) {
    for (long p = at; p < at + BYTES; p += Long.BYTES) {
      message.set(Wire.LONG, p, 0);
    }
    message.set(Wire.SHORT, at + INDEX, (short) index);
    MemorySegment.copy(name, 0, message, ValueLayout.JAVA_BYTE, at + NAME, name.length);
  }

  /// Index of the device.
  public static int index(MemorySegment message, long at) {
    return Short.toUnsignedInt(message.get(Wire.SHORT, at + INDEX));
  }

  /// The path.
  public static String name(MemorySegment message, long at) {
    return message.getString(at + NAME);
  }
}
