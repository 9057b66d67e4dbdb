package io.famfs.fuse.server;

import io.famfs.core.Errno;
import java.util.Map;

/// What a client has lost on its way from another server: each inode with the error it gives.
///
/// @param errnos by nodeid
record LostInodes(Map<Long, Integer> errnos) {
  static final LostInodes NONE = new LostInodes(Map.of());

  LostInodes {
    errnos = Map.copyOf(errnos);
  }

  boolean any() {
    return !errnos.isEmpty();
  }

  /// Whether a request is about such an inode and does something with it; letting go of it works.
  ///
  /// @return 0 or a negative errno
  int check(Request request) {
    if (Admission.scope(request.opcode()) != Admission.Scope.USING) {
      return 0;
    }
    return -errnos.getOrDefault(request.nodeid(), 0);
  }

  /// It is not there any more, or something else is in its place.
  static final int GONE = Errno.ESTALE;

  /// A lock on it is lost.
  static final int UNLOCKED = Errno.EIO;
}
