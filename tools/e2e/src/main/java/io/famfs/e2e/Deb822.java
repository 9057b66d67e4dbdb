package io.famfs.e2e;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Paragraphs of `Field: value` lines, as in apt's `.sources` files, package lists and Release
/// files.
final class Deb822 {
  private Deb822() {}

  /// Every paragraph as its fields; names in lower case, continuation lines joined by a newline.
  static List<Map<String, String>> parse(String text) {
    List<Map<String, String>> paragraphs = new ArrayList<>();
    Map<String, String> fields = new LinkedHashMap<>();
    String last = "";
    for (String line : text.lines().toList()) {
      if (line.startsWith("#")) {
        continue;
      }
      int colon = line.indexOf(':');
      if (line.isBlank()) {
        if (!fields.isEmpty()) {
          paragraphs.add(fields);
          fields = new LinkedHashMap<>();
        }
        last = "";
      } else if (line.startsWith(" ") || line.startsWith("\t")) {
        fields.computeIfPresent(last, (_, value) -> value + "\n" + line.strip());
      } else if (colon > 0) {
        last = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
        fields.put(last, line.substring(colon + 1).strip());
      }
    }
    if (!fields.isEmpty()) {
      paragraphs.add(fields);
    }
    return paragraphs;
  }

  /// The words of a field, none when it is missing.
  static List<String> words(Map<String, String> fields, String name) {
    String value = fields.getOrDefault(name, "").strip();
    return value.isEmpty() ? List.of() : List.of(value.split("\\s+", -1));
  }
}
