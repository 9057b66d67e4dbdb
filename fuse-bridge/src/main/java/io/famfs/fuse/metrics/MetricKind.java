package io.famfs.fuse.metrics;

import java.util.Locale;

/// How the values of a family move.
public enum MetricKind {
  /// Only rises while the process lives; the name ends in `_total`.
  COUNTER,
  /// Rises and falls.
  GAUGE,
  /// Counts of observations that were not above a bound, for rising bounds.
  HISTOGRAM;

  /// The word of Prometheus' `TYPE` line.
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
