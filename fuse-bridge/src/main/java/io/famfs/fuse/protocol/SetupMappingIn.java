package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of SETUPMAPPING (`struct fuse_setupmapping_in`).
///
/// ```text
/// offset size  field                meaning
///      0    8  fh                   file handle; Linux sends all ones
///      8    8  foffset              file offset
///     16    8  len                  bytes
///     24    8  flags                MAP flags
///     32    8  moffset              window offset
/// ```
///
/// `at` is where the structure begins in the message.
public final class SetupMappingIn {
  /// Size of the structure.
  public static final int BYTES = 40;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("fh:8 foffset:8 len:8 flags:8:map moffset:8");

  private static final int FH = 0;
  private static final int FOFFSET = 8;
  private static final int LEN = 16;
  private static final int FLAGS = 24;
  private static final int MOFFSET = 32;

  private SetupMappingIn() {}

  /// File handle; Linux sends all ones.
  public static long fh(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + FH);
  }

  /// Writes: file handle; Linux sends all ones.
  public static void fh(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + FH, value);
  }

  /// File offset.
  public static long foffset(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + FOFFSET);
  }

  /// Writes: file offset.
  public static void foffset(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + FOFFSET, value);
  }

  /// Bytes.
  public static long len(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + LEN);
  }

  /// Writes: bytes.
  public static void len(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + LEN, value);
  }

  /// MAP flags.
  public static long flags(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + FLAGS);
  }

  /// Writes: MAP flags.
  public static void flags(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + FLAGS, value);
  }

  /// Window offset.
  public static long moffset(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + MOFFSET);
  }

  /// Writes: window offset.
  public static void moffset(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + MOFFSET, value);
  }

  /// Bit of `flags`: the range will be stored to.
  public static final long WRITE = 1;

  /// Bit of `flags`: the range will be loaded from.
  public static final long READ = 1 << 1;
}
