package io.famfs.fuse.server;

import io.famfs.fuse.protocol.BatchForget;
import io.famfs.fuse.protocol.Fields;
import io.famfs.fuse.protocol.ForgetIn;
import io.famfs.fuse.protocol.InitIn;
import io.famfs.fuse.protocol.InitOut;
import io.famfs.fuse.protocol.InterruptIn;
import io.famfs.fuse.protocol.LkIn;
import io.famfs.fuse.protocol.LkOut;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.UnservedFields;
import io.famfs.fuse.server.Operation.Handler;
import java.util.List;

/// The rows of the connection, of locks and of events.
final class SessionRows {
  private static final Handler NOTHING = (s, r) -> 0;

  private SessionRows() {}

  static List<Operation> rows() {
    return List.of(
        Rows.silent(
            Opcode.FORGET, "FORGET", ForgetIn.FIELDS, NOTHING, "counted: nodeids never go stale"),
        Rows.init(InitIn.FIELDS, InitIn.SHORT_BYTES, InitOut.FIELDS, FuseSession::init),
        Rows.fixed(Opcode.GETLK, "GETLK", LkIn.FIELDS, LkOut.FIELDS, (s, r) -> s.locks().getlk(r)),
        Rows.fixed(Opcode.SETLK, "SETLK", LkIn.FIELDS, Fields.NONE, (s, r) -> s.locks().setlk(r)),
        Rows.fixed(
            Opcode.SETLKW, "SETLKW", LkIn.FIELDS, Fields.NONE, (s, r) -> s.locks().setlkw(r)),
        Rows.silent(
            Opcode.INTERRUPT,
            "INTERRUPT",
            InterruptIn.FIELDS,
            (s, r) -> s.locks().interrupt(r),
            "ends a request that waits for a lock"),
        Rows.unsupported(Opcode.BMAP, "BMAP", UnservedFields.BMAP),
        Rows.fixed(Opcode.DESTROY, "DESTROY", Fields.NONE, Fields.NONE, FuseSession::destroy),
        Rows.unsupported(Opcode.POLL, "POLL", UnservedFields.POLL),
        Rows.silent(
            Opcode.NOTIFY_REPLY,
            "NOTIFY_REPLY",
            Fields.NONE,
            NOTHING,
            "no notification asks for one"),
        Rows.silent(
            Opcode.BATCH_FORGET,
            "BATCH_FORGET",
            BatchForget.FIELDS,
            NOTHING,
            "counted, as FORGET"));
  }
}
