package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Reply to GETATTR and SETATTR (`struct fuse_attr_out`).
///
/// ```text
/// offset size  field                meaning
///      0    8  attr_valid           how long the attributes may be kept, seconds
///      8    4  attr_valid_nsec      nanoseconds of attr_valid
///     12    4  dummy                zero
///     16   88  attr                 the attributes, see Attr
/// ```
///
/// `at` is where the structure begins in the message.
public final class AttrOut {
  /// Size of the structure.
  public static final int BYTES = 104;

  /// The fields in their order.
  public static final Fields FIELDS =
      Fields.of("attr_valid:8 attr_valid_nsec:4 dummy:4").then(Attr.FIELDS);

  private static final int ATTR_VALID = 0;
  private static final int ATTR_VALID_NSEC = 8;
  private static final int DUMMY = 12;

  private AttrOut() {}

  /// How long the attributes may be kept, seconds.
  public static long attrValid(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + ATTR_VALID);
  }

  /// Writes: how long the attributes may be kept, seconds.
  public static void attrValid(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + ATTR_VALID, value);
  }

  /// Nanoseconds of attr_valid.
  public static int attrValidNsec(MemorySegment message, long at) {
    return message.get(Wire.INT, at + ATTR_VALID_NSEC);
  }

  /// Writes: nanoseconds of attr_valid.
  public static void attrValidNsec(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + ATTR_VALID_NSEC, value);
  }

  /// Writes: zero.
  public static void dummy(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + DUMMY, value);
  }

  /// Offset of the attributes.
  public static final int ATTR_OFFSET = 16;
}
