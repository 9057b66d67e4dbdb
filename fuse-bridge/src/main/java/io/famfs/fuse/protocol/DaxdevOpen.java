package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// The ioctl on `/dev/fuse` by which a kernel is given a device before any file names it. Number 4
/// is not allocated upstream: its result tells whether a kernel knows it, see
/// `io.famfs.fuse.server.DeviceRegistration`.
///
/// ```text
/// offset size  field                meaning
///      0    4  fd                   descriptor of the device; may be closed when the call returns
///      4    4  flags                0
///      8    8  daxdev_index         index of the device
/// ```
public final class DaxdevOpen {
  /// `_IOW(229, 4, 16 bytes)`.
  public static final int REQUEST = 0x4010_E504;

  /// Size of the argument.
  public static final int BYTES = 16;

  private static final int FD = 0;
  private static final int FLAGS = 4;
  private static final int DAXDEV_INDEX = 8;

  private DaxdevOpen() {}

  /// Writes the argument.
  public static void write(MemorySegment argument, int fd, int index) {
    argument.set(Wire.INT, FD, fd);
    argument.set(Wire.INT, FLAGS, 0);
    argument.set(Wire.LONG, DAXDEV_INDEX, index);
  }
}
