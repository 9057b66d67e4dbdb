package io.famfs.fuse.server;

import java.lang.foreign.MemorySegment;

/// Where the reply to a request goes that is answered after its worker has gone on.
@FunctionalInterface
public interface DeferredReply {

  /// Sends the reply. Called at most once, by any thread, perhaps before the worker has gone on;
  /// does not wait for the peer. When the peer has gone nothing is sent.
  ///
  /// @param reply [Exchange#REPLY_HEADER_BYTES] bytes as they go to the peer
  void send(MemorySegment reply);
}
