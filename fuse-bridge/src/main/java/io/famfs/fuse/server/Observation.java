package io.famfs.fuse.server;

/// What a server keeps of its work for whoever looks.
///
/// @param latencies whether the time of every request is measured: two readings of the clock each
public record Observation(boolean latencies) {

  /// Times are measured.
  public static Observation standard() {
    return new Observation(true);
  }

  /// The same with a choice about times.
  public Observation withLatencies(boolean measured) {
    return new Observation(measured);
  }
}
