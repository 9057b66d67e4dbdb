package io.famfs.fuse.server;

import org.jspecify.annotations.Nullable;

/// One FUSE connection, from its INIT to its DESTROY or the loss of its peer. Safe for use by many
/// workers at once.
public interface Session extends RequestHandler, AutoCloseable {

  /// The devices that a kernel behind `/dev/fuse` is to be given before it can open a file; null
  /// when the last INIT agreed on no file maps.
  default @Nullable DeviceRegistration registration() {
    return null;
  }

  /// Ends the session: gives back its mappings and answers every later request with an error.
  /// Idempotent.
  @Override
  void close();
}
