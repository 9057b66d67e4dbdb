package io.famfs.virtiofs;

import java.util.concurrent.Semaphore;

/// Lets only so many threads of one front-end serve queues at a time. They belong to one front-end,
/// so that one that holds its server up holds up itself.
final class WorkerGate {
  private final Semaphore places;

  /// @param workers how many; 0 for any number
  WorkerGate(int workers) {
    places = new Semaphore(workers == 0 ? Integer.MAX_VALUE : workers, true);
  }

  /// Waits for a place.
  void enter() {
    places.acquireUninterruptibly();
  }

  /// Gives it back.
  void leave() {
    places.release();
  }

  /// Whether somebody waits for a place.
  boolean contended() {
    return places.hasQueuedThreads();
  }

  /// Lets whoever waits go first.
  void letOthersPass() {
    if (contended()) {
      leave();
      enter();
    }
  }
}
