package io.famfs.store;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A thread that looks for changes of bad memory twice a second: so an operator's word counts
/// within a second.
final class BadMemoryWatch {
  private static final long PERIOD_MILLIS = 500;
  private static final int LOOKS_PER_LIST = 10;

  private final BadMemory memory;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  BadMemoryWatch(BadMemory memory, String name) {
    this.memory = memory;
    this.thread = Thread.ofPlatform().daemon().name(name).start(this::run);
  }

  private void run() {
    try {
      for (int i = 1; !closed.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS); i++) {
        memory.refresh(i % LOOKS_PER_LIST == 0);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Ends it: no look touches a device any more when this returns.
  void close() {
    closed.countDown();
    if (Thread.currentThread().threadId() == thread.threadId()) {
      return;
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
