package io.famfs.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// What every command has: streams and `--help`.
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = VersionText.class,
    abbreviateSynopsis = true,
    sortOptions = false)
abstract class BaseCommand implements Callable<Integer> {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;

  @SuppressWarnings("NullAway.Init") // set by picocli before call()
  @Spec
  CommandSpec spec;

  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /// Answers a command that lacks its subcommand.
  Integer explainUsage() {
    spec.commandLine().usage(err());
    err().flush();
    return USAGE;
  }

  /// One line on the error stream, with the name of the command in front.
  void complain(String message) {
    err().println(spec.qualifiedName() + ": " + message);
    err().flush();
  }
}
