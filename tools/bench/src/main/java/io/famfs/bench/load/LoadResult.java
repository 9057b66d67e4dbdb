package io.famfs.bench.load;

import org.HdrHistogram.Histogram;

/// What became of a load.
///
/// @param load what it was
/// @param requests how many were answered; an open and its release are one
/// @param nanos from the first to the last
/// @param serverNanos processor time of the back-end's process meanwhile, -1 where it cannot be
///   seen
/// @param clientNanos processor time of the driver's threads
/// @param kicks how often the back-end was notified
/// @param latency of each request, in nanoseconds: from when it was due
public record LoadResult(
    Load load,
    long requests,
    long nanos,
    long serverNanos,
    long clientNanos,
    long kicks,
    Histogram latency) {

  /// Requests in a second.
  public double perSecond() {
    return requests * 1e9 / nanos;
  }

  /// Bytes of data in a second, 0 for operations without.
  public double bytesPerSecond() {
    return perSecond() * load.operation().bytes();
  }

  /// Processor time of the back-end for a request, in nanoseconds; NaN where it cannot be seen.
  public double serverNanosPerRequest() {
    return serverNanos < 0 ? Double.NaN : (double) serverNanos / Math.max(1, requests);
  }
}
