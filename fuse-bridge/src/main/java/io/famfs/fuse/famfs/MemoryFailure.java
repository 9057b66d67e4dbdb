package io.famfs.fuse.famfs;

import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.ReadIn;
import io.famfs.fuse.protocol.WriteIn;
import io.famfs.fuse.server.Request;
import io.famfs.store.Volume;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.namespace.FileInode;
import java.lang.foreign.MemorySegment;

/// Finds out which memory failed when a request did. Where a request says which part of the file it
/// moves, only that is looked at.
final class MemoryFailure {
  private final Volume volume;
  private final GoodMemory good;

  MemoryFailure(Volume volume) {
    this.volume = volume;
    this.good = new GoodMemory(volume);
  }

  /// Looks at the memory of a request's file.
  ///
  /// @return whether some of it is bad and the request can be handled once more
  boolean look(Request request) {
    if (!(volume.namespace().inode(request.nodeid()) instanceof FileInode file)) {
      return false;
    }
    MemorySegment in = request.in();
    return switch (request.opcode()) {
      case Opcode.READ ->
          look(
              request,
              file,
              ReadIn.offset(in, Request.ARGUMENTS),
              Integer.toUnsignedLong(ReadIn.size(in, Request.ARGUMENTS)));
      case Opcode.WRITE ->
          look(
              request,
              file,
              WriteIn.offset(in, Request.ARGUMENTS),
              Integer.toUnsignedLong(WriteIn.size(in, Request.ARGUMENTS)));
      default -> {
        look(request, file, 0, file.sizeBytes());
        yield false;
      }
    };
  }

  private boolean look(Request request, FileInode file, long offset, long lengthBytes) {
    ExtentCursor cursor = Scratch.of(request).cursor;
    long length = Math.min(lengthBytes, file.sizeBytes() - offset);
    boolean found = false;
    for (long done = 0; done < length; done += cursor.runBytes()) {
      if (!file.extents().resolve(offset + done, length - done, cursor)) {
        break;
      }
      found |= good.isBad(cursor, cursor.runBytes());
    }
    return found;
  }
}
