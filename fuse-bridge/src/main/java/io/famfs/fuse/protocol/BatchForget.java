package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of BATCH_FORGET (`struct fuse_batch_forget_in`), followed by pairs of u64 nodeid and
/// u64 nlookup.
///
/// ```text
/// offset size  field                meaning
///      0    4  count                number of pairs
///      4    4  dummy
/// ```
///
/// `at` is where the structure begins in the message.
public final class BatchForget {
  /// Size of the structure.
  public static final int BYTES = 8;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("count:4 dummy:4");

  private static final int COUNT = 0;

  private BatchForget() {}

  /// Number of pairs.
  public static int count(MemorySegment message, long at) {
    return message.get(Wire.INT, at + COUNT);
  }

  /// Writes: number of pairs.
  public static void count(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + COUNT, value);
  }

  /// Size of one pair.
  public static final int ENTRY_BYTES = 16;
}
