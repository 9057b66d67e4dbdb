package io.famfs.fuse.metrics;

import java.util.function.Consumer;
import java.util.regex.Pattern;

/// Values of one meaning that differ by their labels.
///
/// @param kind how they move
/// @param name name with its unit: `famfs_read_bytes_total`, `famfs_volume_free_bytes`
/// @param help what they mean, one sentence
/// @param source adds the values there are now; called by whoever asks, by any thread, often at
///   most a few times a second; must not block
record Family(MetricKind kind, String name, String help, Consumer<Samples> source) {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");

  Family {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("name of a metric: " + name);
    }
    if (name.endsWith("_total") != (kind == MetricKind.COUNTER)) {
      throw new IllegalArgumentException("counters, and they alone, end in _total: " + name);
    }
  }
}
