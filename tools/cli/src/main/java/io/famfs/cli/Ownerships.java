package io.famfs.cli;

import io.famfs.os.Identity;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that say whose a new file or directory is.
final class Ownerships {
  @Option(
      names = {"-m", "--mode"},
      paramLabel = "MODE",
      converter = ModeConverter.class,
      description = "Permission bits, octal (default: 0644, directories 0755; cp: the source's).")
  private @Nullable Integer mode;

  @Option(
      names = {"-u", "--uid"},
      paramLabel = "UID",
      converter = IdConverter.class,
      description = "Owner (default: the caller).")
  private @Nullable Integer uid;

  @Option(
      names = {"-g", "--gid"},
      paramLabel = "GID",
      converter = IdConverter.class,
      description = "Group (default: the caller's).")
  private @Nullable Integer gid;

  /// The owner asked for, with `defaultMode` where no mode was asked for.
  TreeWriter.Ownership or(int defaultMode) {
    return new TreeWriter.Ownership(
        mode == null ? defaultMode : mode,
        uid == null ? Identity.effectiveUid() : uid,
        gid == null ? Identity.effectiveGid() : gid);
  }
}
