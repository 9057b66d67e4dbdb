package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Reply to STATFS (`struct fuse_statfs_out`).
///
/// ```text
/// offset size  field                meaning
///      0    8  blocks               size of the file system in frsize units
///      8    8  bfree                free blocks
///     16    8  bavail               free blocks for users
///     24    8  files                inodes
///     32    8  ffree                free inodes
///     40    4  bsize                preferred block size
///     44    4  namelen              longest name in bytes
///     48    4  frsize               fragment size, the unit of blocks
///     52    4  padding
///     56   24  spare
/// ```
///
/// `at` is where the structure begins in the message.
public final class StatfsOut {
  /// Size of the structure.
  public static final int BYTES = 80;

  /// The fields in their order.
  public static final Fields FIELDS =
      Fields.of(
          "blocks:8 bfree:8 bavail:8 files:8 ffree:8 bsize:4 namelen:4 frsize:4 padding:4 "
              + "spare:4 spare:4 spare:4 spare:4 spare:4 spare:4");

  private static final int BLOCKS = 0;
  private static final int BFREE = 8;
  private static final int BAVAIL = 16;
  private static final int FILES = 24;
  private static final int FFREE = 32;
  private static final int BSIZE = 40;
  private static final int NAMELEN = 44;
  private static final int FRSIZE = 48;

  private StatfsOut() {}

  /// Size of the file system in frsize units.
  public static long blocks(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + BLOCKS);
  }

  /// Writes: size of the file system in frsize units.
  public static void blocks(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + BLOCKS, value);
  }

  /// Free blocks.
  public static long bfree(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + BFREE);
  }

  /// Writes: free blocks.
  public static void bfree(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + BFREE, value);
  }

  /// Free blocks for users.
  public static long bavail(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + BAVAIL);
  }

  /// Writes: free blocks for users.
  public static void bavail(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + BAVAIL, value);
  }

  /// Inodes.
  public static long files(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + FILES);
  }

  /// Writes: inodes.
  public static void files(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + FILES, value);
  }

  /// Free inodes.
  public static long ffree(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + FFREE);
  }

  /// Writes: free inodes.
  public static void ffree(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + FFREE, value);
  }

  /// Preferred block size.
  public static int bsize(MemorySegment message, long at) {
    return message.get(Wire.INT, at + BSIZE);
  }

  /// Writes: preferred block size.
  public static void bsize(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + BSIZE, value);
  }

  /// Longest name in bytes.
  public static int namelen(MemorySegment message, long at) {
    return message.get(Wire.INT, at + NAMELEN);
  }

  /// Writes: longest name in bytes.
  public static void namelen(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + NAMELEN, value);
  }

  /// Fragment size, the unit of blocks.
  public static int frsize(MemorySegment message, long at) {
    return message.get(Wire.INT, at + FRSIZE);
  }

  /// Writes: fragment size, the unit of blocks.
  public static void frsize(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + FRSIZE, value);
  }
}
