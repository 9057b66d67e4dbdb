package io.famfs.cli;

import io.famfs.fuse.metrics.EndpointAddress;
import io.famfs.fuse.server.Trace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Stack;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// The options that say what a server shows of its work, and where.
final class SeeingOptions {
  /// The value of `--trace` without a file.
  private static final String STDERR = "";

  @Option(
      names = "--trace",
      arity = "0..1",
      paramLabel = "=FILE",
      hideParamSyntax = true,
      preprocessor = Attached.class,
      description = {
        "Write a line for each request and each reply: to FILE, at its end, or to stderr. Lines are",
        "dropped and counted when they are not written fast enough."
      })
  private @Nullable String trace;

  @Option(
      names = "--trace-ops",
      paramLabel = "NAME",
      split = ",",
      description = "Trace these operations only, such as READ,WRITE.")
  private List<String> operations = new ArrayList<>();

  @Option(
      names = "--metrics",
      paramLabel = "ADDRESS",
      converter = AddressConverter.class,
      description = {
        "Answer GET /metrics, in Prometheus' text format, at unix:PATH or 127.0.0.1:PORT; may be",
        "repeated."
      })
  private List<EndpointAddress> metrics = new ArrayList<>();

  @Option(
      names = "--no-latencies",
      description = "Do not measure how long requests take, which costs some 50 ns each.")
  private boolean noLatencies;

  @Option(
      names = "--no-control",
      description = {
        "Make no socket in the runtime directory (/run/famfs; $XDG_RUNTIME_DIR/famfs for users):",
        "'famfs stats' and 'famfs top' do not find this server."
      })
  private boolean noControl;

  /// What a server is to show; nothing is opened yet.
  ///
  /// @param kind `serve` or `mount`
  /// @param background whether nobody will read what it writes to stderr
  Visibility visibility(String kind, boolean background) {
    if (trace == null && !operations.isEmpty()) {
      throw CliException.misuse("--trace-ops needs --trace");
    }
    if (STDERR.equals(trace) && background) {
      throw CliException.misuse(
          "a mount in the background has no stderr: name a file, --trace=FILE, or add --foreground");
    }
    for (String name : operations) {
      if (!Trace.isOperation(name)) {
        throw CliException.misuse(
            "--trace-ops: there is no operation '"
                + name
                + "'"
                + Suggestions.of(name, Trace.operations()));
      }
    }
    return new Visibility(kind, destination(), operations, !noLatencies, metrics, !noControl);
  }

  private Visibility.@Nullable Destination destination() {
    if (trace == null) {
      return null;
    }
    return new Visibility.Destination(STDERR.equals(trace) ? null : Path.of(trace));
  }

  /// The directories that hold the sockets it was asked for.
  List<Path> directories() {
    List<Path> directories = new ArrayList<>();
    for (EndpointAddress address : metrics) {
      if (address instanceof EndpointAddress.Unix unix) {
        directories.add(directoryOf(unix.path()));
      }
    }
    return directories;
  }

  /// The directory a file is in.
  static Path directoryOf(Path file) {
    return Objects.requireNonNullElse(file.toAbsolutePath().getParent(), Path.of("/"));
  }

  /// The options for another command.
  List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    if (trace != null) {
      arguments.add("--trace=" + trace);
    }
    if (!operations.isEmpty()) {
      arguments.addAll(List.of("--trace-ops", String.join(",", operations)));
    }
    for (EndpointAddress address : metrics) {
      arguments.addAll(List.of("--metrics", address.toString()));
    }
    if (noLatencies) {
      arguments.add("--no-latencies");
    }
    if (noControl) {
      arguments.add("--no-control");
    }
    return arguments;
  }

  /// Takes a value only when it is attached with `=`: what follows the option is another argument.
  static final class Attached implements IParameterPreprocessor {
    @Override
    public boolean preprocess(
        Stack<String> arguments, CommandSpec command, ArgSpec option, Map<String, Object> info) {
      if (!"=".equals(info.get("separator"))) {
        arguments.push(STDERR);
      }
      return false;
    }
  }

  static final class AddressConverter implements ITypeConverter<EndpointAddress> {
    @Override
    public EndpointAddress convert(String value) {
      try {
        return EndpointAddress.parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
