package io.famfs.fuse.server;

import org.jspecify.annotations.Nullable;

/// What a server keeps and shows of its work.
///
/// @param latencies whether the time of every request is measured: two readings of the clock each
/// @param trace where every request and reply is written; null for nowhere
public record Observation(boolean latencies, @Nullable Trace trace) {

  /// Times are measured, nothing is traced.
  public static Observation standard() {
    return new Observation(true, null);
  }

  /// The same with a choice about times.
  public Observation withLatencies(boolean measured) {
    return new Observation(measured, trace);
  }

  /// The same with a trace, null for none.
  public Observation withTrace(@Nullable Trace to) {
    return new Observation(latencies, to);
  }
}
