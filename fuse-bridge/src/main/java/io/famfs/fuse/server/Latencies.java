package io.famfs.fuse.server;

import io.famfs.fuse.protocol.Opcode;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;
import org.jspecify.annotations.Nullable;

/// How long the requests of one worker took, by opcode: from the header being taken apart to the
/// reply being complete, without the transport.
///
/// Only the worker records, without a lock, into a recorder of its own; any thread may take what
/// was recorded. Each opcode that was seen costs [#BYTES_PER_OPCODE] of memory at most.
final class Latencies {
  /// Longer ones count as this.
  static final long LONGEST_NANOS = 60_000_000_000L;

  /// Values are told apart when they differ by 1 in 100.
  static final int DIGITS = 2;

  /// Two histograms in turns, of 3840 counts each.
  static final int BYTES_PER_OPCODE = 2 * 31_000;

  private final AtomicReferenceArray<@Nullable SingleWriterRecorder> recorders =
      new AtomicReferenceArray<>(Opcode.LAST + 1);

  /// Records a request; by the worker only.
  void record(int opcode, long nanos) {
    SingleWriterRecorder recorder = recorders.getPlain(opcode);
    if (recorder == null) {
      recorder = new SingleWriterRecorder(LONGEST_NANOS, DIGITS);
      recorders.setRelease(opcode, recorder);
    }
    recorder.recordValue(Math.clamp(nanos, 0, LONGEST_NANOS));
  }

  /// Moves what was recorded since the last call into `sums`. One caller at a time.
  ///
  /// @param sums by opcode; made where there is something for the first time
  void drainTo(@Nullable Histogram[] sums) {
    for (int opcode = 0; opcode < sums.length; opcode++) {
      SingleWriterRecorder recorder = recorders.getAcquire(opcode);
      if (recorder != null) {
        Histogram sum = sums[opcode];
        if (sum == null) {
          sum = new Histogram(LONGEST_NANOS, DIGITS);
          sums[opcode] = sum;
        }
        sum.add(recorder.getIntervalHistogram());
      }
    }
  }
}
