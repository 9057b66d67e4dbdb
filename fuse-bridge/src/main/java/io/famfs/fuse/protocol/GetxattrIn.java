package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of GETXATTR, behind which the name of the attribute follows, and of LISTXATTR (`struct
/// fuse_getxattr_in`).
///
/// ```text
/// offset size  field                meaning
///      0    4  size                 room for the value or the list; 0 asks how much it needs
///      4    4  padding
/// ```
///
/// `at` is where the structure begins in the message.
public final class GetxattrIn {
  /// Size of the structure.
  public static final int BYTES = 8;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("size:4 padding:4");

  private GetxattrIn() {}

  /// Room for the value or the list, unsigned; 0 asks how much it needs.
  public static int size(MemorySegment message, long at) {
    return message.get(Wire.INT, at);
  }
}
