package io.famfs.virtiofs;

import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Lets only so many threads of one front-end serve queues at a time. They belong to one front-end,
/// so that one that holds its server up holds up itself.
final class WorkerGate {
  /// Null where there is a place for everybody: then queues share nothing.
  private final @Nullable Semaphore places;

  /// @param workers how many; 0 for any number
  WorkerGate(int workers) {
    places = workers == 0 ? null : new Semaphore(workers, true);
  }

  /// Waits for a place.
  void enter() {
    if (places != null) {
      places.acquireUninterruptibly();
    }
  }

  /// Gives it back.
  void leave() {
    if (places != null) {
      places.release();
    }
  }

  /// Whether somebody waits for a place.
  boolean contended() {
    return places != null && places.hasQueuedThreads();
  }

  /// Lets whoever waits go first.
  void letOthersPass() {
    if (contended()) {
      leave();
      enter();
    }
  }
}
