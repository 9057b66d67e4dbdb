package io.famfs.fuse.server;

import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Gathers the counts of all workers of a server, those that have gone included.
final class ServerCounters {
  private final Set<WorkerCounters> workers = new HashSet<>();
  private final long[] gone = new long[WorkerCounters.SIZE];

  synchronized WorkerCounters open() {
    WorkerCounters counters = new WorkerCounters();
    workers.add(counters);
    return counters;
  }

  /// Keeps the totals of a worker that will count no more.
  synchronized void close(WorkerCounters counters) {
    if (workers.remove(counters)) {
      counters.addTo(gone);
    }
  }

  synchronized ServerStats stats() {
    long[] sums = gone.clone();
    for (WorkerCounters counters : workers) {
      counters.addTo(sums);
    }
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
        sums[WorkerCounters.MALFORMED],
        sums[WorkerCounters.UNKNOWN_OPCODES],
        sums[WorkerCounters.MEMORY_FAULTS],
        sums[WorkerCounters.FAILURES]);
  }
}
