package io.famfs.store.repair;

import io.famfs.core.extent.Fmap;
import io.famfs.core.format.LogEntry.FileEntry;
import io.famfs.core.format.LogEntryLayout;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Names for what has lost its place.
final class LostFound {
  private static final String NAME = "lost+found";

  private final Set<String> files = new HashSet<>();
  private final Map<Content, Integer> contents = new HashMap<>();

  /// What makes two files the same but for their names.
  private record Content(long sizeBytes, Fmap fmap) {}

  /// Takes note of a sound file of the volume.
  void seen(FileEntry file) {
    String path = file.path().toString();
    if (path.startsWith(NAME)) {
      files.add(path);
      contents.merge(new Content(file.sizeBytes(), file.fmap()), 1, Integer::sum);
    }
  }

  /// The path of the directory: the first that no file has.
  String directory() {
    String path = NAME;
    for (int i = 1; files.contains(path); i++) {
      path = NAME + "." + i;
    }
    return path;
  }

  /// Whether an interrupted repair has brought this file here already, under another name.
  boolean holds(FileEntry file) {
    int itself = file.path().toString().startsWith(NAME) ? 1 : 0;
    return contents.getOrDefault(new Content(file.sizeBytes(), file.fmap()), 0) > itself;
  }

  /// A free path for an entry.
  ///
  /// @param inside whether it goes into the directory; otherwise it stands beside it
  /// @param original the path it had, null when that cannot be known or used
  /// @param slot the entry
  /// @param taken which paths are in use
  String path(boolean inside, @Nullable String original, long slot, Predicate<String> taken) {
    String prefix = directory() + (inside ? "/" : "-");
    if (original != null) {
      String path = prefix + original.replace('/', '_');
      boolean fits = path.getBytes(StandardCharsets.UTF_8).length <= LogEntryLayout.MAX_PATH_BYTES;
      if (fits && !taken.test(path)) {
        return path;
      }
    }
    String path = prefix + "entry-" + slot;
    for (int i = 1; taken.test(path); i++) {
      path = prefix + "entry-" + slot + "." + i;
    }
    return path;
  }
}
