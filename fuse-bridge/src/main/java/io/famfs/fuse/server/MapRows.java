package io.famfs.fuse.server;

import io.famfs.fuse.protocol.DaxdevOut;
import io.famfs.fuse.protocol.Fields;
import io.famfs.fuse.protocol.FmapOut;
import io.famfs.fuse.protocol.GetFmapIn;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.Operation.Listing;
import java.util.List;

/// The rows of requests that ask where files lie.
final class MapRows {
  private MapRows() {}

  static List<Operation> rows() {
    // Some kernels send no arguments with GET_FMAP, and are known by that.
    int shortBytes = 0;
    return List.of(
        new Operation(
            Opcode.GET_FMAP,
            "GET_FMAP",
            GetFmapIn.FIELDS,
            shortBytes,
            0,
            false,
            FmapOut.FIELDS,
            Listing.NONE,
            true,
            FuseSession::getFmap,
            "where file maps were agreed on; the extents follow the body"),
        new Operation(
            Opcode.GET_DAXDEV,
            "GET_DAXDEV",
            Fields.NONE,
            0,
            0,
            false,
            DaxdevOut.FIELDS,
            Listing.NONE,
            true,
            FuseSession::getDaxdev,
            "where file maps were agreed on"));
  }
}
