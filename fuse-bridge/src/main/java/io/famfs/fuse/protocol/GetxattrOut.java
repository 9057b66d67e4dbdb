package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Reply to GETXATTR and LISTXATTR when the request had no room for the data (`struct
/// fuse_getxattr_out`); otherwise the data itself is the body.
///
/// ```text
/// offset size  field                meaning
///      0    4  size                 bytes of the value or the list
///      4    4  padding
/// ```
///
/// `at` is where the structure begins in the message.
public final class GetxattrOut {
  /// Size of the structure.
  public static final int BYTES = 8;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("size:4 padding:4");

  private GetxattrOut() {}

  /// Writes: bytes of the value or the list.
  public static void size(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at, value);
    message.set(Wire.INT, at + Integer.BYTES, 0);
  }

  /// Bytes of the value or the list.
  public static int size(MemorySegment message, long at) {
    return message.get(Wire.INT, at);
  }
}
