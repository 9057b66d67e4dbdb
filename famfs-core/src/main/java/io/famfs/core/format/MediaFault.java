package io.famfs.core.format;

import java.util.Locale;

/// One broken rule of the format, found at one place of the media.
///
/// @param rule which rule
/// @param offset byte offset on the primary device where the offending structure or field lies
/// @param message what was found, in words of an operator, without advice
public record MediaFault(Rule rule, long offset, String message) {

  /// Every rule that a volume can break, in the order in which a volume is checked.
  public enum Rule {
    /// The device has room for superblock, log and one unit.
    DEVICE_TOO_SMALL("use a larger device"),
    /// The memory can be read.
    DEVICE_UNREADABLE("check the device or the file behind it"),
    /// The superblock starts with its magic number.
    SUPERBLOCK_MAGIC("name the right device, or make a file system on it with mkfs.famfs"),
    /// The version is one we read.
    SUPERBLOCK_VERSION("use a program that knows this version"),
    /// The superblock matches its checksum.
    SUPERBLOCK_CRC(
        "rewrite it from the log with 'famfs fsck --repair', or restore the first 2 MiB of the"
            + " device from a copy"),
    /// The allocation unit is 2 MiB or 4096.
    ALLOC_UNIT("use a program that knows this allocation unit"),
    /// The OMF major number is one we read.
    OMF_VERSION("use a program that knows this version"),
    /// The superblock is that of a primary device, which has the log.
    NOT_PRIMARY("name the primary device as well, or let it be found"),
    /// The log starts at 2 MiB.
    LOG_OFFSET("use a program that knows this layout"),
    /// The log length is a power of two of at least 8 MiB and fits on the device.
    LOG_LENGTH("use a program that knows this layout"),
    /// The device is as large as the volume says.
    DEVICE_SIZE("name the device or the whole file the volume was made on"),
    /// The log header starts with its magic number.
    LOG_MAGIC(Advice.LOG_HEADER),
    /// The log header matches its checksum.
    LOG_CRC(Advice.LOG_HEADER),
    /// Superblock and log header agree on the length of the log.
    LOG_HEADER_LENGTH(Advice.LOG_HEADER),
    /// The last index follows from the length.
    LOG_LAST_INDEX(Advice.LOG_HEADER),
    /// The next index lies in the log.
    LOG_NEXT_INDEX(Advice.LOG_HEADER),
    /// The next sequence number goes with the next index.
    LOG_NEXT_SEQNUM("the next created file sets it right"),
    /// No valid entries follow those that the next index counts, but for one that was never
    /// published.
    LOG_ENTRIES_BEYOND("'famfs fsck --repair' counts them again"),
    /// The slots behind the first free one are empty. One that is not is odd, no more.
    LOG_TAIL("nothing reads them; 'famfs fsck --repair' clears them"),
    /// The sequence number of an entry is its index.
    ENTRY_SEQNUM(Advice.ENTRY),
    /// An entry matches its checksum.
    ENTRY_CRC(Advice.ENTRY),
    /// The type of an entry is one we act on.
    ENTRY_TYPE("use a program that knows this entry"),
    /// The size of a file is less than 2^63.
    FILE_SIZE(Advice.FILE_LEFT_OUT),
    /// A map is simple or interleaved.
    MAP_KIND(Advice.FILE_LEFT_OUT),
    /// A map has 1 to 16 simple extents or exactly one interleaved one.
    EXTENT_COUNT(Advice.FILE_LEFT_OUT),
    /// An interleaved extent has 1 to 16 strips.
    STRIP_COUNT(Advice.FILE_LEFT_OUT),
    /// A chunk is a multiple of 4096 bytes, not 0.
    CHUNK_SIZE(Advice.FILE_LEFT_OUT),
    /// An extent names a device of the volume.
    EXTENT_DEVICE("the file is left out; name every device of the volume"),
    /// Offset and length of an extent are multiples of the allocation unit.
    EXTENT_ALIGNMENT(Advice.FILE_LEFT_OUT),
    /// An extent is not empty and lies on its device.
    EXTENT_BOUNDS(Advice.FILE_LEFT_OUT),
    /// An extent stays clear of superblock and log.
    EXTENT_RESERVED(Advice.FILE_LEFT_OUT),
    /// The extents hold the whole file.
    MAP_TOO_SHORT(Advice.FILE_LEFT_OUT),
    /// A path ends inside its field.
    PATH_UNTERMINATED(Advice.ENTRY_LEFT_OUT),
    /// A path is not empty.
    PATH_EMPTY(Advice.ENTRY_LEFT_OUT),
    /// A path is UTF-8.
    PATH_ENCODING(Advice.ENTRY_LEFT_OUT),
    /// A path is relative.
    PATH_ABSOLUTE(Advice.ENTRY_LEFT_OUT),
    /// No component of a path is empty, `.` or `..`.
    PATH_COMPONENT(Advice.ENTRY_LEFT_OUT),
    /// No path leads into `.meta`.
    PATH_META(Advice.ENTRY_LEFT_OUT),
    /// A parent directory comes before its children.
    PARENT_MISSING(Advice.ENTRY_LEFT_OUT),
    /// The parent of an entry is a directory.
    PARENT_NOT_DIRECTORY(Advice.ENTRY_LEFT_OUT),
    /// A path is used once.
    PATH_DUPLICATE("the first entry of that path counts"),
    /// No two files share space.
    CROSS_LINK("'famfs fsck --repair' gives the later file space of its own"),
    /// An added device has room for its superblock and a file, and at most 2^25 allocation units.
    DAXDEV_SIZE(Advice.ENTRY_LEFT_OUT),
    /// Devices are added in order of their index, each once, at most 64.
    DAXDEV_ORDER(Advice.ENTRY_LEFT_OUT);

    private final String advice;

    Rule(String advice) {
      this.advice = advice;
    }

    /// What an operator can do, or what has been done about it.
    public String advice() {
      return advice;
    }

    /// The name in messages and JSON: lower case with hyphens.
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /// What several rules say.
  private static final class Advice {
    static final String LOG_HEADER =
        "rewrite it from superblock and entries with 'famfs fsck --repair', or restore the first 48"
            + " bytes of the log from a copy";
    static final String ENTRY =
        "the entry is left out and nothing is allocated; 'famfs fsck --repair', or restore the entry"
            + " from a copy";
    static final String FILE_LEFT_OUT = "the file is left out until 'famfs fsck --repair'";
    static final String ENTRY_LEFT_OUT = "the entry is left out until 'famfs fsck --repair'";

    private Advice() {}
  }

  /// One line: message, place, rule.
  public String describe() {
    return message + " (at byte " + offset + ", rule " + rule.label() + ")";
  }
}
