package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Where the bytes of a file lie, behind the fixed body of the replies to OPEN and LOOKUP of a
/// client that has agreed on it in INIT.
///
/// ```text
/// offset size  field                meaning
///      0    4  count                extents of the file
///      4    4  flags                why no extents follow; 0 when they do
///      8    8  file_size            size of the file
///     16   24  extents              count times
/// ```
///
/// An extent:
///
/// ```text
///      0    4  backing_id           index of the device, see DaxdevOut
///      4    4  flags                0
///      8    8  offset               first byte on the device
///     16    8  length               bytes
/// ```
///
/// The extents follow each other in the file and are disjoint; together they are at least
/// `file_size` long. A directory has none.
///
/// `at` is where the list begins in the message.
public final class ReplyExtents {
  /// Size of the list without extents.
  public static final int HEADER_BYTES = 16;

  /// Size of one extent.
  public static final int EXTENT_BYTES = 24;

  /// Most extents of a reply: a list is at most 4 KiB.
  public static final int MAX_EXTENTS = (4096 - HEADER_BYTES) / EXTENT_BYTES;

  /// The list had no room in the reply, or is longer than [#MAX_EXTENTS]: GET_FMAP has it.
  public static final int TRUNCATED = 1;

  /// The file is still being made: its extents are known when it is opened after that.
  public static final int NOT_FINAL = 1 << 1;

  /// Memory of the file is bad: it is not to be mapped, and READ gives what is left.
  public static final int BAD_MEMORY = 1 << 2;

  private static final int ALL_FLAGS = TRUNCATED | NOT_FINAL | BAD_MEMORY;

  /// The fields in front of the extents.
  public static final Fields FIELDS = Fields.of("count:4 flags:4 file_size:8");

  /// The fields of one extent.
  public static final Fields EXTENT = Fields.of("backing_id:4 flags:4 offset:8 length:8");

  private static final int COUNT = 0;
  private static final int FLAGS = 4;
  private static final int FILE_SIZE = 8;

  private ReplyExtents() {}

  /// One extent as a client sees it.
  ///
  /// @param backingId which device
  /// @param offset first byte on it
  /// @param lengthBytes number of bytes, more than 0
  public record Extent(int backingId, long offset, long lengthBytes) {}

  /// A list as a client sees it.
  ///
  /// @param count how many extents the file has
  /// @param flags [#TRUNCATED], [#NOT_FINAL], [#BAD_MEMORY]
  /// @param fileBytes size of the file
  /// @param extents all of them; none with a flag
  public record Decoded(int count, int flags, long fileBytes, List<Extent> extents) {}

  /// Writes what stands in front of the extents.
  public static void header(MemorySegment message, long at, int count, int flags, long fileBytes) {
    message.set(Wire.INT, at + COUNT, count);
    message.set(Wire.INT, at + FLAGS, flags);
    message.set(Wire.LONG, at + FILE_SIZE, fileBytes);
  }

  /// Writes an extent, which is laid out as in GET_FMAP.
  public static void extent(
      MemorySegment message, long at, int index, int backingId, long offset, long lengthBytes) {
    FmapExtent.write(message, extentAt(at, index), backingId, offset, lengthBytes);
  }

  private static long extentAt(long at, int index) {
    return at + HEADER_BYTES + (long) index * EXTENT_BYTES;
  }

  /// Reverses the bytes of every field of a little-endian list, for a peer of the other byte order.
  ///
  /// @param end end of the message
  public static void reverse(MemorySegment message, long at, long end) {
    FIELDS.reverse(message, at, end);
    for (long next = at + HEADER_BYTES; next < end; next += EXTENT_BYTES) {
      EXTENT.reverse(message, next, end);
    }
  }

  /// Reads a little-endian list, for clients.
  ///
  /// @param at where it begins: behind the fixed body
  /// @param end end of the reply
  /// @throws IllegalArgumentException when it is none: cut, longer than it says, or with a count,
  ///   flags, a size or an extent that cannot be
  public static Decoded decode(MemorySegment message, long at, long end) {
    if (end - at < HEADER_BYTES) {
      throw new IllegalArgumentException("a list of " + (end - at) + " bytes has no header");
    }
    int count = message.get(Wire.INT, at + COUNT);
    int flags = message.get(Wire.INT, at + FLAGS);
    long fileBytes = message.get(Wire.LONG, at + FILE_SIZE);
    int present = flags == 0 ? count : 0;
    if (count < 0 || (flags & ~ALL_FLAGS) != 0 || fileBytes < 0) {
      throw new IllegalArgumentException(
          "count " + count + ", flags " + flags + ", size " + fileBytes);
    }
    if (present > MAX_EXTENTS || end - at != HEADER_BYTES + (long) present * EXTENT_BYTES) {
      throw new IllegalArgumentException(
          "a list of " + (end - at) + " bytes does not hold " + present + " extents");
    }
    List<Extent> extents = new ArrayList<>();
    long mapped = 0;
    for (int i = 0; i < present; i++) {
      Extent extent = extent(message, extentAt(at, i));
      extents.add(extent);
      mapped += Math.min(extent.lengthBytes(), Long.MAX_VALUE - mapped);
    }
    if (present > 0 && mapped < fileBytes) {
      throw new IllegalArgumentException(mapped + " bytes of extents, a file of " + fileBytes);
    }
    return new Decoded(count, flags, fileBytes, List.copyOf(extents));
  }

  private static Extent extent(MemorySegment message, long at) {
    long offset = FmapExtent.offset(message, at);
    long length = FmapExtent.len(message, at);
    int backingId = FmapExtent.devindex(message, at);
    if (offset < 0 || length <= 0 || offset > Long.MAX_VALUE - length || backingId < 0) {
      throw new IllegalArgumentException(
          "extent of " + length + " bytes at byte " + offset + " of device " + backingId);
    }
    return new Extent(backingId, offset, length);
  }
}
