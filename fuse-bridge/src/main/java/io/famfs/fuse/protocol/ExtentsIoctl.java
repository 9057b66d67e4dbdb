package io.famfs.fuse.protocol;

import io.famfs.core.UuidCodec;
import io.famfs.core.extent.DeviceRange;
import java.lang.foreign.MemorySegment;
import java.util.UUID;

/// The argument of the ioctl on a file of a mount that tells where the file lies: the same list as
/// the extended attribute [io.famfs.core.extent.ExtentText#ATTRIBUTE] has, in binary. What a
/// program passes:
///
/// ```
/// offset size field
///      0    4 version      of the structure: 1
///      4    4 first        range to begin with, from 0
///      8  672 zero         not read
/// ```
///
/// What it gets back in the same place:
///
/// ```
///      0    4 version      1
///      4    4 first        as it was
///      8    8 size_bytes   of the file
///     16    8 chunk_bytes  of an interleaved file, whose ranges are its strips; 0: they are extents
///     24    4 ranges       how many the file has, here and behind
///     28    4 count        how many of them follow here: all from first on, at most 16
///     32    8 zero
///     40  640 range[16]    those that are not used are zero
/// ```
///
/// A range:
///
/// ```
///      0    4 device       daxdev index
///      4    4 zero
///      8   16 uuid         of the device, in the order of its text
///     24    8 offset       first byte on the device
///     32    8 length       bytes
/// ```
///
/// Numbers are in the byte order of the program. The request is a restricted one: the kernel copies
/// exactly as many bytes in and out as its number says (`fs/fuse/ioctl.c`).
public final class ExtentsIoctl {
  /// Length of the argument.
  public static final int BYTES = 680;

  /// `_IOWR(0xFA, 2, 680 bytes)`, the same on every architecture: both bits of direction are set.
  public static final int REQUEST = 3 << 30 | BYTES << 16 | 0xFA << 8 | 2;

  /// The version of the structure.
  public static final int VERSION = 1;

  /// Most ranges of one answer.
  public static final int MAX_RANGES = 16;

  /// The numbers in front of the ranges, in their order.
  public static final Fields FIELDS =
      Fields.of("version:4 first:4 size:8 chunk:8 ranges:4 count:4 zero:8");

  private static final Fields RANGE_HEAD = Fields.of("device:4 zero:4");
  private static final Fields RANGE_TAIL = Fields.of("offset:8 length:8");
  private static final int FIRST_AT = 4;
  private static final int SIZE_AT = 8;
  private static final int CHUNK_AT = 16;
  private static final int TOTAL_AT = 24;
  private static final int COUNT_AT = 28;
  private static final int RANGES_AT = 40;
  private static final int RANGE_BYTES = 40;
  private static final int UUID_AT = 8;
  private static final int OFFSET_AT = 24;
  private static final int LENGTH_AT = 32;

  private ExtentsIoctl() {}

  /// Writes what a program passes.
  public static void ask(MemorySegment argument, long at, int first) {
    argument.asSlice(at, BYTES).fill((byte) 0);
    argument.set(Wire.INT, at, VERSION);
    argument.set(Wire.INT, at + FIRST_AT, first);
  }

  public static int version(MemorySegment message, long at) {
    return message.get(Wire.INT, at);
  }

  /// The range to begin with, unsigned.
  public static int first(MemorySegment message, long at) {
    return message.get(Wire.INT, at + FIRST_AT);
  }

  public static long sizeBytes(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + SIZE_AT);
  }

  public static long chunkBytes(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + CHUNK_AT);
  }

  /// How many ranges the file has.
  public static int ranges(MemorySegment message, long at) {
    return message.get(Wire.INT, at + TOTAL_AT);
  }

  /// How many ranges are in this answer.
  public static int count(MemorySegment message, long at) {
    return message.get(Wire.INT, at + COUNT_AT);
  }

  /// Writes size and chunk of the file.
  public static void file(MemorySegment message, long at, long sizeBytes, long chunkBytes) {
    message.set(Wire.LONG, at + SIZE_AT, sizeBytes);
    message.set(Wire.LONG, at + CHUNK_AT, chunkBytes);
  }

  /// Writes how many ranges there are, and how many of them are here.
  public static void counts(MemorySegment message, long at, int ranges, int count) {
    message.set(Wire.INT, at + TOTAL_AT, ranges);
    message.set(Wire.INT, at + COUNT_AT, count);
  }

  /// Writes a range.
  ///
  /// @param i its place in this answer
  public static void range(MemorySegment message, long at, int i, DeviceRange range, UUID device) {
    long place = place(at, i);
    message.set(Wire.INT, place, range.daxdevIndex());
    UuidCodec.write(message, place + UUID_AT, device);
    message.set(Wire.LONG, place + OFFSET_AT, range.offset());
    message.set(Wire.LONG, place + LENGTH_AT, range.lengthBytes());
  }

  /// A range of this answer.
  public static DeviceRange range(MemorySegment message, long at, int i) {
    long place = place(at, i);
    return new DeviceRange(
        message.get(Wire.INT, place),
        message.get(Wire.LONG, place + OFFSET_AT),
        message.get(Wire.LONG, place + LENGTH_AT));
  }

  /// The uuid of the device of a range of this answer.
  public static UUID device(MemorySegment message, long at, int i) {
    return UuidCodec.read(message, place(at, i) + UUID_AT);
  }

  /// Reverses the bytes of every number in an answer.
  public static void reverse(MemorySegment message, long at) {
    FIELDS.reverse(message, at, at + BYTES);
    for (int i = 0; i < MAX_RANGES; i++) {
      long place = place(at, i);
      RANGE_HEAD.reverse(message, place, at + BYTES);
      RANGE_TAIL.reverse(message, place + OFFSET_AT, at + BYTES);
    }
  }

  private static long place(long at, int i) {
    return at + RANGES_AT + (long) i * RANGE_BYTES;
  }
}
