package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Reply to STATX (`struct fuse_statx_out`, with `struct fuse_statx` and `struct fuse_sx_time`).
///
/// ```text
/// offset size  field                meaning
///      0    8  attr_valid           how long the attributes may be kept, seconds
///      8    4  attr_valid_nsec      and nanoseconds
///     12    4  flags                0
///     16   16  spare
///     32    4  mask                 STATX bits of the fields that are given
///     36    4  blksize              preferred size of an access in bytes
///     40    8  attributes           STATX_ATTR flags
///     48    4  nlink                number of names
///     52    4  uid                  owner
///     56    4  gid                  group
///     60    2  mode                 type and permission bits
///     62    2  spare0
///     64    8  ino                  inode number, here the nodeid
///     72    8  size                 file size in bytes
///     80    8  blocks               space taken in units of 512 bytes
///     88    8  attributes_mask      STATX_ATTR flags that are known
///     96   16  atime                last access: i64 seconds, u32 nanoseconds, 4 bytes of padding
///    112   16  btime                when it was made, as above
///    128   16  ctime                last change of the inode, as above
///    144   16  mtime                last change of data, as above
///    160    8  rdev                 u32 major, u32 minor of a device file
///    168    8  dev                  u32 major, u32 minor of the file system
///    176  112  spare2
/// ```
///
/// `at` is where the structure begins in the message. What is not written is 0.
public final class StatxOut {
  /// Size of the structure.
  public static final int BYTES = 288;

  /// The fields in their order.
  public static final Fields FIELDS =
      Fields.of(
          "attr_valid:8 attr_valid_nsec:4 flags:4 spare:8 spare:8 mask:4 blksize:4 attributes:8 "
              + "nlink:4 uid:4 gid:4 mode:2 spare0:2 ino:8 size:8 blocks:8 attributes_mask:8 "
              + "atime:8 atimensec:4 padding:4 btime:8 btimensec:4 padding:4 "
              + "ctime:8 ctimensec:4 padding:4 mtime:8 mtimensec:4 padding:4 "
              + "rdev_major:4 rdev_minor:4 dev_major:4 dev_minor:4"
              + " spare2:8".repeat(14));

  /// Bits of `mask`: all that stat(2) gives, which is all that this server knows of a file.
  public static final int BASIC_STATS = 0x7ff;

  private static final int ATTR_VALID = 0;
  private static final int ATTR_VALID_NSEC = 8;
  private static final int MASK = 32;
  private static final int BLKSIZE = 36;
  private static final int NLINK = 48;
  private static final int UID = 52;
  private static final int GID = 56;
  private static final int MODE = 60;
  private static final int INO = 64;
  private static final int SIZE = 72;
  private static final int BLOCKS = 80;
  private static final int ATIME = 96;
  private static final int CTIME = 128;
  private static final int MTIME = 144;
  private static final int NSEC = 8;

  private StatxOut() {}

  /// Writes: STATX bits of the fields that are given.
  public static void mask(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + MASK, value);
  }

  /// STATX bits of the fields that are given.
  public static int mask(MemorySegment message, long at) {
    return message.get(Wire.INT, at + MASK);
  }

  /// Type and permission bits.
  public static int mode(MemorySegment message, long at) {
    return Short.toUnsignedInt(message.get(Wire.SHORT, at + MODE));
  }

  /// File size in bytes.
  public static long size(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + SIZE);
  }

  /// Fills it from a reply to GETATTR: the same attributes, kept for the same time.
  ///
  /// @param attributes where the [AttrOut] is
  /// @param attrAt where it begins there
  public static void from(MemorySegment message, long at, MemorySegment attributes, long attrAt) {
    message.asSlice(at, BYTES).fill((byte) 0);
    message.set(Wire.LONG, at + ATTR_VALID, AttrOut.attrValid(attributes, attrAt));
    message.set(Wire.INT, at + ATTR_VALID_NSEC, AttrOut.attrValidNsec(attributes, attrAt));
    long attr = attrAt + AttrOut.ATTR_OFFSET;
    mask(message, at, BASIC_STATS);
    message.set(Wire.INT, at + BLKSIZE, Attr.blksize(attributes, attr));
    message.set(Wire.INT, at + NLINK, Attr.nlink(attributes, attr));
    message.set(Wire.INT, at + UID, Attr.uid(attributes, attr));
    message.set(Wire.INT, at + GID, Attr.gid(attributes, attr));
    message.set(Wire.SHORT, at + MODE, (short) Attr.mode(attributes, attr));
    message.set(Wire.LONG, at + INO, Attr.ino(attributes, attr));
    message.set(Wire.LONG, at + SIZE, Attr.size(attributes, attr));
    message.set(Wire.LONG, at + BLOCKS, Attr.blocks(attributes, attr));
    message.set(Wire.LONG, at + ATIME, Attr.atime(attributes, attr));
    message.set(Wire.INT, at + ATIME + NSEC, Attr.atimensec(attributes, attr));
    message.set(Wire.LONG, at + CTIME, Attr.ctime(attributes, attr));
    message.set(Wire.INT, at + CTIME + NSEC, Attr.ctimensec(attributes, attr));
    message.set(Wire.LONG, at + MTIME, Attr.mtime(attributes, attr));
    message.set(Wire.INT, at + MTIME + NSEC, Attr.mtimensec(attributes, attr));
  }
}
