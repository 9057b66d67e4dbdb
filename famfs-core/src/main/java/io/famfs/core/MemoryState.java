package io.famfs.core;

/// What a look at a page of device memory found.
public enum MemoryState {
  /// It can be loaded.
  READABLE,
  /// The memory has failed: what it held is lost, and it stays so until it is replaced.
  FAILED,
  /// There is no memory behind the mapping now: a file became shorter, or its file system has no
  /// space for a hole. It comes back when the cause is gone.
  GONE
}
