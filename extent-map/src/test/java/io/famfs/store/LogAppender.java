package io.famfs.store;

import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/// A program that makes directories in a volume on a file, each named after the moment before it
/// was made. It makes the next one when a byte arrives on its standard input, some time later, so
/// that the other program has come to rest.
final class LogAppender {
  private LogAppender() {}

  public static void main(String[] arguments) throws Exception {
    TestDevice device = TestDevice.existing(Path.of(arguments[0]));
    SplittableRandom random = new SplittableRandom(1);
    try (Volume volume = Volume.open(List.of(device), OpenOptions.forHost(MediaEditor.OWNER))) {
      while (System.in.read() >= 0) {
        LockSupport.parkNanos(random.nextLong(20_000_000));
        // The same clock in every process of a host.
        volume.mkdir("at" + System.nanoTime(), 0755, 0, 0);
      }
    }
  }
}
