package io.famfs.cli;

import io.famfs.os.sandbox.Account;
import io.famfs.os.sandbox.CallPolicy;
import io.famfs.os.sandbox.LayerState;
import io.famfs.os.sandbox.LayerState.Layer;
import io.famfs.os.sandbox.PathAccess;
import io.famfs.os.sandbox.Sandbox;
import io.famfs.os.sandbox.SandboxException;
import io.famfs.os.sandbox.SandboxSettings;
import io.famfs.os.sandbox.SandboxSettings.Mode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that say how a server is locked in once everything it serves is open.
final class IsolationOptions {
  @Option(
      names = "--sandbox",
      paramLabel = "HOW",
      description = {
        "auto: whatever this kernel has; full: everything, or do not start (then it needs --user",
        "when root starts it); none (default: auto; see --print-sandbox)."
      })
  private @Nullable Mode mode;

  @Option(
      names = "--seccomp",
      paramLabel = "ACTION",
      description = {
        "What becomes of system calls that a server does not need: errno: they fail; kill: they",
        "end it; log: they are done and logged by the kernel; none: no filter",
        "(default: ${DEFAULT-VALUE})."
      })
  private CallPolicy calls = CallPolicy.ERRNO;

  @Option(
      names = "--sandbox-path",
      paramLabel = "PATH",
      description = {
        "A file or directory that may be used and changed later, beside what the server needs; may",
        "be repeated."
      })
  private List<Path> paths = new ArrayList<>();

  @Option(
      names = "--rlimit-nofile",
      paramLabel = "N",
      description = "The most descriptors the server may have (default: all it is allowed).")
  private int descriptors;

  /// What is to be put in force, before the paths of a server are known.
  ///
  /// @param account who it goes on as; null for whoever started it
  SandboxSettings settings(@Nullable Account account) {
    if (descriptors < 0) {
      throw CliException.misuse("--rlimit-nofile " + descriptors + ": a number from 0");
    }
    SandboxSettings settings =
        SandboxSettings.standard()
            .withMode(mode())
            .withCalls(calls)
            .withAccount(account)
            .withDescriptors(descriptors)
            .with(PathAccess.change(StateDirectory.path()));
    for (Path path : paths) {
      settings = settings.with(PathAccess.change(path));
    }
    Path runtime = RuntimeDirectory.path();
    return runtime == null ? settings : settings.with(PathAccess.sockets(runtime));
  }

  /// A command that runs inside another program, such as a test, locks nobody in by itself.
  private Mode mode() {
    if (mode != null) {
      return mode;
    }
    return System.getProperty("famfs.launcher") == null ? Mode.NONE : Mode.AUTO;
  }

  /// Adds the devices of a volume.
  static SandboxSettings withDevices(SandboxSettings settings, OpenVolume opened) {
    SandboxSettings all = settings;
    for (var device : opened.devices()) {
      all = all.with(PathAccess.use(Path.of(device.name())));
    }
    return all;
  }

  /// Locks this process in.
  ///
  /// @throws CliException when it cannot be
  static void enter(SandboxSettings settings) {
    System.Logger log = System.getLogger("famfs");
    try {
      for (LayerState state : Sandbox.enter(settings)) {
        boolean news =
            !state.inForce() && settings.mode() != Mode.NONE && state.layer() != Layer.USER;
        log.log(
            news ? System.Logger.Level.INFO : System.Logger.Level.DEBUG,
            "sandbox: {0}{1}: {2}",
            state.layer().label(),
            state.inForce() ? "" : " is not in force",
            state.detail());
      }
    } catch (SandboxException e) {
      throw new CliException("sandbox: " + e.getMessage());
    }
  }

  /// The options for another command.
  List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    if (mode != null) {
      arguments.addAll(List.of("--sandbox", mode.name().toLowerCase(Locale.ROOT)));
    }
    arguments.addAll(List.of("--seccomp", calls.name().toLowerCase(Locale.ROOT)));
    for (Path path : paths) {
      arguments.addAll(List.of("--sandbox-path", path.toString()));
    }
    if (descriptors != 0) {
      arguments.addAll(List.of("--rlimit-nofile", Integer.toString(descriptors)));
    }
    return arguments;
  }
}
