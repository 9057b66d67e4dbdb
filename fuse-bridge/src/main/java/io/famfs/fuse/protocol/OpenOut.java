package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Reply to OPEN and OPENDIR (`struct fuse_open_out`).
///
/// ```text
/// offset size  field                meaning
///      0    8  fh                   file handle
///      8    4  open_flags           FOPEN flags
///     12    4  backing_id           passthrough, not used
/// ```
///
/// `at` is where the structure begins in the message.
public final class OpenOut {
  /// Size of the structure.
  public static final int BYTES = 16;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("fh:8 open_flags:4:fopen backing_id:4");

  private static final int FH = 0;
  private static final int OPEN_FLAGS = 8;
  private static final int BACKING_ID = 12;

  private OpenOut() {}

  /// File handle.
  public static long fh(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + FH);
  }

  /// Writes: file handle.
  public static void fh(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + FH, value);
  }

  /// FOPEN flags.
  public static int openFlags(MemorySegment message, long at) {
    return message.get(Wire.INT, at + OPEN_FLAGS);
  }

  /// Writes: FOPEN flags.
  public static void openFlags(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + OPEN_FLAGS, value);
  }

  /// Passthrough, not used.
  public static int backingId(MemorySegment message, long at) {
    return message.get(Wire.INT, at + BACKING_ID);
  }

  /// Writes: passthrough, not used.
  public static void backingId(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + BACKING_ID, value);
  }

  /// Flag: read(2) and write(2) bypass the page cache.
  public static final int DIRECT_IO = 1;

  /// Flag: the page cache survives the open.
  public static final int KEEP_CACHE = 1 << 1;

  /// Flag: the peer may keep the listing of this directory.
  public static final int CACHE_DIR = 1 << 3;

  /// Flag: no FLUSH at close (7.35).
  public static final int NO_FLUSH = 1 << 5;

  /// Flag: direct writes inside the file may run in parallel (7.38).
  public static final int PARALLEL_DIRECT_WRITES = 1 << 6;
}
