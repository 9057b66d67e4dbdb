package io.famfs.fuse.protocol;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// The argument of the ioctl on a directory of a mount that makes a file of a given size, or a
/// directory, in it: what creat(2) cannot say at once, and what becomes visible with one log entry.
///
/// ```
/// offset size field
///      0    8 size_bytes   of the file; 0 for a directory
///      8    4 mode         permission bits
///     12    4 uid
///     16    4 gid
///     20    4 kind         0 file, 1 directory
///     24  256 name         NUL-padded, at most 255 bytes
/// ```
///
/// The number is a restricted one: the kernel copies exactly [#BYTES] in and nothing out
/// (`Documentation/filesystems/fuse/fuse.rst`, `fs/fuse/ioctl.c`).
public final class CreateIoctl {
  /// Length of the argument.
  public static final int BYTES = 280;

  /// The numbers in front of the name, in their order.
  public static final Fields FIELDS = Fields.of("size:8 mode:4 uid:4 gid:4 kind:4");

  /// `_IOW(0xFA, 1, 280 bytes)`.
  public static final int REQUEST = 1 << 30 | BYTES << 16 | 0xFA << 8 | 1;

  /// The same where the bits that say "written by the program" are others: mips, powerpc, sparc,
  /// alpha, parisc (`arch/ARCH/include/uapi/asm/ioctl.h`).
  private static final int REQUEST_ELSEWHERE = 2 << 30 | BYTES << 16 | 0xFA << 8 | 1;

  /// A file.
  public static final int KIND_FILE = 0;

  /// A directory.
  public static final int KIND_DIRECTORY = 1;

  private static final int SIZE_AT = 0;
  private static final int MODE_AT = 8;
  private static final int UID_AT = 12;
  private static final int GID_AT = 16;
  private static final int KIND_AT = 20;
  private static final int NAME_AT = 24;
  private static final int NAME_FIELD_BYTES = 256;

  private CreateIoctl() {}

  /// Whether a number is this ioctl's for some client. Elsewhere the same number is one that takes
  /// data out: such a request brings no argument and is refused for that.
  public static boolean is(int number) {
    return number == REQUEST || number == REQUEST_ELSEWHERE;
  }

  /// Writes kind, size and name, and zeros everywhere else.
  ///
  /// @throws IllegalArgumentException when the name is longer than 255 bytes
  public static void write(MemorySegment argument, int kind, long sizeBytes, String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length >= NAME_FIELD_BYTES) {
      throw new IllegalArgumentException("name of " + bytes.length + " bytes");
    }
    argument.asSlice(0, BYTES).fill((byte) 0);
    argument.set(Wire.LONG, SIZE_AT, sizeBytes);
    argument.set(Wire.INT, KIND_AT, kind);
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, argument, NAME_AT, bytes.length);
  }

  /// Writes permissions and owner.
  public static void owner(MemorySegment argument, int mode, int uid, int gid) {
    argument.set(Wire.INT, MODE_AT, mode);
    argument.set(Wire.INT, UID_AT, uid);
    argument.set(Wire.INT, GID_AT, gid);
  }

  public static long sizeBytes(MemorySegment in, long at) {
    return in.get(Wire.LONG, at + SIZE_AT);
  }

  public static int mode(MemorySegment in, long at) {
    return in.get(Wire.INT, at + MODE_AT);
  }

  public static int uid(MemorySegment in, long at) {
    return in.get(Wire.INT, at + UID_AT);
  }

  public static int gid(MemorySegment in, long at) {
    return in.get(Wire.INT, at + GID_AT);
  }

  public static int kind(MemorySegment in, long at) {
    return in.get(Wire.INT, at + KIND_AT);
  }

  /// The name; null when it has no end, or is not UTF-8.
  public static byte @org.jspecify.annotations.Nullable [] name(MemorySegment in, long at) {
    int length = 0;
    while (length < NAME_FIELD_BYTES && in.get(JAVA_BYTE, at + NAME_AT + length) != 0) {
      length++;
    }
    if (length == NAME_FIELD_BYTES) {
      return null;
    }
    return in.asSlice(at + NAME_AT, length).toArray(JAVA_BYTE);
  }
}
