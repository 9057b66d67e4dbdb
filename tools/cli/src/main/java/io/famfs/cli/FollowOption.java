package io.famfs.cli;

import picocli.CommandLine.Option;

/// The option to serve beside the owner of a volume on its own host.
final class FollowOption {
  @Option(
      names = "--follow",
      description = {
        "Serve beside the process that owns the file system: create nothing, and show what it",
        "adds. Hosts that do not own the file system do so without being asked."
      })
  private boolean follow;

  ServeMode mode(boolean readOnly) {
    if (readOnly) {
      return ServeMode.READ;
    }
    return follow ? ServeMode.FOLLOW : ServeMode.BY_ROLE;
  }

  boolean given() {
    return follow;
  }
}
