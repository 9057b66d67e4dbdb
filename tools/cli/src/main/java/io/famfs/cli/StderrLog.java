package io.famfs.cli;

import java.io.PrintStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.text.MessageFormat;
import java.util.Arrays;
import java.util.Locale;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/// What the servers log, one line per event on the error stream.
///
/// The Java runtime finds this class as a service of the module. Unlike `java.util.logging` it
/// keeps working while the process shuts down, which is when a server has things to say.
public final class StderrLog extends System.LoggerFinder {
  private static volatile Level threshold = Level.WARNING;

  /// For the service loader.
  public StderrLog() {}

  /// Lets events of `level` and above through, unless `FAMFS_LOG` names another level.
  static void show(Level level) {
    String wanted = System.getenv("FAMFS_LOG");
    threshold = wanted == null || wanted.isEmpty() ? level : level(wanted);
  }

  /// The level of a name such as `debug`; an unknown name is taken as the most talkative one.
  static Level level(String name) {
    return Arrays.stream(Level.values())
        .filter(level -> level.name().equalsIgnoreCase(name))
        .findFirst()
        .orElse(Level.ALL);
  }

  @Override
  public Logger getLogger(String name, Module module) {
    return new Lines(name, System.err);
  }

  /// A logger; its name is not printed.
  record Lines(String name, PrintStream to) implements Logger {
    @Override
    public String getName() {
      return name;
    }

    @Override
    public boolean isLoggable(Level level) {
      return level != Level.OFF && level.getSeverity() >= threshold.getSeverity();
    }

    @Override
    public void log(
        Level level,
        @Nullable ResourceBundle bundle,
        @Nullable String message,
        @Nullable Throwable thrown) {
      if (isLoggable(level)) {
        print(level, thrown == null ? message : message + ": " + thrown + origin(thrown));
      }
    }

    @Override
    public void log(
        Level level,
        @Nullable ResourceBundle bundle,
        @Nullable String format,
        @Nullable Object... values) {
      if (!isLoggable(level)) {
        return;
      }
      if (format == null || values.length == 0) {
        print(level, format);
      } else {
        // As text: a number is to be readable by programs, too, without separators.
        Object[] texts = Arrays.stream(values).map(String::valueOf).toArray();
        print(level, new MessageFormat(format, Locale.ROOT).format(texts));
      }
    }

    private void print(Level level, @Nullable String text) {
      String line = String.valueOf(text).replace("\n", " | ").replace("\r", "");
      to.println("famfs: " + level.name().toLowerCase(Locale.ROOT) + ": " + line);
    }

    private static String origin(Throwable thrown) {
      StackTraceElement[] trace = thrown.getStackTrace();
      return trace.length == 0 ? "" : " at " + trace[0];
    }
  }
}
