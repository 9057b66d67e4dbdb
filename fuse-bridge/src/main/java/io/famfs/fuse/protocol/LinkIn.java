package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of LINK, before the name (`struct fuse_link_in`).
///
/// ```text
/// offset size  field                meaning
///      0    8  oldnodeid            nodeid of the file
/// ```
///
/// `at` is where the structure begins in the message.
public final class LinkIn {
  /// Size of the structure.
  public static final int BYTES = 8;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("oldnodeid:8");

  private static final int OLDNODEID = 0;

  private LinkIn() {}

  /// Nodeid of the file.
  public static long oldnodeid(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + OLDNODEID);
  }
}
