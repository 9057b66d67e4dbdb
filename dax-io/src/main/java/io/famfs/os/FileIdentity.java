package io.famfs.os;

/// Which file a descriptor refers to, see `statx(2)`.
///
/// @param device the file system's device, as [#device(int, int)]
/// @param inode the inode number inside that file system
/// @param type what kind of file it is
/// @param special for device nodes the device they stand for, else 0
public record FileIdentity(long device, long inode, Type type, long special) {

  /// The file types of Linux.
  public enum Type {
    REGULAR("a regular file"),
    DIRECTORY("a directory"),
    CHARACTER_DEVICE("a character device"),
    BLOCK_DEVICE("a block device"),
    PIPE("a pipe"),
    SOCKET("a socket"),
    SYMBOLIC_LINK("a symbolic link"),
    OTHER("no file with a type (an anonymous inode)");

    private final String description;

    Type(String description) {
      this.description = description;
    }

    /// For messages: "a regular file".
    public String description() {
      return description;
    }

    /// The type in the upper bits of a file mode.
    static Type ofMode(int mode) {
      return switch (mode >>> 12) {
        case 1 -> PIPE;
        case 2 -> CHARACTER_DEVICE;
        case 4 -> DIRECTORY;
        case 6 -> BLOCK_DEVICE;
        case 8 -> REGULAR;
        case 10 -> SYMBOLIC_LINK;
        case 12 -> SOCKET;
        default -> OTHER;
      };
    }
  }

  /// One number for a pair of device numbers: the major one in the upper, the minor one in the
  /// lower 32 bits.
  public static long device(int major, int minor) {
    return ((long) major << 32) | Integer.toUnsignedLong(minor);
  }

  /// The major number in a value of [#device(int, int)].
  public static int major(long device) {
    return (int) (device >>> 32);
  }

  /// The minor number in a value of [#device(int, int)].
  public static int minor(long device) {
    return (int) device;
  }
}
