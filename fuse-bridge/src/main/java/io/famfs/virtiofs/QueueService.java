package io.famfs.virtiofs;

import io.famfs.os.CpuSet;
import io.famfs.os.ErrnoException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How the queues of a front-end are served.
///
/// @param poll how long a queue that has become empty is looked at before its thread sleeps; zero
///   for not at all. Less is done where that does not pay, see [AdaptivePoll].
/// @param workers how many threads serve the request queues of one front-end at a time; 0 for each
///   queue its own. The high-priority queue always has its own.
/// @param cpus the processors that these threads run on; null for all that the process may use
public record QueueService(Duration poll, int workers, @Nullable CpuSet cpus) {
  /// The longest time a queue may be looked at.
  public static final Duration MAX_POLL = Duration.ofMillis(100);

  /// The most threads of a front-end.
  public static final int MAX_WORKERS = 64;

  private static final Duration STANDARD_POLL = Duration.ofNanos(50_000);

  /// @throws IllegalArgumentException with what is wrong
  public QueueService {
    if (poll.isNegative() || poll.compareTo(MAX_POLL) > 0) {
      throw new IllegalArgumentException(
          "queues can be polled for up to " + MAX_POLL.toMillis() + " ms");
    }
    if (workers < 0 || workers > MAX_WORKERS) {
      throw new IllegalArgumentException(workers + " workers: at most " + MAX_WORKERS);
    }
  }

  /// A thread for each queue, everywhere; polled where there are processors to spare for that.
  public static QueueService standard() {
    boolean alone = Runtime.getRuntime().availableProcessors() == 1;
    return new QueueService(alone ? Duration.ZERO : STANDARD_POLL, 0, null);
  }

  /// The same with another time of polling.
  public QueueService withPoll(Duration other) {
    return new QueueService(other, workers, cpus);
  }

  /// The same with another number of threads.
  public QueueService withWorkers(int count) {
    return new QueueService(poll, count, cpus);
  }

  /// The same on these processors.
  public QueueService withCpus(CpuSet set) {
    return new QueueService(poll, workers, set);
  }

  /// Takes the calling thread to its processors. Where that is not possible it runs anywhere.
  void bindThisThread() {
    if (cpus == null) {
      return;
    }
    try {
      cpus.bindThisThread();
    } catch (ErrnoException e) {
      System.getLogger(QueueService.class.getName())
          .log(System.Logger.Level.WARNING, "queues run on any processor: {0}", e.getMessage());
    }
  }
}
