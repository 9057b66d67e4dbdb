package io.famfs.cli;

/// `famfs COMMAND ...`.
public final class Main {
  private Main() {}

  /// Runs one command and ends the process with its exit code: 0 done, 1 failed, 2 wrong usage.
  public static void main(String[] args) {
    System.exit(CommandLines.run(new FamfsCommand(), args));
  }
}
