package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// A lock in requests, and the reply to GETLK (`struct fuse_file_lock`).
///
/// ```text
/// offset size  field                meaning
///      0    8  start                first byte
///      8    8  end                  last byte; the largest signed number for the end of the file
///     16    4  type                 F_RDLCK, F_WRLCK or F_UNLCK in the numbers of the client
///     20    4  pid                  process id of the owner, 0 when it gives locks back
/// ```
///
/// `at` is where the structure begins in the message.
public final class LkOut {
  /// Size of the structure.
  public static final int BYTES = 24;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("start:8 end:8 type:4 pid:4");

  private static final int START = 0;
  private static final int END = 8;
  private static final int TYPE = 16;
  private static final int PID = 20;

  private LkOut() {}

  /// First byte.
  public static long start(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + START);
  }

  /// Last byte.
  public static long end(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + END);
  }

  /// Type in the numbers of the client.
  public static int type(MemorySegment message, long at) {
    return message.get(Wire.INT, at + TYPE);
  }

  /// Process id.
  public static int pid(MemorySegment message, long at) {
    return message.get(Wire.INT, at + PID);
  }

  /// Writes the bytes.
  public static void range(MemorySegment message, long at, long start, long end) {
    message.set(Wire.LONG, at + START, start);
    message.set(Wire.LONG, at + END, end);
  }

  /// Writes type and process id.
  public static void holder(MemorySegment message, long at, int type, int pid) {
    message.set(Wire.INT, at + TYPE, type);
    message.set(Wire.INT, at + PID, pid);
  }
}
