package io.famfs.fuse.server;

import io.famfs.fuse.protocol.CreateIn;
import io.famfs.fuse.protocol.EntryOut;
import io.famfs.fuse.protocol.Fields;
import io.famfs.fuse.protocol.FsyncIn;
import io.famfs.fuse.protocol.LinkIn;
import io.famfs.fuse.protocol.MkdirIn;
import io.famfs.fuse.protocol.MknodIn;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.OpenIn;
import io.famfs.fuse.protocol.OpenOut;
import io.famfs.fuse.protocol.ReleaseIn;
import io.famfs.fuse.protocol.Rename2In;
import io.famfs.fuse.protocol.RenameIn;
import io.famfs.fuse.server.Operation.Listing;
import java.util.List;

/// The rows of names and directories: what is looked up, listed and made.
final class NameRows {
  private static final Fields CREATED = EntryOut.FIELDS.then(OpenOut.FIELDS);

  private NameRows() {}

  static List<Operation> rows() {
    return List.of(
        Rows.named(
            Opcode.LOOKUP, "LOOKUP", Fields.NONE, EntryOut.FIELDS, (s, r) -> s.files().lookup(r)),
        Rows.fixed(
                Opcode.READLINK,
                "READLINK",
                Fields.NONE,
                Fields.NONE,
                (s, r) -> s.files().readlink(r))
            .noted("EINVAL: there are no symbolic links"),
        Rows.named(
                Opcode.SYMLINK,
                "SYMLINK",
                Fields.NONE,
                EntryOut.FIELDS,
                (s, r) -> s.files().symlink(r))
            .noted("EPERM: there are no symbolic links"),
        Rows.named(
            Opcode.MKNOD, "MKNOD", MknodIn.FIELDS, EntryOut.FIELDS, (s, r) -> s.files().mknod(r)),
        Rows.named(
            Opcode.MKDIR, "MKDIR", MkdirIn.FIELDS, EntryOut.FIELDS, (s, r) -> s.files().mkdir(r)),
        Rows.named(Opcode.UNLINK, "UNLINK", Fields.NONE, Fields.NONE, (s, r) -> s.files().unlink(r))
            .noted("what is not in the log yet; else EPERM"),
        Rows.named(Opcode.RMDIR, "RMDIR", Fields.NONE, Fields.NONE, (s, r) -> s.files().rmdir(r))
            .noted("EPERM: directories stay"),
        Rows.twoNames(
                Opcode.RENAME,
                "RENAME",
                RenameIn.FIELDS,
                Fields.NONE,
                (s, r) -> s.files().rename(r))
            .noted("EPERM: names stay"),
        Rows.named(Opcode.LINK, "LINK", LinkIn.FIELDS, EntryOut.FIELDS, (s, r) -> s.files().link(r))
            .noted("EPERM: a file has one name"),
        Rows.fixed(Opcode.OPENDIR, "OPENDIR", OpenIn.FIELDS, OpenOut.FIELDS, FuseSession::opendir),
        Rows.listing(Opcode.READDIR, "READDIR", Listing.DIRENTS, (s, r) -> s.files().readdir(r)),
        Rows.fixed(
            Opcode.RELEASEDIR,
            "RELEASEDIR",
            ReleaseIn.FIELDS,
            Fields.NONE,
            (s, r) -> s.files().releasedir(r)),
        Rows.fixed(
            Opcode.FSYNCDIR,
            "FSYNCDIR",
            FsyncIn.FIELDS,
            Fields.NONE,
            (s, r) -> s.files().fsyncdir(r)),
        Rows.named(
            Opcode.CREATE, "CREATE", CreateIn.FIELDS, CREATED, (s, r) -> s.files().create(r)),
        Rows.listing(
            Opcode.READDIRPLUS,
            "READDIRPLUS",
            Listing.DIRENTS_PLUS,
            (s, r) -> s.files().readdirplus(r)),
        Rows.twoNames(
                Opcode.RENAME2,
                "RENAME2",
                Rename2In.FIELDS,
                Fields.NONE,
                (s, r) -> s.files().rename2(r))
            .noted("EPERM: names stay"),
        Rows.named(
                Opcode.TMPFILE, "TMPFILE", CreateIn.FIELDS, CREATED, (s, r) -> s.files().tmpfile(r))
            .withAnyName()
            .noted("EOPNOTSUPP: every file has a name"));
  }
}
