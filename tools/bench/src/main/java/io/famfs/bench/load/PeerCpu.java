package io.famfs.bench.load;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// The processor time of another process, from `/proc`.
final class PeerCpu {
  private PeerCpu() {}

  /// What its threads have used so far, in nanoseconds; those that have ended are not counted. -1
  /// when it cannot be seen.
  static long nanos(int pid) {
    long sum = 0;
    if (pid <= 0) {
      return -1;
    }
    try (DirectoryStream<Path> threads =
        Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
      for (Path thread : threads) {
        sum += ofThread(thread);
      }
    } catch (IOException _) {
      return -1;
    }
    return sum;
  }

  /// The first number of `schedstat` is the time on a processor.
  private static long ofThread(Path thread) {
    try {
      return Long.parseLong(Files.readString(thread.resolve("schedstat")).strip().split(" ", 2)[0]);
    } catch (IOException | NumberFormatException _) {
      // It has ended meanwhile.
      return 0;
    }
  }
}
