package io.famfs.cli;

import io.famfs.core.Errno;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import picocli.CommandLine;

/// How every command is run: conversions, and one line for every operating error.
final class CommandLines {
  private static final int FAILED = 1;

  private CommandLines() {}

  /// Runs a command on the process's own streams.
  static int run(Object command, String... args) {
    CommandLine line = of(command);
    try {
      return line.execute(args);
    } catch (InternalError e) {
      // What the virtual machine makes of a bus error: the mapped file has become shorter.
      line.getErr()
          .println(
              line.getCommandName()
                  + ": the memory of the device cannot be read or written any more: the file behind"
                  + " it has become shorter, or the device is gone");
      return FAILED;
    } finally {
      line.getOut().flush();
      line.getErr().flush();
    }
  }

  /// The command line of a command, with conversions and error handling in place.
  static CommandLine of(Object command) {
    CommandLine line = new CommandLine(command);
    line.setExecutionExceptionHandler(CommandLines::report);
    line.setParameterExceptionHandler((e, _) -> misuse(e.getCommandLine(), said(e)));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    CommandLine supervise = line.getSubcommands().get("supervise");
    if (supervise != null) {
      // What follows is the child's.
      supervise.setStopAtPositional(true);
    }
    return line;
  }

  private static String said(CommandLine.ParameterException e) {
    if (e instanceof CommandLine.UnmatchedArgumentException unmatched
        && !e.getCommandLine().getSubcommands().isEmpty()
        && !unmatched.getUnmatched().getFirst().startsWith("-")) {
      return "there is no command '" + unmatched.getUnmatched().getFirst() + "'";
    }
    return String.valueOf(e.getMessage());
  }

  private static int misuse(CommandLine line, String message) {
    String name = line.getCommandSpec().qualifiedName();
    complain(line, message + " (try '" + name + " --help')");
    return line.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static int report(
      Exception e, CommandLine commandLine, CommandLine.ParseResult parseResult) throws Exception {
    if (e instanceof CliException own && own.misuse()) {
      return misuse(commandLine, own.getMessage());
    }
    complain(commandLine, describe(e));
    return commandLine.getCommandSpec().exitCodeOnExecutionException();
  }

  private static void complain(CommandLine line, String message) {
    PrintWriter err = line.getErr();
    err.println(line.getCommandSpec().qualifiedName() + ": " + message);
    err.flush();
  }

  /// As [#describe], for an error that is known to be an operating error.
  static String line(Exception e) {
    try {
      return describe(e);
    } catch (RuntimeException unexpected) {
      throw unexpected;
    } catch (Exception unexpected) {
      throw new IllegalStateException(unexpected);
    }
  }

  /// The one line for an operating error; anything else is a mistake of ours and is thrown on.
  static String describe(Exception e) throws Exception {
    return switch (e) {
      case CliException x -> x.getMessage();
      case FileSystemException x -> x.getFile() + ": " + reason(x);
      case IOException x -> String.valueOf(x.getMessage());
      case UncheckedIOException x ->
          String.valueOf(Objects.requireNonNull(x.getCause()).getMessage());
      default -> throw e;
    };
  }

  private static String reason(FileSystemException e) {
    if (e.getReason() != null) {
      return e.getReason();
    }
    return switch (e) {
      case NoSuchFileException _ -> Errno.describe(Errno.ENOENT);
      case AccessDeniedException _ -> Errno.describe(Errno.EACCES);
      case FileAlreadyExistsException _ -> Errno.describe(Errno.EEXIST);
      default -> e.getClass().getSimpleName();
    };
  }
}
