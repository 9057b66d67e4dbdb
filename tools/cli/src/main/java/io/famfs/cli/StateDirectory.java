package io.famfs.cli;

import java.nio.file.Path;

/// Where this host keeps what it remembers of its devices: `/var/lib/famfs`, or what
/// `FAMFS_STATE_DIR` names.
final class StateDirectory {
  private static final Path SHARED = Path.of("/var/lib/famfs");

  private StateDirectory() {}

  static Path path() {
    String named = System.getProperty("famfs.state.dir", System.getenv("FAMFS_STATE_DIR"));
    return named == null || named.isEmpty() ? SHARED : Path.of(named);
  }
}
