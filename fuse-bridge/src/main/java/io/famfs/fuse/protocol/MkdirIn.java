package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of MKDIR, before the name (`struct fuse_mkdir_in`).
///
/// ```text
/// offset size  field                meaning
///      0    4  mode                 permission bits, the umask applied
///      4    4  umask                umask of the caller
/// ```
///
/// `at` is where the structure begins in the message.
public final class MkdirIn {
  /// Size of the structure.
  public static final int BYTES = 8;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("mode:4 umask:4");

  private static final int MODE = 0;
  private static final int UMASK = 4;

  private MkdirIn() {}

  /// Permission bits, the umask applied.
  public static int mode(MemorySegment message, long at) {
    return message.get(Wire.INT, at + MODE);
  }

  /// Umask of the caller.
  public static int umask(MemorySegment message, long at) {
    return message.get(Wire.INT, at + UMASK);
  }
}
