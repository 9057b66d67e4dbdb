package io.famfs.cli;

import io.famfs.os.Identity;
import io.famfs.store.SystemIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Which system uuid this process acts for.
///
/// The file every famfs program of the host shares decides. `FAMFS_SYSTEM_UUID_FILE` names another
/// one; a user who may not write the shared one and finds none gets one of their own.
final class HostIdentity {
  private static final Path SHARED = Path.of("/opt/famfs/system_uuid");

  private HostIdentity() {}

  /// The uuid, made at the first use.
  static UUID readOrCreate() throws IOException {
    return SystemIdentity.readOrCreate(file());
  }

  /// The uuid, null when this host has none yet.
  static @Nullable UUID read() throws IOException {
    return SystemIdentity.read(file());
  }

  private static Path file() {
    String named = System.getenv("FAMFS_SYSTEM_UUID_FILE");
    if (named != null && !named.isEmpty()) {
      return Path.of(named);
    }
    if (Files.exists(SHARED) || Identity.effectiveUid() == 0) {
      return SHARED;
    }
    String config = System.getenv("XDG_CONFIG_HOME");
    Path base =
        config != null && !config.isEmpty()
            ? Path.of(config)
            : Path.of(System.getProperty("user.home"), ".config");
    return base.resolve("famfs/system_uuid");
  }
}
