package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of CREATE and TMPFILE, before the name (`struct fuse_create_in`).
///
/// ```text
/// offset size  field                meaning
///      0    4  flags                flags of open(2), [OpenFlags]
///      4    4  mode                 type and permission bits, the umask applied
///      8    4  umask                umask of the caller
///     12    4  open_flags           FUSE_OPEN flags
/// ```
///
/// `at` is where the structure begins in the message.
public final class CreateIn {
  /// Size of the structure.
  public static final int BYTES = 16;

  /// The fields in their order.
  public static final Fields FIELDS =
      Fields.of("flags:4 mode:4 umask:4 open_flags:4:openin").openFlags("flags");

  private static final int FLAGS = 0;
  private static final int MODE = 4;
  private static final int UMASK = 8;
  private static final int OPEN_FLAGS = 12;

  private CreateIn() {}

  /// Flags of open(2), [OpenFlags].
  public static int flags(MemorySegment message, long at) {
    return message.get(Wire.INT, at + FLAGS);
  }

  /// Type and permission bits, the umask applied.
  public static int mode(MemorySegment message, long at) {
    return message.get(Wire.INT, at + MODE);
  }

  /// Umask of the caller.
  public static int umask(MemorySegment message, long at) {
    return message.get(Wire.INT, at + UMASK);
  }

  /// FUSE_OPEN flags.
  public static int openFlags(MemorySegment message, long at) {
    return message.get(Wire.INT, at + OPEN_FLAGS);
  }

  /// Bit of `open_flags`: a truncation drops set-id bits.
  public static final int KILL_SUIDGID = 1;
}
