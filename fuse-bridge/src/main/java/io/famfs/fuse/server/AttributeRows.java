package io.famfs.fuse.server;

import io.famfs.fuse.protocol.AccessIn;
import io.famfs.fuse.protocol.AttrOut;
import io.famfs.fuse.protocol.Fields;
import io.famfs.fuse.protocol.GetattrIn;
import io.famfs.fuse.protocol.GetxattrIn;
import io.famfs.fuse.protocol.IoctlIn;
import io.famfs.fuse.protocol.IoctlOut;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.SetattrIn;
import io.famfs.fuse.protocol.SetxattrIn;
import io.famfs.fuse.protocol.StatfsOut;
import io.famfs.fuse.protocol.StatxIn;
import io.famfs.fuse.protocol.StatxOut;
import io.famfs.fuse.server.Operation.Listing;
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
        Rows.attribute(
                Opcode.SETXATTR, "SETXATTR", SetxattrIn.FIELDS, (s, r) -> s.files().setxattr(r))
            .noted("EPERM, EOPNOTSUPP: none can be set"),
        Rows.attribute(
                Opcode.GETXATTR, "GETXATTR", GetxattrIn.FIELDS, (s, r) -> s.files().getxattr(r))
            .replying(Listing.SIZE_OR_DATA),
        Rows.fixed(
                Opcode.LISTXATTR,
                "LISTXATTR",
                GetxattrIn.FIELDS,
                Fields.NONE,
                (s, r) -> s.files().listxattr(r))
            .replying(Listing.SIZE_OR_DATA),
        Rows.attribute(
                Opcode.REMOVEXATTR, "REMOVEXATTR", Fields.NONE, (s, r) -> s.files().removexattr(r))
            .noted("EPERM, EOPNOTSUPP: none can be removed"),
        Rows.fixed(
            Opcode.ACCESS, "ACCESS", AccessIn.FIELDS, Fields.NONE, (s, r) -> s.files().access(r)),
        Rows.fixed(
            Opcode.IOCTL, "IOCTL", IoctlIn.FIELDS, IoctlOut.FIELDS, (s, r) -> s.files().ioctl(r)),
        Rows.fixed(
            Opcode.STATX, "STATX", StatxIn.FIELDS, StatxOut.FIELDS, (s, r) -> s.files().statx(r)));
  }
}
