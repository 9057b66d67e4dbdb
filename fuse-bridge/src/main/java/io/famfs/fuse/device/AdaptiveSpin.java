package io.famfs.fuse.device;

/// Decides whether a worker that has nothing to do should look for the next request for a while
/// before it sleeps. Waking a thread on another processor costs many times what a request does,
/// looking costs the processor.
///
/// It learns from what happens: a request that comes soon after the worker fell asleep speaks for
/// looking, a request that is found by looking confirms it, looking in vain speaks against it, and
/// the more often it was in vain the more it takes to try again. A client that runs on the worker's
/// own processor cannot send anything while the worker looks: there it is tried once in a thousand
/// requests. An idle worker sleeps.
///
/// ```text
/// asleep --(enough requests came soon after falling asleep)--> looking --(in vain)--> asleep
///                                                               | ^
///                                                               +-+ found one
/// ```
///
/// Belongs to one thread.
final class AdaptiveSpin {
  /// What a wake-up on another processor takes at least: a request that comes within that time of
  /// falling asleep would have been found.
  private static final int FIRST_PRICE = 8;

  private static final int HIGHEST_PRICE = 1024;

  /// How often in a row looking may be in vain before it stops.
  private static final int PATIENCE = 2;

  private final long limitNanos;
  private boolean looking;
  private int price = FIRST_PRICE;
  private int soon;
  private int vain;

  /// @param limitNanos how long to look, 0 for never
  AdaptiveSpin(long limitNanos) {
    this.limitNanos = limitNanos;
  }

  /// How long to look, in nanoseconds; 0 to sleep at once.
  long limitNanos() {
    return looking ? limitNanos : 0;
  }

  /// Says that a request was found by looking.
  void found() {
    vain = 0;
    price = FIRST_PRICE;
  }

  /// Says that none was.
  void inVain() {
    vain++;
    if (vain >= PATIENCE) {
      looking = false;
      soon = 0;
      vain = 0;
      price = Math.min(HIGHEST_PRICE, price * 2);
    }
  }

  /// Says how long the worker has slept until a request came, the time to wake included.
  void slept(long nanos) {
    if (limitNanos == 0 || nanos > 2 * limitNanos) {
      return;
    }
    soon++;
    if (soon >= price) {
      looking = true;
      soon = 0;
    }
  }
}
