package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of MKNOD, before the name (`struct fuse_mknod_in`).
///
/// ```text
/// offset size  field                meaning
///      0    4  mode                 type and permission bits, the umask applied
///      4    4  rdev                 device number
///      8    4  umask                umask of the caller
///     12    4  padding
/// ```
///
/// `at` is where the structure begins in the message.
public final class MknodIn {
  /// Size of the structure.
  public static final int BYTES = 16;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("mode:4 rdev:4 umask:4 padding:4");

  private static final int MODE = 0;
  private static final int RDEV = 4;
  private static final int UMASK = 8;

  private MknodIn() {}

  /// Type and permission bits, the umask applied.
  public static int mode(MemorySegment message, long at) {
    return message.get(Wire.INT, at + MODE);
  }

  /// Device number.
  public static int rdev(MemorySegment message, long at) {
    return message.get(Wire.INT, at + RDEV);
  }

  /// Umask of the caller.
  public static int umask(MemorySegment message, long at) {
    return message.get(Wire.INT, at + UMASK);
  }
}
