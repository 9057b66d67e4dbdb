package io.famfs.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// One run of a helper program: output to a file, standard input empty, bounded in time.
record Command(List<String> words, Map<String, String> environment, Path directory) {

  /// How it ended: `output` is standard output and standard error as they came.
  record Outcome(int exit, String output) {
    boolean failed() {
      return exit != 0;
    }

    /// The last line that says something, for an error message.
    String lastLine() {
      return output
          .lines()
          .map(String::strip)
          .filter(l -> !l.isEmpty())
          .reduce((a, b) -> b)
          .orElse("");
    }
  }

  static Command of(String... words) {
    return new Command(List.of(words), Map.of(), Path.of("/"));
  }

  /// How often a long run reports.
  private static final Duration TICK = Duration.ofSeconds(3);

  /// Runs to the end, or kills it after `limit`.
  ///
  /// @throws IOException when the program cannot be started or runs too long
  Outcome run(Duration limit) throws IOException, InterruptedException {
    return run(limit, () -> {});
  }

  /// The same, calling `tick` every few seconds while the program runs.
  Outcome run(Duration limit, Runnable tick) throws IOException, InterruptedException {
    Path out = Files.createTempFile("famfs-e2e-command", ".out").toAbsolutePath();
    try {
      ProcessBuilder builder =
          new ProcessBuilder(words)
              .directory(directory.toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectErrorStream(true)
              .redirectOutput(out.toFile());
      builder.environment().putAll(environment);
      // Messages are searched for known phrases.
      builder.environment().put("LC_ALL", "C");
      Process process = builder.start();
      try {
        long endNs = System.nanoTime() + limit.toNanos();
        while (!process.waitFor(
            Math.min(TICK.toMillis(), limit.toMillis()), TimeUnit.MILLISECONDS)) {
          if (System.nanoTime() - endNs > 0) {
            throw new IOException(
                words.getFirst() + " did not end within " + limit.toSeconds() + " s");
          }
          tick.run();
        }
      } finally {
        process.destroyForcibly();
      }
      return new Outcome(process.exitValue(), text(out));
    } finally {
      Files.deleteIfExists(out);
    }
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
