package io.famfs.core;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What this host may do with a volume: the host whose system uuid stands in the superblock owns
/// the log and alone may append to it; every other host reads the log and shares the data.
public enum Role {
  /// The owner of the log.
  MASTER,
  /// Everybody else.
  CLIENT;

  /// The role of a host.
  ///
  /// @param hostUuid the host's system uuid, null when it has none
  /// @param ownerUuid the system uuid in the superblock
  public static Role of(@Nullable UUID hostUuid, UUID ownerUuid) {
    return ownerUuid.equals(hostUuid) ? MASTER : CLIENT;
  }
}
