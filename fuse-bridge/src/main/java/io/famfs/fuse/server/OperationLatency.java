package io.famfs.fuse.server;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/// How long the requests of one opcode took in the server: from the header being taken apart to the
/// reply being complete, without the transport. Values are exact to 1 in 100.
///
/// @param count how many there were
/// @param p50Nanos half of them took no longer
/// @param p99Nanos 99 of 100 took no longer
/// @param maxNanos the longest
/// @param sumNanos all of them together
/// @param atMost how many took no longer than each of [#BOUNDS_NANOS], and all
public record OperationLatency(
    long count, long p50Nanos, long p99Nanos, long maxNanos, long sumNanos, List<Long> atMost) {
  /// Bounds for whoever wants few and fixed ones.
  static final long[] BOUNDS_NANOS = {
    250,
    500,
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    10_000_000,
    100_000_000,
    1_000_000_000,
    10_000_000_000L
  };

  public OperationLatency {
    atMost = List.copyOf(atMost);
  }

  private static final double HALF = 50;
  private static final double NEARLY_ALL = 99;

  static OperationLatency of(Histogram histogram, long sumNanos) {
    long total = histogram.getTotalCount();
    List<Long> atMost = new ArrayList<>();
    for (long bound : BOUNDS_NANOS) {
      atMost.add(histogram.getCountBetweenValues(0, bound));
    }
    atMost.add(total);
    return new OperationLatency(
        total,
        histogram.getValueAtPercentile(HALF),
        histogram.getValueAtPercentile(NEARLY_ALL),
        histogram.getMaxValue(),
        sumNanos,
        atMost);
  }
}
