package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;

/// The header of every request (`struct fuse_in_header`).
///
/// ```text
/// offset size  field                meaning
///      0    4  len                  bytes of the whole request, this header included
///      4    4  opcode               what is asked
///      8    8  unique               identifies the request; comes back in the reply
///     16    8  nodeid               the file the request is about
///     24    4  uid                  user id of the caller, as the peer says
///     28    4  gid                  group id of the caller, as the peer says
///     32    4  pid                  thread id of the caller, as the peer says
///     36    2  total_extlen         length of the extensions at the end of the request, in units of 8 bytes
///     38    2  padding
/// ```
///
/// `at` is where the structure begins in the message.
public final class InHeader {
  /// Size of the structure.
  public static final int BYTES = 40;

  /// The fields in their order.
  public static final Fields FIELDS =
      Fields.of("len:4 opcode:4 unique:8 nodeid:8 uid:4 gid:4 pid:4 total_extlen:2 padding:2");

  private static final int LEN = 0;
  private static final int OPCODE = 4;
  private static final int UNIQUE = 8;
  private static final int NODEID = 16;
  private static final int UID = 24;
  private static final int GID = 28;
  private static final int PID = 32;
  private static final int TOTAL_EXTLEN = 36;

  private InHeader() {}

  /// Bytes of the whole request, this header included.
  public static int len(MemorySegment message, long at) {
    return message.get(Wire.INT, at + LEN);
  }

  /// Writes: bytes of the whole request, this header included.
  public static void len(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + LEN, value);
  }

  /// What is asked.
  public static int opcode(MemorySegment message, long at) {
    return message.get(Wire.INT, at + OPCODE);
  }

  /// Writes: what is asked.
  public static void opcode(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + OPCODE, value);
  }

  /// Identifies the request; comes back in the reply.
  public static long unique(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + UNIQUE);
  }

  /// Writes: identifies the request; comes back in the reply.
  public static void unique(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + UNIQUE, value);
  }

  /// The file the request is about.
  public static long nodeid(MemorySegment message, long at) {
    return message.get(Wire.LONG, at + NODEID);
  }

  /// Writes: the file the request is about.
  public static void nodeid(MemorySegment message, long at, long value) {
    message.set(Wire.LONG, at + NODEID, value);
  }

  /// User id of the caller, as the peer says.
  public static int uid(MemorySegment message, long at) {
    return message.get(Wire.INT, at + UID);
  }

  /// Writes: user id of the caller, as the peer says.
  public static void uid(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + UID, value);
  }

  /// Group id of the caller, as the peer says.
  public static int gid(MemorySegment message, long at) {
    return message.get(Wire.INT, at + GID);
  }

  /// Writes: group id of the caller, as the peer says.
  public static void gid(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + GID, value);
  }

  /// Thread id of the caller, as the peer says.
  public static int pid(MemorySegment message, long at) {
    return message.get(Wire.INT, at + PID);
  }

  /// Writes: thread id of the caller, as the peer says.
  public static void pid(MemorySegment message, long at, int value) {
    message.set(Wire.INT, at + PID, value);
  }

  /// Length of the extensions at the end of the request, in units of 8 bytes.
  public static short totalExtlen(MemorySegment message, long at) {
    return message.get(Wire.SHORT, at + TOTAL_EXTLEN);
  }

  /// Writes: length of the extensions at the end of the request, in units of 8 bytes.
  public static void totalExtlen(MemorySegment message, long at, short value) {
    message.set(Wire.SHORT, at + TOTAL_EXTLEN, value);
  }
}
