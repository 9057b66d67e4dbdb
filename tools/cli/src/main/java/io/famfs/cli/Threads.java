package io.famfs.cli;

import picocli.CommandLine.Option;

/// The option that says how much runs at a time.
final class Threads {
  private static final int MAX = 256;

  @Option(
      names = {"-t", "--threadct"},
      paramLabel = "N",
      description = "Threads that work on files (default: one per processor).")
  private int wanted = Runtime.getRuntime().availableProcessors();

  /// The number, at least 1; 0 stands for no threads beside the command's own, which is 1 as well.
  int count() {
    if (wanted < 0 || wanted > MAX) {
      throw CliException.misuse("-t " + wanted + ": 0 to " + MAX + " threads");
    }
    return Math.max(1, wanted);
  }
}
