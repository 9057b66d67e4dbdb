package io.famfs.fuse.server;

/// Turns a request into a reply, in place.
@FunctionalInterface
public interface RequestHandler {

  /// Handles the request the exchange holds and sets its reply. Never throws, whatever the bytes
  /// are; returns when the reply is complete. May be called by many workers at once, each with an
  /// exchange of its own.
  void handle(Exchange exchange);
}
