package io.famfs.fuse.lock;

/// What a lock lets others do.
public enum LockType {
  /// Others may have it as well (`F_RDLCK`, `LOCK_SH`).
  READ,
  /// Nobody else may have any (`F_WRLCK`, `LOCK_EX`).
  WRITE,
  /// No lock: a request with it gives locks back (`F_UNLCK`, `LOCK_UN`).
  NONE;

  /// Whether two owners cannot have these at once on the same bytes.
  boolean conflictsWith(LockType other) {
    return this != NONE && other != NONE && (this == WRITE || other == WRITE);
  }
}
