package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of RENAME2, before the two names (`struct fuse_rename2_in`). It begins as [RenameIn].
///
/// ```text
/// offset size  field                meaning
///      0    8  newdir               nodeid of the directory the new name is for
///      8    4  flags                flags of renameat2(2)
///     12    4  padding
/// ```
///
/// `at` is where the structure begins in the message.
public final class Rename2In {
  /// Size of the structure.
  public static final int BYTES = 16;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("newdir:8 flags:4:rename padding:4");

  private static final int NEWDIR = 0;
  private static final int FLAGS = 8;

  private Rename2In() {}

  /// Nodeid of the directory the new name is for.
  public static long newdir(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + NEWDIR);
  }

  /// Flags of renameat2(2).
  public static int flags(MemorySegment message, long at) {
    return message.get(Wire.INT, at + FLAGS);
  }

  /// Flag: the new name must not exist.
  public static final int NOREPLACE = 1;

  /// Flag: both names exist and are exchanged.
  public static final int EXCHANGE = 1 << 1;

  /// Flag: a whiteout is left behind.
  public static final int WHITEOUT = 1 << 2;
}
