package io.famfs.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.famfs.os.libc.CStrings;
import io.famfs.os.libc.Descriptors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// One answer of `statx(2)`, whose structure is the same on every architecture:
///
/// ```
/// offset size field                offset size field
///      0    4 stx_mask                 40    8 stx_size
///     28    2 stx_mode                128    4 stx_rdev_major   132    4 stx_rdev_minor
///     32    8 stx_ino                 136    4 stx_dev_major    140    4 stx_dev_minor
/// ```
record FileStatus(FileIdentity identity, long sizeBytes) {
  private static final int STATX_BYTES = 256;
  private static final int MODE = 28;
  private static final int INODE = 32;
  private static final int SIZE = 40;
  private static final int SPECIAL_MAJOR = 128;
  private static final int SPECIAL_MINOR = 132;
  private static final int DEVICE_MAJOR = 136;
  private static final int DEVICE_MINOR = 140;

  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_BASIC_STATS = 0x7ff;

  static FileStatus of(int fd) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(STATX_BYTES, Long.BYTES);
      MemorySegment path = CStrings.of(arena, "");
      int result =
          Descriptors.status(
              fd, path.address(), AT_EMPTY_PATH, STATX_BASIC_STATS, buffer.address());
      ErrnoException.check(result, "status of descriptor", fd);
      return new FileStatus(identity(buffer), buffer.get(JAVA_LONG, SIZE));
    }
  }

  private static FileIdentity identity(MemorySegment buffer) {
    return new FileIdentity(
        FileIdentity.device(buffer.get(JAVA_INT, DEVICE_MAJOR), buffer.get(JAVA_INT, DEVICE_MINOR)),
        buffer.get(JAVA_LONG, INODE),
        FileIdentity.Type.ofMode(Short.toUnsignedInt(buffer.get(JAVA_SHORT, MODE))),
        FileIdentity.device(
            buffer.get(JAVA_INT, SPECIAL_MAJOR), buffer.get(JAVA_INT, SPECIAL_MINOR)));
  }
}
