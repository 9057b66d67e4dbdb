package io.famfs.store.archive;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// The lines an archive starts with, for people and for programs:
///
/// ```
/// famfs metadata archive 1
/// fs 0b4dc1b8-...
/// entries 29
/// device 0 bytes 536870912 uuid 6ab29c32-...
/// device 1 ...
/// (an empty line)
/// ```
///
/// @param fsUuid names the volume
/// @param entries number of log entries
/// @param devices by daxdev index
record ArchiveHeader(UUID fsUuid, long entries, List<Device> devices) {
  /// Most devices of one volume.
  static final int MAX_DEVICES = 64;

  /// More than any header takes.
  static final int MAX_BYTES = 16 << 10;

  private static final String FIRST = "famfs metadata archive 1\n";

  /// A device of the volume.
  ///
  /// @param sizeBytes its size
  /// @param uuid its device uuid
  record Device(long sizeBytes, UUID uuid) {}

  ArchiveHeader {
    devices = List.copyOf(devices);
  }

  byte[] toBytes() {
    StringBuilder text = new StringBuilder(FIRST);
    text.append("fs ").append(fsUuid).append("\nentries ").append(entries).append('\n');
    for (int i = 0; i < devices.size(); i++) {
      text.append("device ").append(i).append(" bytes ").append(devices.get(i).sizeBytes());
      text.append(" uuid ").append(devices.get(i).uuid()).append('\n');
    }
    return text.append('\n').toString().getBytes(StandardCharsets.US_ASCII);
  }

  /// Reads the header at the start of an archive. What is read gives the same bytes again.
  static ArchiveHeader parse(byte[] archive) throws ArchiveException {
    String text =
        new String(archive, 0, Math.min(archive.length, MAX_BYTES), StandardCharsets.ISO_8859_1);
    if (!text.startsWith(FIRST)) {
      throw new ArchiveException(
          text.startsWith(FIRST.substring(0, FIRST.length() - 2))
              ? "an archive of another version than 1"
              : "no famfs metadata archive");
    }
    int end = text.indexOf("\n\n", FIRST.length());
    if (end < 0) {
      throw new ArchiveException("the archive ends inside its header");
    }
    String[] lines = text.substring(FIRST.length(), end).split("\n", -1);
    try {
      ArchiveHeader header = parse(lines);
      String again = new String(header.toBytes(), StandardCharsets.ISO_8859_1);
      if (again.equals(text.substring(0, end + 2))) {
        return header;
      }
    } catch (IllegalArgumentException e) {
      // Told below, like every other unreadable header.
    }
    throw new ArchiveException("the header of the archive is damaged");
  }

  private static ArchiveHeader parse(String[] lines) {
    int count = lines.length - 2;
    if (count < 1 || count > MAX_DEVICES) {
      throw new IllegalArgumentException("no devices, or too many");
    }
    List<Device> devices = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String[] words = lines[i + 2].split(" ", -1);
      if (words.length != 6) {
        throw new IllegalArgumentException("no line of a device");
      }
      devices.add(new Device(Long.parseLong(words[3]), UUID.fromString(words[5])));
    }
    return new ArchiveHeader(
        UUID.fromString(after("fs ", lines[0])),
        Long.parseLong(after("entries ", lines[1])),
        devices);
  }

  private static String after(String word, String line) {
    if (!line.startsWith(word)) {
      throw new IllegalArgumentException("no line of " + word);
    }
    return line.substring(word.length());
  }
}
