package io.famfs.fuse.famfs;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.SetupMappingIn;
import io.famfs.fuse.server.MappingWindow;
import io.famfs.fuse.server.Request;
import io.famfs.fuse.server.WindowPieces;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.extent.ExtentMap;
import io.famfs.store.health.BadRanges;
import io.famfs.store.namespace.FileInode;
import java.lang.foreign.MemorySegment;

/// Turns a mapping request into pieces of device memory.
///
/// Linux asks for whole ranges of 2 MiB, also beyond the end of a file. Everything the file has
/// memory for is mapped; what is left of the range lies behind the end of the file, where the guest
/// never goes.
final class WindowMapper {
  /// Below this size of a piece a range costs more maps than it saves copies: a front-end needs
  /// some 0.3 ms for each, and holds one memory region per piece.
  private static final long WORTH_MAPPING_BYTES = 64 * 1024;

  private WindowMapper() {}

  /// Whether all memory of a file can be mapped. The answer never changes for a file.
  static boolean mappable(FileInode file, MappingWindow window) {
    long mask = (1L << window.alignmentLog2()) - 1;
    ExtentMap extents = file.extents();
    long bits = extents.rangeCount() > 1 ? extents.chunkBytes() : 0;
    for (int i = 0; i < extents.rangeCount(); i++) {
      bits |= extents.rangeOffset(i) | extents.rangeLengthBytes(i);
    }
    return (bits & mask) == 0;
  }

  /// Whether it can, in pieces that are not too small. The answer never changes for a file.
  static boolean worthMapping(FileInode file, MappingWindow window) {
    ExtentMap extents = file.extents();
    boolean strips = extents.chunkBytes() > 0 && extents.rangeCount() > 1;
    long shortest = strips ? extents.chunkBytes() : Long.MAX_VALUE;
    for (int i = 0; i < extents.rangeCount(); i++) {
      shortest = Math.min(shortest, extents.rangeLengthBytes(i));
    }
    return shortest >= Math.min(WORTH_MAPPING_BYTES, file.sizeBytes()) && mappable(file, window);
  }

  /// SETUPMAPPING for a file.
  ///
  /// @param scratch the worker's
  /// @param bad what must not appear in the window
  /// @return 0 or a negative errno: EINVAL for a range that is not aligned, not in the window, or
  ///   begins behind the memory of the file; EACCES to store into what cannot be written;
  ///   EOPNOTSUPP for a file whose memory does not begin and end at pages; EIO for a range with bad
  ///   memory: Linux maps 2 MiB at once, and what a guest loads from there would end more than one
  ///   program
  static int map(
      Request request,
      FileInode file,
      MappingWindow window,
      boolean writableFile,
      Scratch scratch,
      BadRanges bad) {
    MemorySegment in = request.in();
    long fileOffset = SetupMappingIn.foffset(in, Request.ARGUMENTS);
    long windowOffset = SetupMappingIn.moffset(in, Request.ARGUMENTS);
    long lengthBytes = SetupMappingIn.len(in, Request.ARGUMENTS);
    boolean store = stores(request);
    int refused = check(window, fileOffset, windowOffset, lengthBytes);
    if (refused == 0 && fileOffset >= file.extents().mappedBytes()) {
      refused = -Errno.EINVAL;
    }
    if (refused == 0 && store && !writableFile) {
      refused = -Errno.EACCES;
    }
    if (refused != 0) {
      return refused;
    }
    long mapped = Math.min(lengthBytes, file.extents().mappedBytes() - fileOffset);
    long mask = (1L << window.alignmentLog2()) - 1;
    ExtentCursor cursor = scratch.cursor;
    WindowPieces pieces = scratch.pieces;
    pieces.clear();
    for (long done = 0; done < mapped; done += cursor.runBytes()) {
      file.extents().resolve(fileOffset + done, mapped - done, cursor);
      if (((cursor.deviceOffset() | cursor.runBytes()) & mask) != 0) {
        return -Errno.EOPNOTSUPP;
      }
      if (bad.touches(cursor.deviceIndex(), cursor.deviceOffset(), cursor.runBytes())) {
        return -Errno.EIO;
      }
      pieces.add(
          cursor.deviceIndex(), cursor.deviceOffset(), windowOffset + done, cursor.runBytes());
    }
    int result = window.map(file.nodeid(), fileOffset, windowOffset, mapped, pieces, writableFile);
    if (result == 0) {
      request.countMapped(mapped);
    }
    return result;
  }

  /// Whether a mapping request asks for stores.
  static boolean stores(Request request) {
    return (SetupMappingIn.flags(request.in(), Request.ARGUMENTS) & SetupMappingIn.WRITE) != 0;
  }

  private static int check(
      MappingWindow window, long fileOffset, long windowOffset, long lengthBytes) {
    long mask = (1L << window.alignmentLog2()) - 1;
    boolean aligned = ((fileOffset | windowOffset | lengthBytes) & mask) == 0;
    boolean inWindow =
        lengthBytes > 0
            && windowOffset >= 0
            && windowOffset <= window.sizeBytes()
            && lengthBytes <= window.sizeBytes() - windowOffset;
    boolean inFile = fileOffset >= 0 && fileOffset <= Long.MAX_VALUE - lengthBytes;
    return aligned && inWindow && inFile ? 0 : -Errno.EINVAL;
  }
}
