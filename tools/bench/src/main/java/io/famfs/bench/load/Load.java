package io.famfs.bench.load;

/// How an operation is put on a back-end.
///
/// @param operation what each request does
/// @param depth requests under way in each queue, no more than the driver was made for
/// @param queues how many of the driver's queues are used
/// @param polled whether the driver looks for replies all the time, or sleeps until it is notified
/// @param millis how long; what is under way then is awaited
/// @param ratePerSecond requests that are due each second in all queues together, whether earlier
///   ones are answered or not; their latency counts from when they are due. 0: as many as go.
/// @param random whether offsets are drawn, or follow each other
/// @param verify whether what is read is compared with what [LoadClient#fill] has written
public record Load(
    LoadOperation operation,
    int depth,
    int queues,
    boolean polled,
    long millis,
    long ratePerSecond,
    boolean random,
    boolean verify) {

  /// @throws IllegalArgumentException with what is wrong
  public Load {
    if (millis < 1 || millis > 86_400_000) {
      throw new IllegalArgumentException("a run of " + millis + " ms");
    }
    if (ratePerSecond < 0 || ratePerSecond > 100_000_000) {
      throw new IllegalArgumentException(ratePerSecond + " requests per second");
    }
  }

  /// As many as go, in order, unverified.
  public static Load closed(LoadOperation operation, int depth, boolean polled, long millis) {
    return new Load(operation, depth, 1, polled, millis, 0, false, false);
  }

  /// The same for another time.
  public Load withMillis(long other) {
    return new Load(operation, depth, queues, polled, other, ratePerSecond, random, verify);
  }

  /// The same on several queues.
  public Load withQueues(int count) {
    return new Load(operation, depth, count, polled, millis, ratePerSecond, random, verify);
  }
}
