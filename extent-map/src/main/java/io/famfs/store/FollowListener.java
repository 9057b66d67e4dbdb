package io.famfs.store;

import io.famfs.store.namespace.Inode;

/// Hears what becomes visible while a volume follows the log. Calls come one at a time, on the
/// thread that looked: the follower's own, or one that called [Volume#refresh()]. They must not
/// block for long, and no lock of the volume is held meanwhile.
public interface FollowListener {

  /// A file or directory has become visible. Calls come in the order of the log.
  default void added(Inode inode) {}

  /// The state has changed.
  default void changed(FollowStatus status) {}
}
