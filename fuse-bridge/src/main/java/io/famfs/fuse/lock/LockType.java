package io.famfs.fuse.lock;

/// What a lock lets others do.
public enum LockType {
  /// Others may have it as well (`F_RDLCK`, `LOCK_SH`).
  READ(0),
  /// Nobody else may have any (`F_WRLCK`, `LOCK_EX`).
  WRITE(1),
  /// No lock: a request with it gives locks back (`F_UNLCK`, `LOCK_UN`).
  NONE(2);

  private final int number;

  LockType(int number) {
    this.number = number;
  }

  /// What stands for it in a journal.
  int number() {
    return number;
  }

  static LockType of(int number) {
    if (number == READ.number) {
      return READ;
    }
    return number == WRITE.number ? WRITE : NONE;
  }

  /// Whether two owners cannot have these at once on the same bytes.
  boolean conflictsWith(LockType other) {
    return this != NONE && other != NONE && (this == WRITE || other == WRITE);
  }
}
