package io.famfs.fuse.server;

import io.famfs.fuse.protocol.Fields;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.ReadIn;
import io.famfs.fuse.server.Operation.Handler;
import io.famfs.fuse.server.Operation.Listing;

/// The kinds of rows the table of operations has.
final class Rows {
  private static final String SERVED = "";

  private Rows() {}

  /// Arguments and a body of fixed size.
  static Operation fixed(int opcode, String name, Fields arguments, Fields body, Handler handler) {
    return new Operation(
        opcode,
        name,
        arguments,
        arguments.bytes(),
        0,
        false,
        body,
        Listing.NONE,
        true,
        handler,
        SERVED);
  }

  /// The same, with a name behind the arguments.
  static Operation named(int opcode, String name, Fields arguments, Fields body, Handler handler) {
    return fixed(opcode, name, arguments, body, handler).withNames(1);
  }

  /// The same, with two names behind the arguments.
  static Operation twoNames(
      int opcode, String name, Fields arguments, Fields body, Handler handler) {
    return fixed(opcode, name, arguments, body, handler).withNames(2);
  }

  /// Arguments, and the name of an attribute behind them. The body is without fixed size, or none.
  static Operation attribute(int opcode, String name, Fields arguments, Handler handler) {
    return fixed(opcode, name, arguments, Fields.NONE, handler).withAnyName();
  }

  /// INIT, which was shorter in older versions.
  static Operation init(Fields arguments, int shortBytes, Fields body, Handler handler) {
    return fixed(Opcode.INIT, "INIT", arguments, body, handler).withLeast(shortBytes);
  }

  /// A listing of a directory.
  static Operation listing(int opcode, String name, Listing listing, Handler handler) {
    return fixed(opcode, name, ReadIn.FIELDS, Fields.NONE, handler).replying(listing);
  }

  /// What is never replied to.
  static Operation silent(int opcode, String name, Fields arguments, Handler handler, String note) {
    return fixed(opcode, name, arguments, Fields.NONE, handler).unreplied().noted(note);
  }

  /// What is answered ENOSYS.
  static Operation unsupported(int opcode, String name, Fields arguments) {
    return new Operation(
        opcode, name, arguments, 0, 0, false, Fields.NONE, Listing.NONE, true, null, "ENOSYS");
  }
}
