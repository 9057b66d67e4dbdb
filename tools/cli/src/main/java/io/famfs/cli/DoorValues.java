package io.famfs.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What was said about one door, or about all that say nothing else. Every value has been looked at
/// by itself.
final class DoorValues {
  private final Map<DoorKey, List<String>> values = new EnumMap<>(DoorKey.class);

  /// A door's path with what was said about it.
  record Named(Path path, DoorValues values) {}

  /// Takes `PATH[,KEY=VALUE...]` apart. A path with commas is for a configuration file.
  ///
  /// @param option what it was given to, for messages
  /// @throws CliException with what is wrong
  static Named parse(String option, String text) {
    String[] items = text.split(",", -1);
    DoorValues said = new DoorValues();
    for (int i = 1; i < items.length; i++) {
      String[] parts = items[i].split("=", 2);
      try {
        said.put(parts[0], parts.length == 1 ? null : parts[1]);
      } catch (IllegalArgumentException e) {
        throw CliException.misuse(option + " " + items[0] + ": " + e.getMessage());
      }
    }
    return new Named(path(option, items[0]), said);
  }

  /// A path that somebody named.
  static Path path(String option, String text) {
    if (text.isEmpty()) {
      throw CliException.misuse(option + ": the path is empty");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw CliException.misuse(option + ": " + e.getMessage());
    }
  }

  /// Adds what was said.
  ///
  /// @param value null when a key stands alone, which is the same as `true` for those that are true
  ///   or not
  /// @throws IllegalArgumentException for an unknown key, one said twice, or a value that is none
  void put(String name, @Nullable String value) {
    DoorKey key = DoorKey.of(name);
    if (key == null) {
      throw new IllegalArgumentException(
          "unknown key '" + name + "'" + Suggestions.of(name, DoorKey.keys()));
    }
    put(key, value);
  }

  void put(DoorKey key, @Nullable String said) {
    String value = said == null && key.isFlag() ? "true" : said;
    if (value == null) {
      throw new IllegalArgumentException("'" + key.key() + "' has no value");
    }
    key.check(value);
    List<String> all = values.computeIfAbsent(key, _ -> new ArrayList<>());
    if (!all.isEmpty() && !key.isList()) {
      throw new IllegalArgumentException("'" + key.key() + "' is there twice");
    }
    all.add(value);
  }

  /// These values, and those of `defaults` where nothing was said here.
  DoorValues over(DoorValues defaults) {
    DoorValues both = new DoorValues();
    both.values.putAll(defaults.values);
    both.values.putAll(values);
    return both;
  }

  /// Whether something was said that is true.
  boolean isTrue(DoorKey key) {
    return "true".equals(get(key));
  }

  /// Whether something was said.
  boolean has(DoorKey key) {
    return values.containsKey(key);
  }

  /// The value; null when nothing was said.
  @Nullable String get(DoorKey key) {
    List<String> all = values.get(key);
    return all == null ? null : all.getFirst();
  }

  /// All values of a key that may have several.
  List<String> all(DoorKey key) {
    return values.getOrDefault(key, List.of());
  }

  /// The keys about which something was said.
  List<DoorKey> keys() {
    return List.copyOf(values.keySet());
  }
}
