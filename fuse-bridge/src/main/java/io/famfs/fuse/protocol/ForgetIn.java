package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Arguments of FORGET (`struct fuse_forget_in`).
///
/// ```text
/// offset size  field                meaning
///      0    8  nlookup              lookups to be taken back
/// ```
///
/// `at` is where the structure begins in the message.
public final class ForgetIn {
  /// Size of the structure.
  public static final int BYTES = 8;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("nlookup:8");

  private static final int NLOOKUP = 0;

  private ForgetIn() {}

  /// Lookups to be taken back.
  public static long nlookup(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + NLOOKUP);
  }

  /// Writes: lookups to be taken back.
  public static void nlookup(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + NLOOKUP, value);
  }
}
