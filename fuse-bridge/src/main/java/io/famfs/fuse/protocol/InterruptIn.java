package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of INTERRUPT (`struct fuse_interrupt_in`).
///
/// ```text
/// offset size  field                meaning
///      0    8  unique               the request that nobody waits for any more
/// ```
public final class InterruptIn {
  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("unique:8");

  private static final int UNIQUE = 0;

  private InterruptIn() {}

  /// The request that nobody waits for any more.
  public static long unique(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + UNIQUE);
  }
}
