package io.famfs.store;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// A thread that looks at the log again and again: what others append becomes visible by itself.
///
/// It sleeps [#SHORTEST] after a look that found something, and twice as long after each that did
/// not, up to [#LONGEST]. So an entry becomes visible at the latest that long after it was
/// published, plus what the system takes to wake a thread, and an idle log costs 250 looks a
/// second: each is one load from a cache line that nobody has changed.
public final class Following implements AutoCloseable {
  /// The pause while entries keep coming.
  public static final Duration SHORTEST = Duration.ofNanos(500_000);

  /// The pause when nothing comes.
  public static final Duration LONGEST = Duration.ofMillis(4);

  private final LogFollower follower;
  private final Thread thread;
  private volatile boolean closed;

  Following(LogFollower follower, String name) {
    this.follower = follower;
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /// Whether it still looks.
  boolean running() {
    return !closed && thread.isAlive();
  }

  /// What the last look found.
  public FollowStatus status() {
    return follower.status();
  }

  private void run() {
    long pause = SHORTEST.toNanos();
    FollowStatus before = follower.status();
    while (!closed && !before.state().stopped()) {
      FollowStatus now = follower.look();
      boolean moved = now.entriesSeen() != before.entriesSeen();
      pause = moved ? SHORTEST.toNanos() : Math.min(2 * pause, LONGEST.toNanos());
      before = now;
      LockSupport.parkNanos(this, pause);
    }
  }

  /// Ends the thread. When the call returns, no listener is called by it any more; called by a
  /// listener, it returns at once.
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    boolean interrupted = false;
    while (thread.isAlive() && Thread.currentThread().threadId() != thread.threadId()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
