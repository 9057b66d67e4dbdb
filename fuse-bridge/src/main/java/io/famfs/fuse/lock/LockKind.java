package io.famfs.fuse.lock;

/// The two kinds of locks. They do not see each other, as on a local file system of Linux.
public enum LockKind {
  /// Of a range of bytes (fcntl(2)).
  RECORD(0),
  /// Of a whole file (flock(2)).
  WHOLE(1);

  private final int number;

  LockKind(int number) {
    this.number = number;
  }

  /// What stands for it in a journal.
  int number() {
    return number;
  }

  static LockKind of(int number) {
    return number == RECORD.number ? RECORD : WHOLE;
  }
}
