package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of RELEASE and RELEASEDIR (`struct fuse_release_in`).
///
/// ```text
/// offset size  field                meaning
///      0    8  fh                   file handle
///      8    4  flags                flags of open(2)
///     12    4  release_flags        FUSE_RELEASE flags
///     16    8  lock_owner           lock owner
/// ```
///
/// `at` is where the structure begins in the message.
public final class ReleaseIn {
  /// Release flag: the owner gives up its lock of the whole file (`FUSE_RELEASE_FLOCK_UNLOCK`).
  public static final int FLOCK_UNLOCK = 2;

  /// Size of the structure.
  public static final int BYTES = 24;

  /// The fields in their order.
  public static final Fields FIELDS =
      Fields.of("fh:8 flags:4 release_flags:4:release lock_owner:8").openFlags("flags");

  private static final int FH = 0;
  private static final int FLAGS = 8;
  private static final int RELEASE_FLAGS = 12;
  private static final int LOCK_OWNER = 16;

  private ReleaseIn() {}

  /// File handle.
  public static long fh(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + FH);
  }

  /// Writes: file handle.
  public static void fh(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + FH, value);
  }

  /// Flags of open(2).
  public static int flags(MemorySegment message, long at) {
    return message.get(Wire.INT, at + FLAGS);
  }

  /// Writes: flags of open(2).
  public static void flags(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + FLAGS, value);
  }

  /// FUSE_RELEASE flags.
  public static int releaseFlags(MemorySegment message, long at) {
    return message.get(Wire.INT, at + RELEASE_FLAGS);
  }

  /// Writes: FUSE_RELEASE flags.
  public static void releaseFlags(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + RELEASE_FLAGS, value);
  }

  /// Lock owner.
  public static long lockOwner(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + LOCK_OWNER);
  }

  /// Writes: lock owner.
  public static void lockOwner(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + LOCK_OWNER, value);
  }
}
