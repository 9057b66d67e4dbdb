package io.famfs.fuse.server;

/// Who keeps the locks that clients take on files.
public enum LockPolicy {
  /// This server, for all its clients together: two guests, or a guest and this host, see each
  /// other's locks. Other hosts do not take part.
  SERVER,
  /// Each kernel its own: its processes see each other's locks, nobody else does.
  NONE,
  /// Nobody: every request for a lock fails with ENOLCK.
  REFUSE
}
