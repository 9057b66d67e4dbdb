package io.famfs.fuse.server;

import java.nio.ByteOrder;

/// Turns a request into a reply, in place.
@FunctionalInterface
public interface RequestHandler {

  /// Handles the request the exchange holds and sets its reply. Never throws, whatever the bytes
  /// are; returns when the reply is complete. May be called by many workers at once, each with an
  /// exchange of its own.
  void handle(Exchange exchange);

  /// No further request comes with this exchange. What was counted with it is kept.
  default void release(Exchange exchange) {}

  /// Byte order of the replies that a door makes by itself.
  default ByteOrder order() {
    return ByteOrder.LITTLE_ENDIAN;
  }

  /// The number of an errno in the replies that a door makes by itself.
  ///
  /// @param canonical the number on x86
  default int errno(int canonical) {
    return canonical;
  }
}
