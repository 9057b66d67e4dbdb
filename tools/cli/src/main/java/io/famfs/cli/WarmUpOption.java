package io.famfs.cli;

import io.famfs.fuse.famfs.WarmUp;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/// The option that says how long a server may warm up before clients can come.
final class WarmUpOption {
  private static final int LONGEST_MILLIS = 60_000;

  @Option(
      names = "--warm-up",
      paramLabel = "MILLIS",
      description = {
        "How long the server answers requests of its own, in private memory, before clients can",
        "come, so that the first of them is served at full speed; 0: not at all",
        "(default: ${DEFAULT-VALUE})."
      })
  private int millis = 200;

  /// Runs for that long at most.
  void run() {
    if (millis < 0 || millis > LONGEST_MILLIS) {
      throw CliException.misuse("--warm-up " + millis + ": 0 to " + LONGEST_MILLIS);
    }
    if (millis == 0) {
      return;
    }
    try {
      int _ = WarmUp.run(Duration.ofMillis(millis));
    } catch (IOException e) {
      System.getLogger("famfs").log(System.Logger.Level.INFO, "no warm-up: " + e.getMessage());
    }
  }

  /// The option for another command.
  List<String> arguments() {
    return List.of("--warm-up", Integer.toString(millis));
  }
}
