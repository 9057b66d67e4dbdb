package io.famfs.fuse.famfs;

/// How much kernels may remember of names and attributes.
public enum CachePolicy {
  /// Nothing.
  NONE,
  /// What they were told in the last second; those that can be told of changes are, at once.
  AUTO,
  /// Kernels that can be told of changes for a day, others for a second.
  ALWAYS;

  /// For clients that cannot be told of changes.
  Timeouts unheard() {
    return this == NONE ? Timeouts.NONE : Timeouts.SHORT;
  }

  /// For clients that are told of changes.
  Timeouts heard() {
    return this == ALWAYS ? Timeouts.LONG : unheard();
  }
}
