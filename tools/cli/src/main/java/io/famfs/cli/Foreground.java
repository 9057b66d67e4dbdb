package io.famfs.cli;

import java.util.concurrent.CountDownLatch;

/// Keeps a server's process alive until it is told to end, and ends it in order.
///
/// SIGTERM, SIGINT and the end of the work all lead to one clean-up; a signalled process exits with
/// 0: being told to end is how a server ends.
final class Foreground {
  private final Runnable cleanUp;
  private boolean cleaned;
  private final CountDownLatch never = new CountDownLatch(1);

  /// Ready to be ended; `cleanUp` runs exactly once.
  Foreground(Runnable cleanUp) {
    this.cleanUp = cleanUp;
    Runtime.getRuntime().addShutdownHook(new Thread(this::shutDown, "shutdown"));
  }

  /// Waits for the signal that ends the process.
  void await() throws InterruptedException {
    never.await();
  }

  /// Cleans up because the work has ended by itself.
  void end() {
    clean();
  }

  private void shutDown() {
    clean();
    // Without this the exit code of a signalled JVM is 128 + signal.
    Runtime.getRuntime().halt(0);
  }

  /// Whoever comes second waits until the first is done: the process must not end in between.
  private synchronized void clean() {
    if (!cleaned) {
      cleaned = true;
      cleanUp.run();
    }
  }
}
