package io.famfs.cli;

/// How `check` ends: the sum of what is wrong.
final class CheckExit {
  /// Everything is as the log says.
  static final int CLEAN = 0;

  /// A file or directory differs from the log, or the log has one that cannot be shown.
  static final int FILES = 1;

  /// The superblock cannot be used.
  static final int SUPERBLOCK = 2;

  /// The log cannot be used, or has lost count.
  static final int LOG = 4;

  /// The check could not be done.
  static final int OPERATIONAL = 8;

  /// Wrong usage.
  static final int USAGE = 16;

  private CheckExit() {}
}
