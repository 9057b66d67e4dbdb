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
/// A longer one says how the space of the file is laid out; without it that is in one piece:
///
/// ```
///    280    4 version      of what follows: 1
///    284    4 layout       0 in one piece, 1 interleaved; the rest is zero for 0
///    288    8 chunk_bytes  bytes in a strip before the next one continues
///    296    4 strips
///    300    4 buckets      parts of the primary device; 0: one strip per device
///    304    8 seed         of the order in which parts or devices are tried
///    312    8 zero
/// ```
///
/// The length is part of the number, as usual for an ioctl, so an older server answers the longer
/// one with ENOTTY. The numbers are restricted ones: the kernel copies exactly as many bytes in and
/// nothing out (`Documentation/filesystems/fuse/fuse.rst`, `fs/fuse/ioctl.c`).
public final class CreateIoctl {
  /// Length of the argument without a layout.
  public static final int BYTES = 280;

  /// Length of the argument with a layout.
  public static final int PLACED_BYTES = 320;

  /// The numbers in front of the name, in their order.
  public static final Fields FIELDS = Fields.of("size:8 mode:4 uid:4 gid:4 kind:4");

  /// `_IOW(0xFA, 1, 280 bytes)`.
  public static final int REQUEST = 1 << 30 | BYTES << 16 | 0xFA << 8 | 1;

  /// The same where the bits that say "written by the program" are others: mips, powerpc, sparc,
  /// alpha, parisc (`arch/ARCH/include/uapi/asm/ioctl.h`).
  private static final int REQUEST_ELSEWHERE = 2 << 30 | BYTES << 16 | 0xFA << 8 | 1;

  private static final int PLACED_REQUEST_ELSEWHERE = 2 << 30 | PLACED_BYTES << 16 | 0xFA << 8 | 1;

  /// `_IOW(0xFA, 1, 320 bytes)`.
  public static final int PLACED_REQUEST = 1 << 30 | PLACED_BYTES << 16 | 0xFA << 8 | 1;

  /// The numbers behind the name, in their order.
  public static final Fields PLACED_FIELDS =
      Fields.of("version:4 layout:4 chunk:8 strips:4 buckets:4 seed:8 zero:8");

  /// The space of the file is one piece.
  public static final int LAYOUT_CONTIGUOUS = 0;

  /// The space of the file is spread over strips.
  public static final int LAYOUT_INTERLEAVED = 1;

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
  private static final int LAYOUT_VERSION = 1;
  private static final int VERSION_AT = BYTES;
  private static final int LAYOUT_AT = VERSION_AT + 4;
  private static final int CHUNK_AT = LAYOUT_AT + 4;
  private static final int STRIPS_AT = CHUNK_AT + 8;
  private static final int BUCKETS_AT = STRIPS_AT + 4;
  private static final int SEED_AT = BUCKETS_AT + 4;
  private static final int ZERO_AT = SEED_AT + 8;

  private CreateIoctl() {}

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

  /// Makes the longer argument ask for strips.
  public static void interleave(
      MemorySegment argument, long chunkBytes, int strips, int buckets, long seed) {
    argument.set(Wire.INT, VERSION_AT, LAYOUT_VERSION);
    argument.set(Wire.INT, LAYOUT_AT, LAYOUT_INTERLEAVED);
    argument.set(Wire.LONG, CHUNK_AT, chunkBytes);
    argument.set(Wire.INT, STRIPS_AT, strips);
    argument.set(Wire.INT, BUCKETS_AT, buckets);
    argument.set(Wire.LONG, SEED_AT, seed);
    argument.set(Wire.LONG, ZERO_AT, 0);
  }

  /// Length of the argument of an ioctl, for any client; 0 when the number is none of these.
  /// Elsewhere the same number is one that takes data out: such a request brings no argument and is
  /// refused for that.
  public static int bytesOf(int request) {
    return switch (request) {
      case REQUEST, REQUEST_ELSEWHERE -> BYTES;
      case PLACED_REQUEST, PLACED_REQUEST_ELSEWHERE -> PLACED_BYTES;
      default -> 0;
    };
  }

  /// The layout of the longer argument; -1 for a version or a layout that is not known, and where
  /// something stands that has to be zero.
  public static int layout(MemorySegment in, long at) {
    int layout = in.get(Wire.INT, at + LAYOUT_AT);
    if (in.get(Wire.INT, at + VERSION_AT) != LAYOUT_VERSION
        || in.get(Wire.LONG, at + ZERO_AT) != 0) {
      return -1;
    }
    return switch (layout) {
      case LAYOUT_INTERLEAVED -> layout;
      case LAYOUT_CONTIGUOUS ->
          (chunkBytes(in, at) | strips(in, at) | buckets(in, at) | seed(in, at)) == 0 ? layout : -1;
      default -> -1;
    };
  }

  public static long chunkBytes(MemorySegment in, long at) {
    return in.get(Wire.LONG, at + CHUNK_AT);
  }

  public static int strips(MemorySegment in, long at) {
    return in.get(Wire.INT, at + STRIPS_AT);
  }

  public static int buckets(MemorySegment in, long at) {
    return in.get(Wire.INT, at + BUCKETS_AT);
  }

  public static long seed(MemorySegment in, long at) {
    return in.get(Wire.LONG, at + SEED_AT);
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
