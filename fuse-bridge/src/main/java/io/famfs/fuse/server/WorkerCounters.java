package io.famfs.fuse.server;

import io.famfs.fuse.protocol.Opcode;
import java.util.concurrent.atomic.AtomicLongArray;

/// Counts of one worker. Only that worker counts up, so that no counter is contended; any thread
/// may read.
///
/// ```text
/// 0            malformed requests
/// 1            memory faults
/// 2            unexpected failures
/// 3            requests with an unknown opcode
/// 4..          requests by opcode
/// 4 + 54..     error replies by errno, the last for all above
/// ```
final class WorkerCounters {
  static final int MALFORMED = 0;
  static final int MEMORY_FAULTS = 1;
  static final int FAILURES = 2;
  static final int UNKNOWN_OPCODES = 3;
  static final int REQUESTS = 4;
  static final int ERRORS = REQUESTS + Opcode.LAST + 1;
  static final int ERRNO_LIMIT = 256;
  static final int SIZE = ERRORS + ERRNO_LIMIT;

  private final AtomicLongArray counts = new AtomicLongArray(SIZE);

  void increment(int index) {
    counts.setOpaque(index, counts.getPlain(index) + 1);
  }

  void request(int opcode) {
    increment(REQUESTS + opcode);
  }

  /// Counts an error reply; `errno` is positive.
  void error(int errno) {
    increment(ERRORS + Math.min(errno, ERRNO_LIMIT - 1));
  }

  void addTo(long[] sums) {
    for (int i = 0; i < SIZE; i++) {
      sums[i] += counts.getOpaque(i);
    }
  }
}
