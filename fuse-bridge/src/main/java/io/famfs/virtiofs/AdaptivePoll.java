package io.famfs.virtiofs;

/// How long it pays to look at an empty queue before sleeping. Belongs to one worker.
///
/// When requests come soon after the queue became empty, looking saves both sides a system call and
/// a wake-up; when they do not, it only costs processor time. So the time grows as long as waits
/// end within the limit, and halves with each that does not: after a few of those, and always on an
/// idle queue, nothing is looked at.
final class AdaptivePoll {
  /// Shorter is not worth a reading of the clock.
  private static final long LEAST_NS = 2_000;

  private final long limitNs;
  private long timeNs;

  /// @param limitNs the longest time; 0 for never
  AdaptivePoll(long limitNs) {
    this.limitNs = limitNs;
  }

  /// Whether there is anything to find out.
  boolean enabled() {
    return limitNs > 0;
  }

  /// How long to look now.
  long timeNs() {
    return timeNs;
  }

  /// Learns how long a queue was empty.
  void waited(long ns) {
    if (ns > limitNs) {
      timeNs = timeNs / 2 < LEAST_NS ? 0 : timeNs / 2;
    } else if (ns > timeNs) {
      timeNs = Math.min(limitNs, Math.max(LEAST_NS, 2 * ns));
    }
  }
}
