package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Reply to GET_FMAP: this header, then the map of the file.
///
/// ```text
/// offset size  field                meaning
///      0    1  file_type            0, a regular file; kernels ignore it
///      1    1  reserved
///      2    2  fmap_version         1
///      4    4  ext_type             0 simple, 1 interleaved
///      8    4  nextents             simple extents, or interleaved ones
///     12    4  fmap_size            length of the whole message, this header included
///     16    8  file_size            size of the file
///     24    8  reserved1
/// ```
///
/// A simple map goes on with `nextents` times [FmapExtent]; an interleaved one with `nextents`
/// times [FmapStrips], each followed by its strips.
///
/// `at` is where the structure begins in the message.
public final class FmapOut {
  /// Size of the header.
  public static final int BYTES = 32;

  /// The fields in their order.
  public static final Fields FIELDS =
      Fields.of(
          "file_type:1 reserved:1 fmap_version:2 ext_type:4 nextents:4 fmap_size:4 file_size:8 "
              + "reserved1:8");

  /// `ext_type`: extents follow each other in the file.
  public static final int SIMPLE = 0;

  /// `ext_type`: chunks of the file are dealt out to strips.
  public static final int INTERLEAVED = 1;

  /// Most bytes of a whole message that a kernel which says how much it has room for takes.
  public static final int MAX_BYTES = 16 << 20;

  /// Room of a kernel that does not say.
  public static final int PAGE_BYTES = 4096;

  private static final byte REGULAR_FILE = 0;
  private static final short VERSION = 1;

  private static final int FILE_TYPE = 0;
  private static final int RESERVED = 1;
  private static final int FMAP_VERSION = 2;
  private static final int EXT_TYPE = 4;
  private static final int NEXTENTS = 8;
  private static final int FMAP_SIZE = 12;
  private static final int FILE_SIZE = 16;
  private static final int RESERVED1 = 24;

  private FmapOut() {}

  /// Writes the header of a regular file's map.
  ///
  /// @param extType [#SIMPLE] or [#INTERLEAVED]
  /// @param extents how many of that type
  /// @param fmapBytes length of the whole message
  /// @param fileBytes size of the file
  public static void write(
      MemorySegment message, long at, int extType, int extents, int fmapBytes, long fileBytes) {
    message.set(ValueLayout.JAVA_BYTE, at + FILE_TYPE, REGULAR_FILE);
    message.set(ValueLayout.JAVA_BYTE, at + RESERVED, (byte) 0);
    message.set(Wire.SHORT, at + FMAP_VERSION, VERSION);
    message.set(Wire.INT, at + EXT_TYPE, extType);
    message.set(Wire.INT, at + NEXTENTS, extents);
    message.set(Wire.INT, at + FMAP_SIZE, fmapBytes);
    message.set(Wire.LONG, at + FILE_SIZE, fileBytes);
    message.set(Wire.LONG, at + RESERVED1, 0);
  }

  /// Simple or interleaved.
  public static int extType(MemorySegment message, long at) {
    return message.get(Wire.INT, at + EXT_TYPE);
  }

  /// How many extents of that type.
  public static int nextents(MemorySegment message, long at) {
    return message.get(Wire.INT, at + NEXTENTS);
  }

  /// Length of the whole message.
  public static int fmapSize(MemorySegment message, long at) {
    return message.get(Wire.INT, at + FMAP_SIZE);
  }

  /// Size of the file.
  public static long fileSize(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + FILE_SIZE);
  }

  /// Reverses the bytes of every field behind a little-endian header, for a peer of the other byte
  /// order. The header itself stays as it is.
  ///
  /// @param end end of the message
  public static void reverseExtents(MemorySegment message, long at, long end) {
    boolean interleaved = extType(message, at) == INTERLEAVED;
    long next = at + BYTES;
    while (next < end) {
      int strips = 1;
      if (interleaved) {
        strips = FmapStrips.nstrips(message, next);
        FmapStrips.FIELDS.reverse(message, next, end);
        next += FmapStrips.BYTES;
      }
      for (int i = 0; i < strips && next < end; i++) {
        FmapExtent.FIELDS.reverse(message, next, end);
        next += FmapExtent.BYTES;
      }
    }
  }
}
