package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of IOCTL (`struct fuse_ioctl_in`); `in_size` bytes of data follow.
///
/// ```text
/// offset size  field                meaning
///      0    8  fh                   handle of the file or directory
///      8    4  flags                bit 4: it is a directory
///     12    4  cmd                  the number of the ioctl
///     16    8  arg                  its argument, an address of the caller
///     24    4  in_size              bytes of data that follow
///     28    4  out_size             bytes of data the caller takes
/// ```
///
/// `at` is where the structure begins in the message.
public final class IoctlIn {
  /// Size of the structure.
  public static final int BYTES = 32;

  /// The fields in their order.
  public static final Fields FIELDS =
      Fields.of("fh:8 flags:4:ioctl cmd:4 arg:8 in_size:4 out_size:4");

  private static final int FH = 0;
  private static final int CMD = 12;
  private static final int IN_SIZE = 24;
  private static final int OUT_SIZE = 28;

  private IoctlIn() {}

  /// Handle of the file or directory.
  public static long fh(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + FH);
  }

  /// The number of the ioctl.
  public static int cmd(MemorySegment message, long at) {
    return message.get(Wire.INT, at + CMD);
  }

  /// Bytes of data that follow, unsigned.
  public static int inSize(MemorySegment message, long at) {
    return message.get(Wire.INT, at + IN_SIZE);
  }

  /// Bytes of data the caller takes, unsigned.
  public static int outSize(MemorySegment message, long at) {
    return message.get(Wire.INT, at + OUT_SIZE);
  }
}
