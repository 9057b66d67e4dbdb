package io.famfs.fuse.server;

import io.famfs.fuse.protocol.AccessIn;
import io.famfs.fuse.protocol.AttrOut;
import io.famfs.fuse.protocol.Fields;
import io.famfs.fuse.protocol.GetattrIn;
import io.famfs.fuse.protocol.IoctlIn;
import io.famfs.fuse.protocol.IoctlOut;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.SetattrIn;
import io.famfs.fuse.protocol.StatfsOut;
import io.famfs.fuse.protocol.StatxIn;
import io.famfs.fuse.protocol.StatxOut;
import java.util.List;

/// The rows of what is known of a file: attributes, extended attributes, controls.
final class AttributeRows {
  private AttributeRows() {}

  static List<Operation> rows() {
    return List.of(
        Rows.fixed(
            Opcode.GETATTR,
            "GETATTR",
            GetattrIn.FIELDS,
            AttrOut.FIELDS,
            (s, r) -> s.files().getattr(r)),
        Rows.fixed(
            Opcode.SETATTR,
            "SETATTR",
            SetattrIn.FIELDS,
            AttrOut.FIELDS,
            (s, r) -> s.files().setattr(r)),
        Rows.fixed(
            Opcode.STATFS, "STATFS", Fields.NONE, StatfsOut.FIELDS, (s, r) -> s.files().statfs(r)),
        Rows.unsupported(Opcode.SETXATTR, "SETXATTR"),
        Rows.unsupported(Opcode.GETXATTR, "GETXATTR"),
        Rows.unsupported(Opcode.LISTXATTR, "LISTXATTR"),
        Rows.unsupported(Opcode.REMOVEXATTR, "REMOVEXATTR"),
        Rows.fixed(
            Opcode.ACCESS, "ACCESS", AccessIn.FIELDS, Fields.NONE, (s, r) -> s.files().access(r)),
        Rows.fixed(
            Opcode.IOCTL, "IOCTL", IoctlIn.FIELDS, IoctlOut.FIELDS, (s, r) -> s.files().ioctl(r)),
        Rows.fixed(
            Opcode.STATX, "STATX", StatxIn.FIELDS, StatxOut.FIELDS, (s, r) -> s.files().statx(r)));
  }
}
