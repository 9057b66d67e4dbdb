package io.famfs.fuse.server;

import org.jspecify.annotations.Nullable;

/// One row of the opcode table.
///
/// @param opcode number on the wire
/// @param name name in logs, counters and documents
/// @param argumentBytes bytes of arguments a request has at least, names not counted
/// @param names names that follow the arguments and are decoded; 0 or 1
/// @param bodyBytes size of the reply's body when it is fixed, else 0
/// @param reply whether a reply is sent at all
/// @param handler what handles it; null for what is answered ENOSYS
/// @param note what it does here, for documents
record Operation(
    int opcode,
    String name,
    int argumentBytes,
    int names,
    int bodyBytes,
    boolean reply,
    @Nullable Handler handler,
    String note) {

  /// Handles a request whose arguments have been checked.
  @FunctionalInterface
  interface Handler {
    /// Does it.
    ///
    /// @return the length of the body, or a negative errno
    int handle(FuseSession session, Request request);
  }
}
