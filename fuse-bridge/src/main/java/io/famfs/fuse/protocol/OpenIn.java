package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of OPEN and OPENDIR (`struct fuse_open_in`).
///
/// ```text
/// offset size  field                meaning
///      0    4  flags                flags of open(2), [OpenFlags]
///      4    4  open_flags           FUSE_OPEN flags
/// ```
///
/// `at` is where the structure begins in the message.
public final class OpenIn {
  /// Size of the structure.
  public static final int BYTES = 8;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("flags:4 open_flags:4:openin").openFlags("flags");

  private static final int FLAGS = 0;
  private static final int OPEN_FLAGS = 4;

  private OpenIn() {}

  /// Flags of open(2), [OpenFlags].
  public static int flags(MemorySegment message, long at) {
    return message.get(Wire.INT, at + FLAGS);
  }

  /// Writes: flags of open(2), [OpenFlags].
  public static void flags(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + FLAGS, value);
  }

  /// FUSE_OPEN flags.
  public static int openFlags(MemorySegment message, long at) {
    return message.get(Wire.INT, at + OPEN_FLAGS);
  }

  /// Writes: FUSE_OPEN flags.
  public static void openFlags(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + OPEN_FLAGS, value);
  }
}
