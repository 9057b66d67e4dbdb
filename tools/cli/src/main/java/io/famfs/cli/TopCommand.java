package io.famfs.cli;

import io.famfs.os.Terminal;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `famfs top`.
@Command(
    name = "top",
    description = "Shows what a running server does, again and again; q ends it.",
    footer = {
      "",
      "Rates and times are those since the look before. Where input or output is no terminal, two",
      "looks are taken, and what was between them is printed once."
    })
final class TopCommand extends BaseCommand {
  private static final double LEAST_SECONDS = 0.1;
  private static final double MOST_SECONDS = 3600;
  private static final double NANOS = 1e9;

  /// How soon a new size of the terminal is noticed.
  private static final int TICK_MILLIS = 200;

  private static final int END_OF_TRANSMISSION = 4;

  @Mixin private ServerChoice choice = new ServerChoice();

  @Option(
      names = {"-d", "--interval"},
      paramLabel = "SECONDS",
      description = "Time between two looks, 0.1 to 3600 (default: ${DEFAULT-VALUE}).")
  private double intervalSeconds = 1;

  @Option(names = "--once", description = "Print it once, as without a terminal.")
  private boolean once;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (!(intervalSeconds >= LEAST_SECONDS && intervalSeconds <= MOST_SECONDS)) {
      throw CliException.misuse("--interval takes 0.1 to 3600 seconds");
    }
    long intervalNanos = (long) (intervalSeconds * NANOS);
    ServerClient server = choice.one();
    JsonTree first = look(server);
    TopScreen screen = once ? null : TopScreen.open();
    if (screen == null) {
      printOnce(server, first, intervalNanos);
      return DONE;
    }
    try (screen) {
      show(screen, server, first, intervalNanos);
    }
    return DONE;
  }

  private static JsonTree look(ServerClient server) throws IOException {
    return JsonTree.parse(server.get("/stats"));
  }

  private void printOnce(ServerClient server, JsonTree first, long intervalNanos)
      throws IOException, InterruptedException {
    // Nobody counts it down: only time passes.
    boolean _ = new CountDownLatch(1).await(intervalNanos, TimeUnit.NANOSECONDS);
    new TopText(first, look(server)).lines().forEach(out()::println);
    out().flush();
  }

  private static void show(
      TopScreen screen, ServerClient server, JsonTree first, long intervalNanos)
      throws IOException {
    JsonTree before = first;
    List<String> lines = List.of(StatsText.title(first), "...");
    boolean wanted = true;
    while (wanted) {
      wanted = wait(screen, lines, intervalNanos);
      if (wanted) {
        JsonTree now = look(server);
        if (TopText.sameProcess(before, now)) {
          lines = new TopText(before, now).lines();
        }
        before = now;
      }
    }
  }

  /// Draws, and draws again when the size of the terminal changes, until it is time to look again.
  ///
  /// @return false when the user has had enough
  private static boolean wait(TopScreen screen, List<String> lines, long intervalNanos) {
    long start = System.nanoTime();
    Terminal.@Nullable Size drawn = null;
    for (long passed = 0; passed < intervalNanos; passed = System.nanoTime() - start) {
      Terminal.Size size = screen.size();
      if (!size.equals(drawn)) {
        screen.draw(lines, size);
        drawn = size;
      }
      long leftMillis = TimeUnit.NANOSECONDS.toMillis(intervalNanos - passed) + 1;
      switch (screen.key((int) Math.min(TICK_MILLIS, leftMillis))) {
        case 'q', 'Q', END_OF_TRANSMISSION, Terminal.GONE -> {
          return false;
        }
        default -> {
          // No key, or one that means nothing.
        }
      }
    }
    return true;
  }
}
