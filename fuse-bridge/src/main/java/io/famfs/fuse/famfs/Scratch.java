package io.famfs.fuse.famfs;

import io.famfs.fuse.protocol.DirentWriter;
import io.famfs.fuse.server.Request;
import io.famfs.fuse.server.WindowPieces;
import io.famfs.store.extent.ExtentCursor;

/// What one worker reuses from request to request.
final class Scratch {
  final ExtentCursor cursor = new ExtentCursor();

  /// For the destination of a copy.
  final ExtentCursor target = new ExtentCursor();

  final WindowPieces pieces = new WindowPieces();
  final DirentWriter dirents = new DirentWriter();

  /// Where the last request is noted that changed how many handles a new file has; -1 for nowhere
  /// yet.
  int countedPlace = -1;

  static Scratch of(Request request) {
    if (request.scratch() instanceof Scratch kept) {
      return kept;
    }
    Scratch fresh = new Scratch();
    request.scratch(fresh);
    return fresh;
  }
}
