package io.famfs.fuse.server;

import java.lang.foreign.MemorySegment;

/// A door's way to tell its peer what it did not ask for.
///
/// `/dev/fuse` has one. Linux' virtio-fs driver has none: a notification queue is in the virtio
/// specification (5.11.2), but no driver takes it.
@FunctionalInterface
public interface NotificationChannel {

  /// Sends a notification and waits until the peer has acted on it. That may take as long as the
  /// requests take that the peer has under way, so no thread that serves requests may call it.
  ///
  /// @param message begins with a [io.famfs.fuse.protocol.OutHeader]
  /// @return 0 or more, or a negative errno: -ENOENT when the peer knows nothing of what it is
  ///   about, -EINVAL for a notification it does not know, others when it has gone
  int send(MemorySegment message, int lengthBytes);
}
