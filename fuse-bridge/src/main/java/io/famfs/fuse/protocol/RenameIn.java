package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of RENAME, before the two names (`struct fuse_rename_in`).
///
/// ```text
/// offset size  field                meaning
///      0    8  newdir               nodeid of the directory the new name is for
/// ```
///
/// `at` is where the structure begins in the message.
public final class RenameIn {
  /// Size of the structure.
  public static final int BYTES = 8;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("newdir:8");

  private static final int NEWDIR = 0;

  private RenameIn() {}

  /// Nodeid of the directory the new name is for.
  public static long newdir(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + NEWDIR);
  }
}
