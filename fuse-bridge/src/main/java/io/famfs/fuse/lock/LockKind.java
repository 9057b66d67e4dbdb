package io.famfs.fuse.lock;

/// The two kinds of locks. They do not see each other, as on a local file system of Linux.
public enum LockKind {
  /// Of a range of bytes (fcntl(2)).
  RECORD,
  /// Of a whole file (flock(2)).
  WHOLE
}
