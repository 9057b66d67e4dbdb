package io.famfs.cli;

import io.famfs.core.Errno;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import picocli.CommandLine;

/// How every command is run: conversions, and one line for every operating error.
final class CommandLines {
  private static final int FAILED = 1;

  private CommandLines() {}

  /// Runs a command on the process's own streams.
  static int run(Object command, String... args) {
    return of(command).execute(args);
  }

  /// The command line of a command, with conversions and error handling in place.
  static CommandLine of(Object command) {
    CommandLine line = new CommandLine(command);
    line.setExecutionExceptionHandler(CommandLines::report);
    line.setParameterExceptionHandler(CommandLines::misuse);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    return line;
  }

  private static int misuse(CommandLine.ParameterException e, String[] args) {
    PrintWriter err = e.getCommandLine().getErr();
    String name = e.getCommandLine().getCommandSpec().qualifiedName();
    err.println(name + ": " + e.getMessage() + " (try '" + name + " --help')");
    err.flush();
    return CommandLine.ExitCode.USAGE;
  }

  private static int report(
      Exception e, CommandLine commandLine, CommandLine.ParseResult parseResult) throws Exception {
    PrintWriter err = commandLine.getErr();
    err.println(commandLine.getCommandSpec().qualifiedName() + ": " + describe(e));
    err.flush();
    return FAILED;
  }

  /// The one line for an operating error; anything else is a mistake of ours and is thrown on.
  static String describe(Exception e) throws Exception {
    return switch (e) {
      case CliException x -> String.valueOf(x.getMessage());
      case FileSystemException x -> x.getFile() + ": " + reason(x);
      case IOException x -> String.valueOf(x.getMessage());
      default -> throw e;
    };
  }

  private static String reason(FileSystemException e) {
    if (e.getReason() != null) {
      return e.getReason();
    }
    return switch (e) {
      case java.nio.file.NoSuchFileException _ -> Errno.describe(Errno.ENOENT);
      case java.nio.file.AccessDeniedException _ -> Errno.describe(Errno.EACCES);
      case java.nio.file.FileAlreadyExistsException _ -> Errno.describe(Errno.EEXIST);
      default -> e.getClass().getSimpleName();
    };
  }
}
