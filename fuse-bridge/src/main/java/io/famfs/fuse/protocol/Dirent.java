package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// One entry of a directory listing (`struct fuse_dirent`), followed by the name and zeros up to a
/// multiple of 8 bytes.
///
/// ```text
/// offset size  field                meaning
///      0    8  ino                  inode number
///      8    8  offset               cookie to continue behind this entry
///     16    4  namelen              bytes of the name
///     20    4  type                 file type, the upper four bits of the mode
/// ```
///
/// `at` is where the structure begins in the message.
public final class Dirent {
  /// Size of the structure.
  public static final int BYTES = 24;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("ino:8 off:8 namelen:4 type:4");

  private static final int INO = 0;
  private static final int OFFSET = 8;
  private static final int NAMELEN = 16;
  private static final int TYPE = 20;

  private Dirent() {}

  /// Inode number.
  public static long ino(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + INO);
  }

  /// Writes: inode number.
  public static void ino(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + INO, value);
  }

  /// Cookie to continue behind this entry.
  public static long offset(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + OFFSET);
  }

  /// Writes: cookie to continue behind this entry.
  public static void offset(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + OFFSET, value);
  }

  /// Bytes of the name.
  public static int namelen(MemorySegment message, long at) {
    return message.get(Wire.INT, at + NAMELEN);
  }

  /// Writes: bytes of the name.
  public static void namelen(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + NAMELEN, value);
  }

  /// File type, the upper four bits of the mode.
  public static int type(MemorySegment message, long at) {
    return message.get(Wire.INT, at + TYPE);
  }

  /// Writes: file type, the upper four bits of the mode.
  public static void type(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + TYPE, value);
  }

  /// The size an entry takes in a listing.
  public static int sizeBytes(int nameLength) {
    return (BYTES + nameLength + 7) & -8;
  }
}
