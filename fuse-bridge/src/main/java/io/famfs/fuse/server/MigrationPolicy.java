package io.famfs.fuse.server;

/// What is done about something of a client that cannot go on elsewhere as it was.
public enum MigrationPolicy {
  /// The migration fails, and the client goes on where it was.
  ABORT,
  /// The client goes on, and gets errors for that.
  GUEST_ERROR
}
