package io.famfs.cli;

/// How `fsck` ends, as bits of `fsck(8)`.
final class FsckExit {
  /// Nothing is wrong.
  static final int CLEAN = 0;

  /// There were faults, and all of them have been repaired.
  static final int REPAIRED = 1;

  /// There are faults.
  static final int UNCORRECTED = 4;

  /// The check or the repair itself could not be done.
  static final int OPERATIONAL = 8;

  /// Wrong usage.
  static final int USAGE = 16;

  private FsckExit() {}
}
