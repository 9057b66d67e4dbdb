package io.famfs.fuse.server;

import io.famfs.fuse.protocol.CopyFileRangeIn;
import io.famfs.fuse.protocol.CopyFileRangeOut;
import io.famfs.fuse.protocol.FallocateIn;
import io.famfs.fuse.protocol.Fields;
import io.famfs.fuse.protocol.FlushIn;
import io.famfs.fuse.protocol.FsyncIn;
import io.famfs.fuse.protocol.LseekIn;
import io.famfs.fuse.protocol.LseekOut;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.OpenIn;
import io.famfs.fuse.protocol.OpenOut;
import io.famfs.fuse.protocol.ReadIn;
import io.famfs.fuse.protocol.ReleaseIn;
import io.famfs.fuse.protocol.RemoveMapping;
import io.famfs.fuse.protocol.SetupMappingIn;
import io.famfs.fuse.protocol.SyncfsIn;
import io.famfs.fuse.protocol.WriteIn;
import io.famfs.fuse.protocol.WriteOut;
import java.util.List;

/// The rows of open files and what is in them.
final class DataRows {
  private DataRows() {}

  static List<Operation> rows() {
    return List.of(
        Rows.fixed(Opcode.OPEN, "OPEN", OpenIn.FIELDS, OpenOut.FIELDS, (s, r) -> s.files().open(r)),
        Rows.fixed(Opcode.READ, "READ", ReadIn.FIELDS, Fields.NONE, (s, r) -> s.files().read(r)),
        Rows.fixed(
            Opcode.WRITE, "WRITE", WriteIn.FIELDS, WriteOut.FIELDS, (s, r) -> s.files().write(r)),
        Rows.fixed(Opcode.RELEASE, "RELEASE", ReleaseIn.FIELDS, Fields.NONE, FuseSession::release),
        Rows.fixed(
            Opcode.FSYNC, "FSYNC", FsyncIn.FIELDS, Fields.NONE, (s, r) -> s.files().fsync(r)),
        Rows.fixed(Opcode.FLUSH, "FLUSH", FlushIn.FIELDS, Fields.NONE, FuseSession::flush),
        Rows.fixed(
            Opcode.FALLOCATE,
            "FALLOCATE",
            FallocateIn.FIELDS,
            Fields.NONE,
            (s, r) -> s.files().fallocate(r)),
        Rows.fixed(
            Opcode.LSEEK, "LSEEK", LseekIn.FIELDS, LseekOut.FIELDS, (s, r) -> s.files().lseek(r)),
        Rows.fixed(
            Opcode.COPY_FILE_RANGE,
            "COPY_FILE_RANGE",
            CopyFileRangeIn.FIELDS,
            WriteOut.FIELDS,
            (s, r) -> s.files().copyFileRange(r)),
        Rows.fixed(
            Opcode.SETUPMAPPING,
            "SETUPMAPPING",
            SetupMappingIn.FIELDS,
            Fields.NONE,
            FuseSession::setupMapping),
        Rows.fixed(
            Opcode.REMOVEMAPPING,
            "REMOVEMAPPING",
            RemoveMapping.COUNT,
            Fields.NONE,
            FuseSession::removeMapping),
        Rows.fixed(
            Opcode.SYNCFS, "SYNCFS", SyncfsIn.FIELDS, Fields.NONE, (s, r) -> s.files().syncfs(r)),
        Rows.fixed(
            Opcode.COPY_FILE_RANGE_64,
            "COPY_FILE_RANGE_64",
            CopyFileRangeIn.FIELDS,
            CopyFileRangeOut.FIELDS,
            (s, r) -> s.files().copyFileRange64(r)));
  }
}
