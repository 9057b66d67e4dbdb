package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Reply to IOCTL (`struct fuse_ioctl_out`): `result` at 0, and 12 bytes that a restricted ioctl
/// leaves zero. What the ioctl gives its caller follows.
///
/// `at` is where the structure begins in the message.
public final class IoctlOut {
  /// Size of the structure.
  public static final int BYTES = 16;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("result:4 flags:4 in_iovs:4 out_iovs:4");

  private IoctlOut() {}

  /// Writes what the ioctl returns to its caller, and zeros behind it.
  public static void result(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at, value);
    message.set(Wire.INT, at + Integer.BYTES, 0);
    message.set(Wire.LONG, at + Long.BYTES, 0);
  }
}
