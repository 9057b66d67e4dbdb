package io.famfs.fuse.server;

import io.famfs.fuse.protocol.AccessIn;
import io.famfs.fuse.protocol.AttrOut;
import io.famfs.fuse.protocol.BatchForget;
import io.famfs.fuse.protocol.EntryOut;
import io.famfs.fuse.protocol.Fields;
import io.famfs.fuse.protocol.FlushIn;
import io.famfs.fuse.protocol.ForgetIn;
import io.famfs.fuse.protocol.FsyncIn;
import io.famfs.fuse.protocol.GetattrIn;
import io.famfs.fuse.protocol.InitIn;
import io.famfs.fuse.protocol.InitOut;
import io.famfs.fuse.protocol.InterruptIn;
import io.famfs.fuse.protocol.IoctlIn;
import io.famfs.fuse.protocol.IoctlOut;
import io.famfs.fuse.protocol.LkIn;
import io.famfs.fuse.protocol.LkOut;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.OpenIn;
import io.famfs.fuse.protocol.OpenOut;
import io.famfs.fuse.protocol.ReadIn;
import io.famfs.fuse.protocol.ReleaseIn;
import io.famfs.fuse.protocol.RemoveMapping;
import io.famfs.fuse.protocol.SetattrIn;
import io.famfs.fuse.protocol.SetupMappingIn;
import io.famfs.fuse.protocol.StatfsOut;
import io.famfs.fuse.protocol.WriteIn;
import io.famfs.fuse.protocol.WriteOut;
import io.famfs.fuse.server.Operation.Handler;
import io.famfs.fuse.server.Operation.Listing;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The protocol as this server speaks it: what each opcode is called, what fields its request and
/// its reply have, what handles it and whether it is replied to. Dispatch, length checks, byte
/// order, counters and PROTOCOL.md follow this table.
final class OperationTable {
  private static final boolean NO_REPLY = false;
  private static final String SERVED = "";
  private static final Handler NOTHING = (s, r) -> 0;

  private static final List<Operation> OPERATIONS =
      List.of(
          named(Opcode.LOOKUP, "LOOKUP", EntryOut.FIELDS, (s, r) -> s.files().lookup(r)),
          silent(
              Opcode.FORGET, "FORGET", ForgetIn.FIELDS, NOTHING, "counted: nodeids never go stale"),
          fixed(
              Opcode.GETATTR,
              "GETATTR",
              GetattrIn.FIELDS,
              AttrOut.FIELDS,
              (s, r) -> s.files().getattr(r)),
          fixed(
              Opcode.SETATTR,
              "SETATTR",
              SetattrIn.FIELDS,
              AttrOut.FIELDS,
              (s, r) -> s.files().setattr(r)),
          unsupported(Opcode.READLINK, "READLINK"),
          unsupported(Opcode.SYMLINK, "SYMLINK"),
          unsupported(Opcode.MKNOD, "MKNOD"),
          unsupported(Opcode.MKDIR, "MKDIR"),
          unsupported(Opcode.UNLINK, "UNLINK"),
          unsupported(Opcode.RMDIR, "RMDIR"),
          unsupported(Opcode.RENAME, "RENAME"),
          unsupported(Opcode.LINK, "LINK"),
          fixed(Opcode.OPEN, "OPEN", OpenIn.FIELDS, OpenOut.FIELDS, (s, r) -> s.files().open(r)),
          fixed(Opcode.READ, "READ", ReadIn.FIELDS, Fields.NONE, (s, r) -> s.files().read(r)),
          fixed(
              Opcode.WRITE, "WRITE", WriteIn.FIELDS, WriteOut.FIELDS, (s, r) -> s.files().write(r)),
          fixed(
              Opcode.STATFS,
              "STATFS",
              Fields.NONE,
              StatfsOut.FIELDS,
              (s, r) -> s.files().statfs(r)),
          fixed(Opcode.RELEASE, "RELEASE", ReleaseIn.FIELDS, Fields.NONE, FuseSession::release),
          fixed(Opcode.FSYNC, "FSYNC", FsyncIn.FIELDS, Fields.NONE, (s, r) -> s.files().fsync(r)),
          unsupported(Opcode.SETXATTR, "SETXATTR"),
          unsupported(Opcode.GETXATTR, "GETXATTR"),
          unsupported(Opcode.LISTXATTR, "LISTXATTR"),
          unsupported(Opcode.REMOVEXATTR, "REMOVEXATTR"),
          fixed(Opcode.FLUSH, "FLUSH", FlushIn.FIELDS, Fields.NONE, FuseSession::flush),
          fixed(Opcode.INIT, "INIT", InitIn.FIELDS, InitOut.FIELDS, FuseSession::init),
          fixed(Opcode.OPENDIR, "OPENDIR", OpenIn.FIELDS, OpenOut.FIELDS, FuseSession::opendir),
          listing(Opcode.READDIR, "READDIR", Listing.DIRENTS, (s, r) -> s.files().readdir(r)),
          fixed(
              Opcode.RELEASEDIR,
              "RELEASEDIR",
              ReleaseIn.FIELDS,
              Fields.NONE,
              (s, r) -> s.files().releasedir(r)),
          fixed(
              Opcode.FSYNCDIR,
              "FSYNCDIR",
              FsyncIn.FIELDS,
              Fields.NONE,
              (s, r) -> s.files().fsyncdir(r)),
          fixed(Opcode.GETLK, "GETLK", LkIn.FIELDS, LkOut.FIELDS, (s, r) -> s.locks().getlk(r)),
          fixed(Opcode.SETLK, "SETLK", LkIn.FIELDS, Fields.NONE, (s, r) -> s.locks().setlk(r)),
          fixed(Opcode.SETLKW, "SETLKW", LkIn.FIELDS, Fields.NONE, (s, r) -> s.locks().setlkw(r)),
          fixed(
              Opcode.ACCESS, "ACCESS", AccessIn.FIELDS, Fields.NONE, (s, r) -> s.files().access(r)),
          unsupported(Opcode.CREATE, "CREATE"),
          silent(
              Opcode.INTERRUPT,
              "INTERRUPT",
              InterruptIn.FIELDS,
              (s, r) -> s.locks().interrupt(r),
              "ends a request that waits for a lock"),
          unsupported(Opcode.BMAP, "BMAP"),
          fixed(Opcode.DESTROY, "DESTROY", Fields.NONE, Fields.NONE, FuseSession::destroy),
          fixed(
              Opcode.IOCTL, "IOCTL", IoctlIn.FIELDS, IoctlOut.FIELDS, (s, r) -> s.files().ioctl(r)),
          unsupported(Opcode.POLL, "POLL"),
          silent(
              Opcode.NOTIFY_REPLY,
              "NOTIFY_REPLY",
              Fields.NONE,
              NOTHING,
              "no notification asks for one"),
          silent(
              Opcode.BATCH_FORGET,
              "BATCH_FORGET",
              BatchForget.FIELDS,
              NOTHING,
              "counted, as FORGET"),
          unsupported(Opcode.FALLOCATE, "FALLOCATE"),
          listing(
              Opcode.READDIRPLUS,
              "READDIRPLUS",
              Listing.DIRENTS_PLUS,
              (s, r) -> s.files().readdirplus(r)),
          unsupported(Opcode.RENAME2, "RENAME2"),
          unsupported(Opcode.LSEEK, "LSEEK"),
          unsupported(Opcode.COPY_FILE_RANGE, "COPY_FILE_RANGE"),
          fixed(
              Opcode.SETUPMAPPING,
              "SETUPMAPPING",
              SetupMappingIn.FIELDS,
              Fields.NONE,
              FuseSession::setupMapping),
          fixed(
              Opcode.REMOVEMAPPING,
              "REMOVEMAPPING",
              RemoveMapping.COUNT,
              Fields.NONE,
              FuseSession::removeMapping),
          unsupported(Opcode.SYNCFS, "SYNCFS"),
          unsupported(Opcode.TMPFILE, "TMPFILE"),
          unsupported(Opcode.STATX, "STATX"),
          unsupported(Opcode.COPY_FILE_RANGE_64, "COPY_FILE_RANGE_64"));

  private static final @Nullable Operation[] BY_OPCODE = byOpcode();

  private OperationTable() {}

  /// Every row, by rising opcode.
  static List<Operation> operations() {
    return OPERATIONS;
  }

  /// The row of an opcode as it came; null when there is none.
  static @Nullable Operation find(int opcode) {
    return opcode >= 0 && opcode < BY_OPCODE.length ? BY_OPCODE[opcode] : null;
  }

  private static @Nullable Operation[] byOpcode() {
    @Nullable Operation[] table = new @Nullable Operation[Opcode.LAST + 1];
    for (Operation operation : OPERATIONS) {
      if (table[operation.opcode()] != null) {
        throw new AssertionError("two rows for opcode " + operation.opcode());
      }
      table[operation.opcode()] = operation;
    }
    return table;
  }

  private static Operation named(int opcode, String name, Fields body, Handler handler) {
    return new Operation(
        opcode, name, Fields.NONE, 0, 1, body, Listing.NONE, true, handler, SERVED);
  }

  private static Operation fixed(
      int opcode, String name, Fields arguments, Fields body, Handler handler) {
    int bytes = opcode == Opcode.INIT ? InitIn.SHORT_BYTES : arguments.bytes();
    return new Operation(
        opcode, name, arguments, bytes, 0, body, Listing.NONE, true, handler, SERVED);
  }

  private static Operation listing(int opcode, String name, Listing listing, Handler handler) {
    Fields arguments = ReadIn.FIELDS;
    return new Operation(
        opcode, name, arguments, arguments.bytes(), 0, Fields.NONE, listing, true, handler, SERVED);
  }

  private static Operation silent(
      int opcode, String name, Fields arguments, Handler handler, String note) {
    return new Operation(
        opcode,
        name,
        arguments,
        arguments.bytes(),
        0,
        Fields.NONE,
        Listing.NONE,
        NO_REPLY,
        handler,
        note);
  }

  private static Operation unsupported(int opcode, String name) {
    return new Operation(
        opcode, name, Fields.NONE, 0, 0, Fields.NONE, Listing.NONE, true, null, "ENOSYS");
  }
}
