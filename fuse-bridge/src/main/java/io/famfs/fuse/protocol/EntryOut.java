package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// Reply to LOOKUP (`struct fuse_entry_out`).
///
/// ```text
/// offset size  field                meaning
///      0    8  nodeid               the file; 0 says that the name does not exist
///      8    8  generation           tells apart two uses of one nodeid
///     16    8  entry_valid          how long the name may be kept, seconds
///     24    8  attr_valid           how long the attributes may be kept, seconds
///     32    4  entry_valid_nsec     nanoseconds of entry_valid
///     36    4  attr_valid_nsec      nanoseconds of attr_valid
///     40   88  attr                 the attributes, see Attr
/// ```
///
/// `at` is where the structure begins in the message.
public final class EntryOut {
  /// Size of the structure.
  public static final int BYTES = 128;

  /// The fields in their order.
  public static final Fields FIELDS =
      Fields.of(
              "nodeid:8 generation:8 entry_valid:8 attr_valid:8 entry_valid_nsec:4 "
                  + "attr_valid_nsec:4")
          .then(Attr.FIELDS);

  private static final int NODEID = 0;
  private static final int GENERATION = 8;
  private static final int ENTRY_VALID = 16;
  private static final int ATTR_VALID = 24;
  private static final int ENTRY_VALID_NSEC = 32;
  private static final int ATTR_VALID_NSEC = 36;

  private EntryOut() {}

  /// The file; 0 says that the name does not exist.
  public static long nodeid(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + NODEID);
  }

  /// Writes: the file; 0 says that the name does not exist.
  public static void nodeid(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + NODEID, value);
  }

  /// Tells apart two uses of one nodeid.
  public static long generation(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + GENERATION);
  }

  /// Writes: tells apart two uses of one nodeid.
  public static void generation(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + GENERATION, value);
  }

  /// How long the name may be kept, seconds.
  public static long entryValid(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + ENTRY_VALID);
  }

  /// Writes: how long the name may be kept, seconds.
  public static void entryValid(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + ENTRY_VALID, value);
  }

  /// How long the attributes may be kept, seconds.
  public static long attrValid(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + ATTR_VALID);
  }

  /// Writes: how long the attributes may be kept, seconds.
  public static void attrValid(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + ATTR_VALID, value);
  }

  /// Nanoseconds of entry_valid.
  public static int entryValidNsec(MemorySegment message, long at) {
    return message.get(Wire.INT, at + ENTRY_VALID_NSEC);
  }

  /// Writes: nanoseconds of entry_valid.
  public static void entryValidNsec(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + ENTRY_VALID_NSEC, value);
  }

  /// Nanoseconds of attr_valid.
  public static int attrValidNsec(MemorySegment message, long at) {
    return message.get(Wire.INT, at + ATTR_VALID_NSEC);
  }

  /// Writes: nanoseconds of attr_valid.
  public static void attrValidNsec(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + ATTR_VALID_NSEC, value);
  }

  /// Offset of the attributes.
  public static final int ATTR_OFFSET = 40;
}
