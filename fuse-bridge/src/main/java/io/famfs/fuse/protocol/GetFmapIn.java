package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of GET_FMAP (`struct fuse_getxattr_in`). Kernels that fetch devices by GET_DAXDEV send
/// none of them.
///
/// ```text
/// offset size  field                meaning
///      0    4  size                 room for the fmap message
///      4    4  padding
/// ```
///
/// `at` is where the structure begins in the message.
public final class GetFmapIn {
  /// Size of the structure.
  public static final int BYTES = 8;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("size:4 padding:4");

  private static final int SIZE = 0;

  private GetFmapIn() {}

  /// Room for the fmap message, unsigned.
  public static int size(MemorySegment message, long at) {
    return message.get(Wire.INT, at + SIZE);
  }
}
