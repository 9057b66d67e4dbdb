package io.famfs.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The famfs mounts of this host, as `/proc/self/mountinfo` has them (`proc_pid_mountinfo(5)`).
final class MountTable {
  /// The type the kernel shows for a FUSE mount with subtype famfs.
  static final String TYPE = "fuse.famfs";

  /// One famfs mount.
  ///
  /// @param directory where it is mounted
  /// @param device the device behind it
  /// @param readOnly whether the mount refuses writes
  record Entry(Path directory, Path device, boolean readOnly) {}

  private MountTable() {}

  static List<Entry> read() {
    try {
      return parse(Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Entry> parse(List<String> lines) {
    List<Entry> entries = new ArrayList<>();
    for (String line : lines) {
      int separator = line.indexOf(" - ");
      if (separator < 0) {
        continue;
      }
      String[] head = line.substring(0, separator).split(" ", -1);
      String[] tail = line.substring(separator + 3).split(" ", -1);
      if (head.length >= 6 && tail.length >= 2 && tail[0].equals(TYPE)) {
        boolean readOnly = (head[5] + ",").startsWith("ro,");
        entries.add(new Entry(Path.of(unescape(head[4])), Path.of(unescape(tail[1])), readOnly));
      }
    }
    return entries;
  }

  /// Refuses a device that a famfs mount shows.
  static void requireUnmounted(Path device) {
    Path real = followed(device.toAbsolutePath());
    for (Entry entry : read()) {
      if (entry.device().equals(real)) {
        throw new CliException(
            device
                + " is mounted at "
                + entry.directory()
                + ": unmount it first (famfs umount "
                + entry.directory()
                + ")");
      }
    }
  }

  /// An absolute path with the symbolic links of the part that can be looked at resolved.
  static Path followed(Path path) {
    for (Path head = path; head != null; head = head.getParent()) {
      try {
        return head.toRealPath().resolve(head.relativize(path)).normalize();
      } catch (IOException e) {
        // Not there, or a mount whose server is gone: what is above it may be resolved.
      }
    }
    return path;
  }

  /// The mount that holds `path`: the one with the longest directory that is a prefix of it.
  static Optional<Entry> holding(List<Entry> mounts, Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    Entry best = null;
    for (Entry entry : mounts) {
      // A later line covers an earlier one of the same directory.
      if (absolute.startsWith(entry.directory())
          && (best == null
              || entry.directory().getNameCount() >= best.directory().getNameCount())) {
        best = entry;
      }
    }
    return Optional.ofNullable(best);
  }

  /// Undoes the octal escapes of blanks, tabs, newlines and backslashes.
  private static String unescape(String text) {
    StringBuilder out = new StringBuilder();
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == '\\' && i + 3 < text.length()) {
        out.append((char) Integer.parseInt(text, i + 1, i + 4, 8));
        i += 4;
      } else {
        out.append(c);
        i++;
      }
    }
    return out.toString();
  }
}
