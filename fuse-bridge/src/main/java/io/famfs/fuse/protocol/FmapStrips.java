package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// An interleaved extent in a reply to GET_FMAP; its strips ([FmapExtent]) follow it.
///
/// ```text
/// offset size  field                meaning
///      0    4  nstrips              strips that follow
///      4    4  chunk_size           bytes in a strip before the next one continues
///      8    8  nbytes               bytes of the file that are mapped
///     16    8  reserved
/// ```
///
/// `at` is where the structure begins in the message.
public final class FmapStrips {
  /// Size of the structure.
  public static final int BYTES = 24;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("nstrips:4 chunk_size:4 nbytes:8 reserved:8");

  private static final int NSTRIPS = 0;
  private static final int CHUNK_SIZE = 4;
  private static final int NBYTES = 8;
  private static final int RESERVED = 16;

  private FmapStrips() {}

  /// Writes all fields.
  ///
  /// @param chunkBytes below 2^32
  public static void write(
      MemorySegment message, long at, int strips, long chunkBytes, long mappedBytes) {
    message.set(Wire.INT, at + NSTRIPS, strips);
    message.set(Wire.INT, at + CHUNK_SIZE, (int) chunkBytes);
    message.set(Wire.LONG, at + NBYTES, mappedBytes);
    message.set(Wire.LONG, at + RESERVED, 0);
  }

  /// Strips that follow.
  public static int nstrips(MemorySegment message, long at) {
    return message.get(Wire.INT, at + NSTRIPS);
  }

  /// Bytes in a strip before the next one continues, unsigned.
  public static int chunkSize(MemorySegment message, long at) {
    return message.get(Wire.INT, at + CHUNK_SIZE);
  }

  /// Bytes of the file that are mapped.
  public static long nbytes(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + NBYTES);
  }
}
