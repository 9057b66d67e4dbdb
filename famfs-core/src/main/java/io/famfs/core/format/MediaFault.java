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
    SUPERBLOCK_CRC("restore the first 2 MiB of the device from a copy; the log may be intact"),
    /// The allocation unit is 2 MiB or 4096.
    ALLOC_UNIT("use a program that knows this allocation unit"),
    /// The OMF major number is one we read.
    OMF_VERSION("use a program that knows this version"),
    /// The log starts at 2 MiB.
    LOG_OFFSET("use a program that knows this layout"),
    /// The log length is a power of two of at least 8 MiB and fits on the device.
    LOG_LENGTH("use a program that knows this layout"),
    /// The device is as large as the volume says.
    DEVICE_SIZE("name the device or the whole file the volume was made on"),
    /// The log header starts with its magic number.
    LOG_MAGIC("restore the first 48 bytes of the log from a copy"),
    /// The log header matches its checksum.
    LOG_CRC("restore the first 48 bytes of the log from a copy"),
    /// Superblock and log header agree on the length of the log.
    LOG_HEADER_LENGTH("restore the first 48 bytes of the log from a copy"),
    /// The last index follows from the length.
    LOG_LAST_INDEX("restore the first 48 bytes of the log from a copy"),
    /// The next index lies in the log.
    LOG_NEXT_INDEX("restore the first 48 bytes of the log from a copy"),
    /// The next sequence number goes with the next index.
    LOG_NEXT_SEQNUM("the next created file sets it right"),
    /// The sequence number of an entry is its index.
    ENTRY_SEQNUM("restore the entry from a copy"),
    /// An entry matches its checksum.
    ENTRY_CRC("restore the entry from a copy"),
    /// The type of an entry is one we act on.
    ENTRY_TYPE("use a program that knows this entry"),
    /// The size of a file is less than 2^63.
    FILE_SIZE("the file is left out"),
    /// A map is simple or interleaved.
    MAP_KIND("the file is left out"),
    /// A map has 1 to 16 simple extents or exactly one interleaved one.
    EXTENT_COUNT("the file is left out"),
    /// An interleaved extent has 1 to 16 strips.
    STRIP_COUNT("the file is left out"),
    /// A chunk is a multiple of 4096 bytes, not 0.
    CHUNK_SIZE("the file is left out"),
    /// An extent names a device of the volume.
    EXTENT_DEVICE("the file is left out; name every device of the volume"),
    /// Offset and length of an extent are multiples of the allocation unit.
    EXTENT_ALIGNMENT("the file is left out"),
    /// An extent is not empty and lies on its device.
    EXTENT_BOUNDS("the file is left out"),
    /// An extent stays clear of superblock and log.
    EXTENT_RESERVED("the file is left out"),
    /// The extents hold the whole file.
    MAP_TOO_SHORT("the file is left out"),
    /// A path ends inside its field.
    PATH_UNTERMINATED("the entry is left out"),
    /// A path is not empty.
    PATH_EMPTY("the entry is left out"),
    /// A path is UTF-8.
    PATH_ENCODING("the entry is left out"),
    /// A path is relative.
    PATH_ABSOLUTE("the entry is left out"),
    /// No component of a path is empty, `.` or `..`.
    PATH_COMPONENT("the entry is left out"),
    /// No path leads into `.meta`.
    PATH_META("the entry is left out"),
    /// A parent directory comes before its children.
    PARENT_MISSING("the entry is left out"),
    /// The parent of an entry is a directory.
    PARENT_NOT_DIRECTORY("the entry is left out"),
    /// A path is used once.
    PATH_DUPLICATE("the first entry of that path counts"),
    /// No two files share space.
    CROSS_LINK("copy both files away and make the volume anew"),
    /// An added device has room for its superblock and a file, and at most 2^25 allocation units.
    DAXDEV_SIZE("the entry is left out"),
    /// Devices are added in order of their index, each once, at most 64.
    DAXDEV_ORDER("the entry is left out");

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

  /// One line: message, place, rule.
  public String describe() {
    return message + " (at byte " + offset + ", rule " + rule.label() + ")";
  }
}
