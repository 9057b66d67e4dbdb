package io.famfs.fuse.device;

/// Decides whether a worker that has nothing to do should look for the next request for a while
/// before it sleeps. Waking a thread on another processor costs many times what a request does;
/// looking costs the processor, which the client may need.
///
/// It measures both: how long it takes from one request to the next when it sleeps, and when it
/// looks. The better way is taken, and the other one is tried again from time to time, the more
/// rarely the clearer things are. Only requests that follow each other quickly count; a worker
/// whose client pauses sleeps.
///
/// ```text
/// sleeping --(a trial of looking was faster)--> looking
/// looking --(a trial of sleeping was faster, or looked in vain twice in a row)--> sleeping
/// ```
///
/// Belongs to one thread.
final class AdaptiveSpin {
  /// Requests in a trial of the other way.
  private static final int TRIAL = 32;

  /// Requests between two trials: at first, and when nothing has changed for long.
  private static final int FIRST_WAIT = 64;

  private static final int LONGEST_WAIT = 8192;

  /// How often in a row looking may be in vain before it stops.
  private static final int PATIENCE = 2;

  /// An average follows the last requests with this weight.
  private static final int WEIGHT_SHIFT = 3;

  /// Looking has to be faster by an eighth.
  private static final int MARGIN_SHIFT = 3;

  private final long limitNanos;
  private boolean looks;
  private boolean trial;
  private int left = FIRST_WAIT;
  private int wait = FIRST_WAIT;
  private int vain;
  private long sleepingNanos;
  private long lookingNanos;

  /// @param limitNanos how long to look, 0 for never
  AdaptiveSpin(long limitNanos) {
    this.limitNanos = limitNanos;
  }

  /// How long to look now, in nanoseconds; 0 to sleep at once.
  long limitNanos() {
    return looks == trial ? 0 : limitNanos;
  }

  /// Says that a request was found by looking.
  ///
  /// @param nanos how long that took
  void found(long nanos) {
    vain = 0;
    lookingNanos = average(lookingNanos, nanos);
    next();
  }

  /// Says that none was found.
  void inVain() {
    vain++;
    if (vain >= PATIENCE) {
      looks = false;
      restart();
    }
  }

  /// Says how long the worker has slept until a request came, the time to wake included.
  void slept(long nanos) {
    if (limitNanos == 0 || nanos > 2 * limitNanos) {
      return;
    }
    sleepingNanos = average(sleepingNanos, nanos);
    next();
  }

  private static long average(long before, long nanos) {
    return before == 0 ? nanos : before + ((nanos - before) >> WEIGHT_SHIFT);
  }

  private void next() {
    left--;
    if (left > 0) {
      return;
    }
    if (trial) {
      decide();
    } else {
      trial = true;
      left = TRIAL;
      if (looks) {
        sleepingNanos = 0;
      } else {
        lookingNanos = 0;
      }
    }
  }

  private void decide() {
    boolean better = lookingNanos < sleepingNanos - (sleepingNanos >> MARGIN_SHIFT);
    trial = false;
    wait = better == looks ? Math.min(LONGEST_WAIT, wait * 2) : FIRST_WAIT;
    looks = better;
    left = wait;
  }

  private void restart() {
    wait = trial ? Math.min(LONGEST_WAIT, wait * 2) : FIRST_WAIT;
    trial = false;
    left = wait;
    vain = 0;
  }
}
