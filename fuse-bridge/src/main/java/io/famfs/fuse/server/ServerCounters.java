package io.famfs.fuse.server;

import io.famfs.fuse.protocol.Opcode;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Gathers the counts of all workers of a server, those that have gone included.
final class ServerCounters {
  /// Files whose counts outlive their workers by themselves.
  private static final int KEPT_FILES = 4096;

  private final boolean measured;
  private final Set<WorkerCounters> workers = new HashSet<>();
  private final long[] gone = new long[WorkerCounters.SIZE];
  private final @Nullable Histogram[] times = new @Nullable Histogram[Opcode.LAST + 1];
  private final TrafficSums goneTraffic = new TrafficSums();

  /// @param measured whether times are kept by opcode
  ServerCounters(boolean measured) {
    this.measured = measured;
  }

  boolean measured() {
    return measured;
  }

  synchronized WorkerCounters open() {
    WorkerCounters counters = new WorkerCounters(measured);
    workers.add(counters);
    return counters;
  }

  /// Keeps the totals of a worker that will count no more.
  synchronized void close(WorkerCounters counters) {
    if (workers.remove(counters)) {
      counters.addTo(gone);
      counters.addTo(goneTraffic);
      goneTraffic.keep(KEPT_FILES);
      drain(counters);
    }
  }

  private void drain(WorkerCounters counters) {
    Latencies latencies = counters.latencies();
    if (latencies != null) {
      latencies.drainTo(times);
    }
  }

  synchronized ServerStats stats() {
    long[] sums = sums();
    SortedMap<String, Long> requests = new TreeMap<>();
    for (Operation operation : OperationTable.operations()) {
      long count = sums[WorkerCounters.REQUESTS + operation.opcode()];
      if (count != 0) {
        requests.put(operation.name(), count);
      }
    }
    SortedMap<Integer, Long> errors = new TreeMap<>();
    for (int errno = 0; errno < WorkerCounters.ERRNO_LIMIT; errno++) {
      long count = sums[WorkerCounters.ERRORS + errno];
      if (count != 0) {
        errors.put(errno, count);
      }
    }
    return new ServerStats(
        Collections.unmodifiableSortedMap(requests),
        Collections.unmodifiableSortedMap(errors),
        new ServerStats.Causes(
            sums[WorkerCounters.MALFORMED],
            sums[WorkerCounters.UNKNOWN_OPCODES],
            sums[WorkerCounters.UNCONNECTED],
            sums[WorkerCounters.MEMORY_FAULTS],
            sums[WorkerCounters.FAILURES]),
        new ServerStats.Bytes(
            sums[WorkerCounters.READ_BYTES],
            sums[WorkerCounters.WRITTEN_BYTES],
            sums[WorkerCounters.MAPPED_BYTES],
            sums[WorkerCounters.UNMAPPED_BYTES]));
  }

  private long[] sums() {
    long[] sums = gone.clone();
    for (WorkerCounters counters : workers) {
      counters.addTo(sums);
    }
    return sums;
  }

  /// How long requests took, by the names of their opcodes, without those never seen.
  synchronized SortedMap<String, OperationLatency> latencies() {
    workers.forEach(this::drain);
    long[] sums = sums();
    SortedMap<String, OperationLatency> byName = new TreeMap<>();
    for (Operation operation : OperationTable.operations()) {
      Histogram histogram = times[operation.opcode()];
      if (histogram != null && histogram.getTotalCount() > 0) {
        long sumNanos = sums[WorkerCounters.NANOS + operation.opcode()];
        byName.put(operation.name(), OperationLatency.of(histogram, sumNanos));
      }
    }
    return byName;
  }

  /// The files with most bytes.
  synchronized List<FileTraffic> busiestFiles(int limit) {
    return traffic().busiest(limit);
  }

  /// What was counted for one file; zeros when it is not among those that are kept.
  synchronized FileTraffic traffic(long nodeid) {
    return traffic().of(nodeid);
  }

  private TrafficSums traffic() {
    TrafficSums sums = new TrafficSums();
    sums.add(goneTraffic);
    workers.forEach(counters -> counters.addTo(sums));
    return sums;
  }
}
