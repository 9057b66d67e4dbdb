package io.famfs.fuse.server;

import io.famfs.fuse.protocol.Opcode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/// Turns messages between little-endian and big-endian by a description of its own: the widths of
/// the fields as `include/uapi/linux/fuse.h` has them. `*` repeats what follows it to the end of
/// the message; bytes that no width covers are names and data and stay as they are.
public final class BigEndian {
  /// Where `unique` is in a reply.
  public static final int UNIQUE_AT = 8;

  private static final String IN_HEADER = "4 4 8 8 4 4 4 2 2";
  private static final String OUT_HEADER = "4 4 8";
  private static final String ATTR = " 8 8 8 8 8 8 4 4 4 4 4 4 4 4 4 4";
  private static final String ENTRY = "8 8 8 8 4 4" + ATTR;
  private static final String ATTR_OUT = "8 4 4" + ATTR;
  private static final String READ = "8 8 4 4 8 4 4";
  private static final String FSYNC = "8 4 4";
  private static final String LOCK = "8 8 4 4";
  private static final String LOCK_IN = "8 8 " + LOCK + " 4 4";
  private static final String OPEN_OUT = "8 4 4";

  /// What clients that ask for it get behind a body.
  private static final String EXTENTS = " 4 4 8 * 4 4 8 8";

  private static final String STATX_OUT =
      "8 4 4 8 8 4 4 8 4 4 4 2 2 8 8 8 8 8 4 4 8 4 4 8 4 4 8 4 4 4 4 4 4 8 8 8 8 8 8 8 8 8 8 8 8 8 8";

  private static final Map<Integer, String> REQUESTS =
      Map.ofEntries(
          Map.entry(Opcode.FORGET, "8"),
          Map.entry(Opcode.GETATTR, "4 4 8"),
          Map.entry(Opcode.SETATTR, "4 4 8 8 8 8 8 8 4 4 4 4 4 4 4 4"),
          Map.entry(Opcode.MKNOD, "4 4 4 4"),
          Map.entry(Opcode.MKDIR, "4 4"),
          Map.entry(Opcode.RENAME, "8"),
          Map.entry(Opcode.LINK, "8"),
          Map.entry(Opcode.OPEN, "4 4"),
          Map.entry(Opcode.READ, READ),
          Map.entry(Opcode.WRITE, READ),
          Map.entry(Opcode.RELEASE, "8 4 4 8"),
          Map.entry(Opcode.FSYNC, FSYNC),
          Map.entry(Opcode.SETXATTR, "4 4"),
          Map.entry(Opcode.GETXATTR, "4 4"),
          Map.entry(Opcode.LISTXATTR, "4 4"),
          Map.entry(Opcode.FLUSH, "8 4 4 8"),
          Map.entry(Opcode.INIT, "4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4"),
          Map.entry(Opcode.OPENDIR, "4 4"),
          Map.entry(Opcode.READDIR, READ),
          Map.entry(Opcode.RELEASEDIR, "8 4 4 8"),
          Map.entry(Opcode.FSYNCDIR, FSYNC),
          Map.entry(Opcode.GETLK, LOCK_IN),
          Map.entry(Opcode.SETLK, LOCK_IN),
          Map.entry(Opcode.SETLKW, LOCK_IN),
          Map.entry(Opcode.ACCESS, "4 4"),
          Map.entry(Opcode.CREATE, "4 4 4 4"),
          Map.entry(Opcode.INTERRUPT, "8"),
          // struct fuse_ioctl_in, then of the argument a u64 and four u32, a name, and a layout.
          Map.entry(Opcode.IOCTL, "8 4 4 8 4 4 8 4 4 4 4" + " 1".repeat(256) + " 4 4 8 4 4 8 8"),
          Map.entry(Opcode.BATCH_FORGET, "4 4 * 8 8"),
          Map.entry(Opcode.FALLOCATE, "8 8 8 4 4"),
          Map.entry(Opcode.READDIRPLUS, READ),
          Map.entry(Opcode.RENAME2, "8 4 4"),
          Map.entry(Opcode.LSEEK, "8 8 4 4"),
          Map.entry(Opcode.COPY_FILE_RANGE, "8 8 8 8 8 8 8"),
          Map.entry(Opcode.SETUPMAPPING, "8 8 8 8 8"),
          Map.entry(Opcode.GET_FMAP, "4 4"),
          Map.entry(Opcode.REMOVEMAPPING, "4 * 8 8"),
          Map.entry(Opcode.SYNCFS, "8"),
          Map.entry(Opcode.TMPFILE, "4 4 4 4"),
          Map.entry(Opcode.STATX, "4 4 8 4 4"),
          Map.entry(Opcode.COPY_FILE_RANGE_64, "8 8 8 8 8 8 8"));

  private static final Map<Integer, String> REPLIES =
      Map.ofEntries(
          Map.entry(Opcode.LOOKUP, ENTRY + EXTENTS),
          Map.entry(Opcode.GETATTR, ATTR_OUT),
          Map.entry(Opcode.SETATTR, ATTR_OUT),
          Map.entry(Opcode.MKNOD, ENTRY),
          Map.entry(Opcode.MKDIR, ENTRY),
          Map.entry(Opcode.OPEN, OPEN_OUT + EXTENTS),
          // Extents and interleaved ones have the same widths.
          Map.entry(Opcode.GET_FMAP, "1 1 2 4 4 4 8 8 * 4 4 8 8"),
          Map.entry(Opcode.GET_DAXDEV, "2 2 4 8 8"),
          Map.entry(Opcode.WRITE, "4 4"),
          Map.entry(Opcode.STATFS, "8 8 8 8 8 4 4 4 4 4 4 4 4 4 4"),
          Map.entry(Opcode.INIT, "4 4 4 4 2 2 4 4 2 2 4 4 2 2 2 2 2 2 2 2 2 2 2 2"),
          Map.entry(Opcode.OPENDIR, OPEN_OUT),
          Map.entry(Opcode.GETLK, LOCK),
          Map.entry(Opcode.CREATE, ENTRY + " " + OPEN_OUT),
          Map.entry(Opcode.IOCTL, "4 4 4 4"),
          Map.entry(Opcode.LSEEK, "8"),
          Map.entry(Opcode.COPY_FILE_RANGE, "4 4"),
          Map.entry(Opcode.STATX, STATX_OUT),
          Map.entry(Opcode.COPY_FILE_RANGE_64, "8"));

  private BigEndian() {}

  /// Turns a request around. The opcode is that of the little-endian one.
  public static byte[] request(int opcode, byte[] message) {
    byte[] turned = message.clone();
    int at = turn(turned, 0, IN_HEADER);
    turn(turned, at, REQUESTS.getOrDefault(opcode, ""));
    return turned;
  }

  /// Turns a little-endian request around.
  public static byte[] request(byte[] message) {
    int opcode = message.length < 8 ? 0 : little(message).getInt(4);
    return request(opcode, message);
  }

  /// Turns a big-endian reply around.
  public static byte[] reply(int opcode, byte[] message) {
    byte[] turned = message.clone();
    int at = turn(turned, 0, OUT_HEADER);
    switch (opcode) {
      case Opcode.READDIR -> dirents(turned, at, "");
      case Opcode.READDIRPLUS -> dirents(turned, at, ENTRY);
      case Opcode.GETXATTR, Opcode.LISTXATTR ->
          // A size, unless there was room for what has that size, which is text and longer.
          turn(turned, at, message.length == at + 8 ? "4 4" : "");
      default -> turn(turned, at, REPLIES.getOrDefault(opcode, ""));
    }
    return turned;
  }

  private static void dirents(byte[] message, int start, String entry) {
    int at = start;
    while (at < message.length) {
      at = turn(message, turn(message, at, entry), "8 8 4 4");
      int nameLength = little(message).getInt(at - 8);
      at += nameLength + (8 - nameLength % 8) % 8;
    }
  }

  private static int turn(byte[] message, int start, String widths) {
    String[] parts = widths.split("\\*", -1);
    int at = once(message, start, parts[0]);
    int last = -1;
    while (parts.length > 1 && at < message.length && at != last) {
      last = at;
      at = once(message, at, parts[1]);
    }
    return at;
  }

  /// Turns the fields that are whole.
  private static int once(byte[] message, int start, String widths) {
    int at = start;
    for (String item : widths.isBlank() ? new String[0] : widths.strip().split(" ")) {
      int width = Integer.parseInt(item);
      if (at + width > message.length) {
        return at;
      }
      for (int i = 0; i < width / 2; i++) {
        byte first = message[at + i];
        message[at + i] = message[at + width - 1 - i];
        message[at + width - 1 - i] = first;
      }
      at += width;
    }
    return at;
  }

  private static ByteBuffer little(byte[] message) {
    return ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
  }
}
