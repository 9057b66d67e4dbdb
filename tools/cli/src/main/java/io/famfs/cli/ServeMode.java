package io.famfs.cli;

import io.famfs.core.Role;

/// What a server of a volume may do, beside serving it.
enum ServeMode {
  /// What the role of this host allows: its owner creates, as the only process that does; every
  /// other host follows.
  BY_ROLE,

  /// As the owner, once the process that is it now lets go: guests come from there.
  INCOMING,

  /// Stores into files, creates nothing, and shows what the owner adds.
  FOLLOW,

  /// Stores nothing, and shows what the owner adds.
  READ;

  /// Whether the server needs the device for itself.
  boolean creates(Role role) {
    return this == BY_ROLE && role == Role.MASTER;
  }
}
