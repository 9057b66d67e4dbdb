package io.famfs.fuse.server;

import io.famfs.fuse.protocol.Opcode;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/// Counts of one worker. Only that worker counts up, so that no counter is contended; any thread
/// may read.
///
/// ```text
/// 0..8     causes and bytes, one each
/// 9..      requests by opcode
/// then     nanoseconds by opcode
/// then     error replies by errno, the last for all above
/// ```
final class WorkerCounters {
  /// Requests against the protocol.
  static final int MALFORMED = 0;

  /// Requests that failed because memory has gone.
  static final int MEMORY_FAULTS = 1;

  /// Requests that failed by a mistake in this program.
  static final int FAILURES = 2;

  static final int UNKNOWN_OPCODES = 3;

  /// Requests before an INIT and after a DESTROY.
  static final int UNCONNECTED = 4;

  static final int READ_BYTES = 5;
  static final int WRITTEN_BYTES = 6;
  static final int MAPPED_BYTES = 7;
  static final int UNMAPPED_BYTES = 8;
  static final int REQUESTS = 9;
  static final int NANOS = REQUESTS + Opcode.LAST + 1;
  static final int ERRORS = NANOS + Opcode.LAST + 1;
  static final int ERRNO_LIMIT = 256;
  static final int SIZE = ERRORS + ERRNO_LIMIT;

  private static final int UNUSED_SLOTS = 8;

  private final AtomicLongArray counts = new AtomicLongArray(SIZE);
  private final @Nullable Latencies latencies;
  private final TrafficTable traffic;

  /// Of a worker that has no session yet.
  WorkerCounters() {
    latencies = null;
    traffic = new TrafficTable(UNUSED_SLOTS);
  }

  /// @param measured whether times are kept by opcode
  WorkerCounters(boolean measured) {
    latencies = measured ? new Latencies() : null;
    traffic = new TrafficTable(TrafficTable.SLOTS);
  }

  void increment(int index) {
    add(index, 1);
  }

  void add(int index, long amount) {
    counts.setOpaque(index, counts.getPlain(index) + amount);
  }

  void request(int opcode) {
    increment(REQUESTS + opcode);
  }

  /// Counts an error reply; `errno` is positive.
  void error(int errno) {
    increment(ERRORS + Math.min(errno, ERRNO_LIMIT - 1));
  }

  void read(long nodeid, long bytes) {
    add(READ_BYTES, bytes);
    traffic.add(nodeid, TrafficTable.READ, bytes);
  }

  void written(long nodeid, long bytes) {
    add(WRITTEN_BYTES, bytes);
    traffic.add(nodeid, TrafficTable.WRITTEN, bytes);
  }

  void mapped(long nodeid, long bytes) {
    add(MAPPED_BYTES, bytes);
    traffic.add(nodeid, TrafficTable.MAPPED, bytes);
  }

  /// Records how long a request took.
  void took(int opcode, long nanos) {
    Latencies kept = latencies;
    if (kept != null) {
      add(NANOS + opcode, nanos);
      kept.record(opcode, nanos);
    }
  }

  void addTo(long[] sums) {
    for (int i = 0; i < SIZE; i++) {
      sums[i] += counts.getOpaque(i);
    }
  }

  void addTo(TrafficSums sums) {
    traffic.forEach(sums::add);
  }

  /// The times, which whoever sums them up takes out; null when they are not measured.
  @Nullable Latencies latencies() {
    return latencies;
  }
}
