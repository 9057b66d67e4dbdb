package io.famfs.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/// Reads `/proc/locks` (proc_locks(5)), whose lines look like `1: FLOCK ADVISORY WRITE 4242
/// 00:19:1234 0 EOF`.
final class FileLocks {
  private static final Path LOCKS = Path.of("/proc/locks");
  private static final int FIELDS_NEEDED = 6;

  private FileLocks() {}

  static OptionalLong holder(FileIdentity file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(LOCKS);
    } catch (IOException e) {
      return OptionalLong.empty();
    }
    return holder(file, lines);
  }

  static OptionalLong holder(FileIdentity file, List<String> lines) {
    String wanted =
        String.format(
            "%02x:%02x:%d",
            FileIdentity.major(file.device()), FileIdentity.minor(file.device()), file.inode());
    for (String line : lines) {
      String[] fields = line.strip().split("\\s+", -1);
      boolean held = fields.length >= FIELDS_NEEDED && fields[1].equals("FLOCK");
      // A process of another pid namespace shows as 0 or less.
      if (held && fields[5].equals(wanted) && fields[4].matches("[1-9][0-9]{0,17}")) {
        return OptionalLong.of(Long.parseLong(fields[4]));
      }
    }
    return OptionalLong.empty();
  }
}
