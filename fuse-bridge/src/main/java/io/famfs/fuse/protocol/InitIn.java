package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of INIT (`struct fuse_init_in`); peers before 7.36 send the first 16 bytes.
///
/// ```text
/// offset size  field                meaning
///      0    4  major                protocol major version the peer speaks
///      4    4  minor                highest minor version the peer speaks
///      8    4  max_readahead        most bytes the peer will read ahead
///     12    4  flags                offered features, bits 0 to 31
///     16    4  flags2               offered features, bits 32 to 63
///     20    4  arch_id              hash of the machine's name, proposed and not in Linux; else 0
///     24   40  unused
/// ```
///
/// `at` is where the structure begins in the message.
public final class InitIn {
  /// Size of the structure.
  public static final int BYTES = 64;

  /// The fields in their order.
  public static final Fields FIELDS =
      Fields.of(
          "major:4 minor:4 max_readahead:4 flags:4:init flags2:4:init2 arch_id:4 unused:4 unused:4 "
              + "unused:4 unused:4 unused:4 unused:4 unused:4 unused:4 unused:4 unused:4");

  private static final int MAJOR = 0;
  private static final int MINOR = 4;
  private static final int MAX_READAHEAD = 8;
  private static final int FLAGS = 12;
  private static final int FLAGS2 = 16;
  private static final int ARCH_ID = 20;

  private InitIn() {}

  /// Protocol major version the peer speaks.
  public static int major(MemorySegment message, long at) {
    return message.get(Wire.INT, at + MAJOR);
  }

  /// Writes: protocol major version the peer speaks.
  public static void major(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + MAJOR, value);
  }

  /// Highest minor version the peer speaks.
  public static int minor(MemorySegment message, long at) {
    return message.get(Wire.INT, at + MINOR);
  }

  /// Writes: highest minor version the peer speaks.
  public static void minor(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + MINOR, value);
  }

  /// Most bytes the peer will read ahead.
  public static int maxReadahead(MemorySegment message, long at) {
    return message.get(Wire.INT, at + MAX_READAHEAD);
  }

  /// Writes: most bytes the peer will read ahead.
  public static void maxReadahead(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + MAX_READAHEAD, value);
  }

  /// Offered features, bits 0 to 31.
  public static int flags(MemorySegment message, long at) {
    return message.get(Wire.INT, at + FLAGS);
  }

  /// Writes: offered features, bits 0 to 31.
  public static void flags(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + FLAGS, value);
  }

  /// Offered features, bits 32 to 63.
  public static int flags2(MemorySegment message, long at) {
    return message.get(Wire.INT, at + FLAGS2);
  }

  /// Writes: offered features, bits 32 to 63.
  public static void flags2(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + FLAGS2, value);
  }

  /// Hash of the machine's name, 0 when not told.
  public static int archId(MemorySegment message, long at) {
    return message.get(Wire.INT, at + ARCH_ID);
  }

  /// Offset of `arch_id`.
  public static final int ARCH_ID_OFFSET = ARCH_ID;

  /// Size of the structure before 7.36, and of what every peer sends at least.
  public static final int SHORT_BYTES = 16;

  /// Offset of `flags2`.
  public static final int FLAGS2_OFFSET = FLAGS2;
}
