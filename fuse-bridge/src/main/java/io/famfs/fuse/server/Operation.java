package io.famfs.fuse.server;

import io.famfs.fuse.protocol.Fields;
import io.famfs.fuse.protocol.Opcode;
import org.jspecify.annotations.Nullable;

/// One row of the opcode table.
///
/// @param opcode number on the wire
/// @param name name in logs, counters and documents
/// @param arguments the fields behind the request's header; what follows them is names or data
/// @param argumentBytes bytes of arguments a request has at least, names not counted: all fields,
///   but of INIT, which was shorter in older versions
/// @param names names that follow the arguments and are decoded; 0 to 2
/// @param slashes whether they may have slashes: names of attributes do, and that of a file without
///   a name, which Linux calls "/"
/// @param body the fields behind the reply's header; none when the body has no fixed size
/// @param listing what a body without fixed size is made of
/// @param reply whether a reply is sent at all
/// @param handler what handles it; null for what is answered ENOSYS
/// @param note what it does here, for documents
record Operation(
    int opcode,
    String name,
    Fields arguments,
    int argumentBytes,
    int names,
    boolean slashes,
    Fields body,
    Listing listing,
    boolean reply,
    @Nullable Handler handler,
    String note) {

  /// What a handler returns whose reply comes later, see [Exchange#defer()].
  static final int LATER = Integer.MAX_VALUE;

  /// What a reply consists of that has no fixed size.
  enum Listing {
    /// Bytes, or nothing.
    NONE,
    /// Directory entries.
    DIRENTS,
    /// Directory entries with attributes.
    DIRENTS_PLUS,
    /// How many bytes there are when no room was given for them, else those bytes
    /// ([io.famfs.fuse.protocol.GetxattrOut]).
    SIZE_OR_DATA
  }

  Operation withNames(int count) {
    return new Operation(
        opcode,
        name,
        arguments,
        argumentBytes,
        count,
        slashes,
        body,
        listing,
        reply,
        handler,
        note);
  }

  /// The same row with a name behind the arguments that may have slashes.
  Operation withAnyName() {
    return new Operation(
        opcode, name, arguments, argumentBytes, 1, true, body, listing, reply, handler, note);
  }

  /// The same row with another kind of body.
  Operation replying(Listing kind) {
    return new Operation(
        opcode, name, arguments, argumentBytes, names, slashes, body, kind, reply, handler, note);
  }

  /// The same row with fewer bytes of arguments that a request must have.
  Operation withLeast(int bytes) {
    return new Operation(
        opcode, name, arguments, bytes, names, slashes, body, listing, reply, handler, note);
  }

  /// The same row without a reply.
  Operation unreplied() {
    return new Operation(
        opcode,
        name,
        arguments,
        argumentBytes,
        names,
        slashes,
        body,
        listing,
        false,
        handler,
        note);
  }

  /// The same row with another note.
  Operation noted(String what) {
    return new Operation(
        opcode,
        name,
        arguments,
        argumentBytes,
        names,
        slashes,
        body,
        listing,
        reply,
        handler,
        what);
  }

  /// Whether data follow the last name: the target of a link, the value of an attribute. Otherwise
  /// the request ends with the name.
  boolean dataBehindNames() {
    return opcode == Opcode.SYMLINK || opcode == Opcode.SETXATTR;
  }

  /// Size of the reply's body when it is fixed, else 0.
  int bodyBytes() {
    return body.bytes();
  }

  /// Handles a request whose arguments have been checked.
  @FunctionalInterface
  interface Handler {
    /// Does it.
    ///
    /// @return the length of the body, or a negative errno
    int handle(FuseSession session, Request request);
  }
}
