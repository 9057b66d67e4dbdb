package io.famfs.fuse.protocol;

import java.util.Arrays;
import java.util.Map;

/// What the number in a field stands for, and how it is shown: in a trace, not on the wire.
///
/// The lists of flags are those of `include/uapi/linux/fuse.h`, of open(2), fallocate(2),
/// renameat2(2) and setxattr(2). Bits without a name are shown together in hexadecimal.
public enum FieldKind {
  /// An unsigned number.
  NUMBER,
  /// A number with a sign.
  SIGNED,
  /// Hexadecimal.
  HEX,
  /// Octal: permission bits and type of a file.
  OCTAL,
  /// Without meaning: shown when it is not zero.
  PADDING,
  /// A nodeid beside that of the header: what it names, the request uses.
  NODEID,
  /// Canonical flags of open(2).
  OPEN,
  INIT,
  INIT2,
  GETATTR("FH"),
  SETATTR(
      "MODE",
      "UID",
      "GID",
      "SIZE",
      "ATIME",
      "MTIME",
      "FH",
      "ATIME_NOW",
      "MTIME_NOW",
      "LOCKOWNER",
      "CTIME",
      "KILL_SUIDGID"),
  READ("", "LOCKOWNER"),
  WRITE("CACHE", "LOCKOWNER", "KILL_SUIDGID"),
  RELEASE("FLUSH", "FLOCK_UNLOCK"),
  OPENIN("KILL_SUIDGID"),
  FOPEN(
      "DIRECT_IO",
      "KEEP_CACHE",
      "NONSEEKABLE",
      "CACHE_DIR",
      "STREAM",
      "NOFLUSH",
      "PARALLEL_DIRECT_WRITES",
      "PASSTHROUGH"),
  MAP("WRITE", "READ"),
  FSYNC("FDATASYNC"),
  ATTR("SUBMOUNT", "DAX"),
  IOCTL("COMPAT", "UNRESTRICTED", "RETRY", "32BIT", "DIR", "COMPAT_X32"),
  LOCK("FLOCK"),
  FALLOCATE(
      "KEEP_SIZE",
      "PUNCH_HOLE",
      "NO_HIDE_STALE",
      "COLLAPSE_RANGE",
      "ZERO_RANGE",
      "INSERT_RANGE",
      "UNSHARE_RANGE",
      "WRITE_ZEROES"),
  RENAME("NOREPLACE", "EXCHANGE", "WHITEOUT"),
  XATTR("CREATE", "REPLACE"),
  ACCESS("X", "W", "R");

  private static final Map<String, FieldKind> BY_FIELD =
      Map.ofEntries(
          Map.entry("padding", PADDING),
          Map.entry("unused", PADDING),
          Map.entry("dummy", PADDING),
          Map.entry("spare", PADDING),
          Map.entry("reserved", PADDING),
          Map.entry("zero", PADDING),
          Map.entry("mode", OCTAL),
          Map.entry("umask", OCTAL),
          Map.entry("flags", HEX),
          Map.entry("cmd", HEX),
          Map.entry("arch_id", HEX),
          Map.entry("lock_owner", HEX),
          Map.entry("owner", HEX),
          Map.entry("error", SIGNED),
          Map.entry("result", SIGNED),
          Map.entry("oldnodeid", NODEID),
          Map.entry("newdir", NODEID),
          Map.entry("nodeid_out", NODEID),
          Map.entry("fh", HEX));

  private static final String[] OPEN_NAMES = openNames();
  private static final String[] INIT_NAMES = initNames();

  /// Names of the bits from 0 on, with commas between them; text, because an enum must not change.
  private final String names;

  /// @param names names of flags from bit 0 on, empty where a bit has none
  FieldKind(String... names) {
    this.names = String.join(",", names);
  }

  /// What a field holds by its name, when nothing else is said.
  static FieldKind ofName(String field) {
    return BY_FIELD.getOrDefault(field, NUMBER);
  }

  /// Shows a value.
  ///
  /// @param value the field, zero-extended
  /// @param widthBytes width of the field
  public void show(long value, int widthBytes, StringBuilder out) {
    switch (this) {
      case NUMBER, NODEID -> out.append(Long.toUnsignedString(value));
      case SIGNED -> {
        int unused = Long.SIZE - widthBytes * Byte.SIZE;
        out.append(value << unused >> unused);
      }
      case HEX, PADDING -> out.append("0x").append(Long.toHexString(value));
      case OCTAL -> out.append('0').append(Long.toOctalString(value));
      case OPEN -> open(value, out);
      case INIT -> flags(value, INIT_NAMES, 0, out);
      case INIT2 -> flags(value, INIT_NAMES, Integer.SIZE, out);
      default -> flags(value, names.split(",", -1), 0, out);
    }
  }

  private static void open(long value, StringBuilder out) {
    String[] access = {"RDONLY", "WRONLY", "RDWR", "ACCMODE"};
    out.append(access[(int) value & OpenFlags.ACCESS_MODE]);
    long rest = value & ~OpenFlags.ACCESS_MODE;
    if (rest != 0) {
      flags(rest, OPEN_NAMES, 0, out.append('|'));
    }
  }

  private static void flags(long value, String[] names, int firstBit, StringBuilder out) {
    long unnamed = value;
    int start = out.length();
    for (int bit = 0; bit < Long.SIZE && firstBit + bit < names.length; bit++) {
      String name = names[firstBit + bit];
      if ((value & (1L << bit)) != 0 && !name.isEmpty()) {
        out.append(out.length() == start ? "" : "|").append(name);
        unnamed &= ~(1L << bit);
      }
    }
    if (unnamed != 0 || out.length() == start) {
      String number = unnamed == 0 ? "0" : "0x" + Long.toHexString(unnamed);
      out.append(out.length() == start ? "" : "|").append(number);
    }
  }

  private static String[] openNames() {
    String[] names = unnamed(Integer.SIZE);
    put(names, OpenFlags.CREAT, "CREAT");
    put(names, OpenFlags.EXCL, "EXCL");
    put(names, OpenFlags.NOCTTY, "NOCTTY");
    put(names, OpenFlags.TRUNC, "TRUNC");
    put(names, OpenFlags.APPEND, "APPEND");
    put(names, OpenFlags.NONBLOCK, "NONBLOCK");
    put(names, OpenFlags.DSYNC, "DSYNC");
    put(names, OpenFlags.ASYNC, "ASYNC");
    put(names, OpenFlags.DIRECT, "DIRECT");
    put(names, OpenFlags.LARGEFILE, "LARGEFILE");
    put(names, OpenFlags.DIRECTORY, "DIRECTORY");
    put(names, OpenFlags.NOFOLLOW, "NOFOLLOW");
    put(names, OpenFlags.NOATIME, "NOATIME");
    put(names, OpenFlags.CLOEXEC, "CLOEXEC");
    put(names, OpenFlags.SYNC, "SYNC");
    put(names, OpenFlags.PATH, "PATH");
    put(names, OpenFlags.TMPFILE, "TMPFILE");
    return names;
  }

  private static String[] unnamed(int bits) {
    String[] names = new String[bits];
    Arrays.fill(names, "");
    return names;
  }

  private static void put(String[] names, int mask, String name) {
    names[Integer.numberOfTrailingZeros(mask)] = name;
  }

  private static String[] initNames() {
    String[] names = unnamed(Long.SIZE);
    for (InitFlag flag : InitFlag.values()) {
      names[flag.bit()] = flag.name();
    }
    return names;
  }
}
