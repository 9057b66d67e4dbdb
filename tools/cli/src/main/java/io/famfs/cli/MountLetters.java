package io.famfs.cli;

import io.famfs.fuse.device.MountOptions;
import io.famfs.fuse.famfs.CachePolicy;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.famfs.Timeouts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of the reference's `mount`, for scripts that were written for it: with their meaning
/// where there is something to choose, accepted where there is not, refused where the wish cannot
/// be met.
final class MountLetters {
  /// How long the kernel may keep what it was told, and whether it keeps the bytes of files.
  enum Cache {
    /// Nothing is kept.
    NEVER,
    /// The same.
    NONE,
    /// Names and attributes for a second.
    NORMAL,
    /// The same.
    AUTO,
    /// Names and attributes for a day, bytes from open to open.
    ALWAYS
  }

  @Option(
      names = {"-f", "--fuse"},
      description = "Mount through FUSE: always done.")
  private boolean fuse;

  @Option(
      names = {"-F", "--nofuse"},
      hidden = true,
      description = "Refused.")
  private boolean noFuse;

  @Option(
      names = {"-t", "--timeout"},
      paramLabel = "SECONDS",
      description = "How long the kernel may keep names and attributes (default: 1).")
  private @Nullable Long timeoutSeconds;

  @Option(
      names = {"-c", "--cache"},
      paramLabel = "WHEN",
      description = {
        "never, none: the kernel keeps nothing; normal, auto: names and attributes for a second;",
        "always: those for a day, told of what changes, and the bytes of files from open to open."
      })
  private @Nullable Cache cache;

  @Option(
      names = {"-d", "--debug"},
      description = "Serve with one thread, in the foreground, and log more.")
  private boolean debug;

  @Option(
      names = {"-v", "--verbose"},
      description = "Say what was mounted.")
  private boolean verbose;

  @Option(
      names = {"-u", "--nouseraccess"},
      description = "Only the user who mounts may enter; the same as -o noallow_other.")
  private boolean noUserAccess;

  @Option(
      names = {"-p", "--nodefaultperm"},
      description = "Let everybody who may enter do everything: nobody checks permissions.")
  private boolean noDefaultPermissions;

  @Option(
      names = {"-S", "--shadow"},
      paramLabel = "DIR",
      hidden = true,
      description = "No effect.")
  private @Nullable Path shadow;

  @Option(
      names = {"-M", "--set-daxmode"},
      hidden = true,
      description = "No effect.")
  private boolean setDaxMode;

  @Option(
      names = {"-L", "--load-module"},
      hidden = true,
      description = "No effect.")
  private boolean loadModule;

  @Option(
      names = {"-m", "--mmap"},
      hidden = true,
      description = "No effect.")
  private boolean mmap;

  @Option(
      names = {"-D", "--dummy"},
      hidden = true,
      description = "Refused.")
  private boolean dummy;

  @Option(
      names = {"-R", "--remount"},
      hidden = true,
      description = "Refused.")
  private boolean remount;

  /// Refuses what cannot be done and what contradicts itself.
  ///
  /// @param read whether `--read` was given
  void check(boolean read) {
    if (fuse && noFuse) {
      throw CliException.misuse("--fuse and --nofuse exclude each other");
    }
    if (mmap && read) {
      throw CliException.misuse("--mmap and --read exclude each other");
    }
    if (timeoutSeconds != null && cache != null) {
      throw CliException.misuse("--timeout and --cache exclude each other");
    }
    if (timeoutSeconds != null && (timeoutSeconds < 0 || timeoutSeconds > Integer.MAX_VALUE)) {
      throw CliException.misuse("--timeout takes 0 to " + Integer.MAX_VALUE + " seconds");
    }
    if (noFuse) {
      throw new CliException(
          "there is no kernel module to mount with but FUSE: leave --nofuse out");
    }
    if (dummy) {
      throw new CliException(
          "a mount without checks is not needed to look at metadata: use 'famfs dump'");
    }
    if (remount) {
      throw new CliException(
          "a mount takes its options once: 'famfs umount' it, then mount again; new files show"
              + " without that");
    }
  }

  /// A line for each option that was given and changes nothing.
  List<String> withoutEffect() {
    List<String> lines = new ArrayList<>();
    if (shadow != null) {
      lines.add("--shadow has no effect: there are no shadow files to keep (see famfs logplay)");
    }
    if (setDaxMode) {
      lines.add("--set-daxmode has no effect: devices are used in the mode they have");
    }
    if (loadModule) {
      lines.add("--load-module has no effect: only the kernel's FUSE is used");
    }
    return lines;
  }

  boolean debug() {
    return debug;
  }

  boolean verbose() {
    return verbose;
  }

  FamfsOptions apply(FamfsOptions options) {
    if (timeoutSeconds != null) {
      Duration timeout = Duration.ofSeconds(timeoutSeconds);
      return options.withTimeouts(Timeouts.of(timeout));
    }
    return switch (cache) {
      case null -> options;
      case NEVER, NONE -> options.withDirectIo(true).withCache(CachePolicy.NONE);
      case NORMAL, AUTO -> options.withCache(CachePolicy.AUTO);
      case ALWAYS -> options.withDirectIo(false).withCache(CachePolicy.ALWAYS);
    };
  }

  MountOptions apply(MountOptions options) {
    MountOptions result = options;
    if (noUserAccess) {
      result = result.withAllowOther(false);
    }
    if (noDefaultPermissions) {
      result = result.withCheckPermissions(false);
    }
    return debug ? result.withWorkers(1) : result;
  }

  /// What a command that mounts in the background is given.
  List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    if (timeoutSeconds != null) {
      arguments.addAll(List.of("--timeout", Long.toString(timeoutSeconds)));
    }
    if (cache != null) {
      arguments.addAll(List.of("--cache", cache.name()));
    }
    if (shadow != null) {
      arguments.addAll(List.of("--shadow", shadow.toString()));
    }
    add(arguments, noUserAccess, "--nouseraccess");
    add(arguments, noDefaultPermissions, "--nodefaultperm");
    add(arguments, setDaxMode, "--set-daxmode");
    add(arguments, loadModule, "--load-module");
    return arguments;
  }

  private static void add(List<String> arguments, boolean given, String option) {
    if (given) {
      arguments.add(option);
    }
  }
}
