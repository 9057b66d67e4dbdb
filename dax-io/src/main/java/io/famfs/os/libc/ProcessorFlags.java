package io.famfs.os.libc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

/// What the kernel says the first processor can do, and lets programs use.
final class ProcessorFlags {
  private static final Path DESCRIPTION = Path.of("/proc/cpuinfo");

  private ProcessorFlags() {}

  /// The words of the first line named `line`; empty when there is none.
  static Set<String> of(String line) {
    try {
      return parse(Files.readString(DESCRIPTION, StandardCharsets.ISO_8859_1), line);
    } catch (IOException e) {
      return Set.of();
    }
  }

  static Set<String> parse(String description, String line) {
    return description
        .lines()
        .filter(text -> text.split(":", 2)[0].strip().equals(line))
        .findFirst()
        .map(text ->
            Set.copyOf(
                Arrays.asList(text.substring(text.indexOf(":") + 1).strip().split("\\s+", -1))))
        .orElse(Set.of());
  }
}
