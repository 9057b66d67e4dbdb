package io.famfs.fuse.server;

/// One FUSE connection, from its INIT to its DESTROY or the loss of its peer. Safe for use by many
/// workers at once.
public interface Session extends RequestHandler, AutoCloseable {

  /// Ends the session: gives back its mappings and answers every later request with an error.
  /// Idempotent.
  @Override
  void close();
}
