package io.famfs.cli;

import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.famfs.Timeouts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that say exactly how long kernels may remember names and attributes.
final class TimeoutOptions {
  private static final double MAX_SECONDS = 1e9;
  private static final double NANOS = 1e9;

  @Option(
      names = "--entry-timeout",
      paramLabel = "SECONDS",
      description = "How long kernels may rely on names, such as 0.5; overrides --cache.")
  private @Nullable Double entrySeconds;

  @Option(
      names = "--attr-timeout",
      paramLabel = "SECONDS",
      description = "How long kernels may rely on attributes; overrides --cache.")
  private @Nullable Double attributeSeconds;

  FamfsOptions apply(FamfsOptions options) {
    if (entrySeconds == null && attributeSeconds == null) {
      return options;
    }
    Duration entry = duration("--entry-timeout", entrySeconds, options.timeouts().entry());
    Duration attributes =
        duration("--attr-timeout", attributeSeconds, options.timeouts().attributes());
    return options.withTimeouts(new Timeouts(entry, attributes));
  }

  private static Duration duration(String name, @Nullable Double seconds, Duration otherwise) {
    double value = Objects.requireNonNullElse(seconds, 0.0);
    if (!(value >= 0 && value <= MAX_SECONDS)) {
      throw CliException.misuse(name + " takes 0 to " + (long) MAX_SECONDS + " seconds");
    }
    return seconds == null ? otherwise : Duration.ofNanos((long) (value * NANOS));
  }

  /// The options as they were given, for another command.
  List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    if (entrySeconds != null) {
      arguments.addAll(List.of("--entry-timeout", entrySeconds.toString()));
    }
    if (attributeSeconds != null) {
      arguments.addAll(List.of("--attr-timeout", attributeSeconds.toString()));
    }
    return arguments;
  }
}
