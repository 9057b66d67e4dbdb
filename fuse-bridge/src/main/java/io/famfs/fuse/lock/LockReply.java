package io.famfs.fuse.lock;

/// The answer to a request that waits.
@FunctionalInterface
public interface LockReply {

  /// Ends the wait. Called at most once, by any thread, while no lock of the table is held.
  ///
  /// @param result 0 when the owner has the lock now, or a negative errno
  void finish(int result);
}
