package io.famfs.fuse.metrics;

import java.util.ArrayList;
import java.util.List;

/// Takes the values of a family.
///
/// Labels are given as names and values in turns: `add(3, "opcode", "READ")`. Values may be any
/// text; they are escaped. A family must not grow without limit: what a peer can choose freely,
/// such as the name of a file, is no label.
public final class Samples {
  private final List<Sample> taken = new ArrayList<>();

  Samples() {}

  /// One value.
  ///
  /// @param suffix what follows the name of the family
  /// @param labels names and values in turns
  /// @param value the value
  record Sample(String suffix, List<String> labels, double value) {}

  /// A value.
  ///
  /// @throws IllegalArgumentException when a label has no value
  public void add(double value, String... labels) {
    add("", value, List.of(labels));
  }

  /// The values of one histogram.
  ///
  /// @param bounds upper bounds, rising, in the unit of the family's name
  /// @param counts observations at or below each bound, and as one more all observations
  /// @param sum of all observations
  public void histogram(double[] bounds, List<Long> counts, double sum, String... labels) {
    if (counts.size() != bounds.length + 1) {
      throw new IllegalArgumentException(counts.size() + " counts for " + bounds.length);
    }
    for (int i = 0; i < counts.size(); i++) {
      List<String> bounded = new ArrayList<>(List.of(labels));
      bounded.add("le");
      bounded.add(i < bounds.length ? PrometheusText.number(bounds[i]) : "+Inf");
      add("_bucket", (double) counts.get(i), bounded);
    }
    add("_sum", sum, List.of(labels));
    add("_count", (double) counts.get(bounds.length), List.of(labels));
  }

  private void add(String suffix, double value, List<String> labels) {
    if (labels.size() % 2 != 0) {
      throw new IllegalArgumentException("a label without a value: " + labels);
    }
    taken.add(new Sample(suffix, List.copyOf(labels), value));
  }

  List<Sample> taken() {
    return taken;
  }
}
