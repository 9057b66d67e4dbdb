package io.famfs.fuse.server;

import org.jspecify.annotations.Nullable;

/// Makes the session of a new connection or mount.
@FunctionalInterface
public interface SessionFactory {

  /// Opens a session that waits for its INIT.
  ///
  /// @param window where this connection's SETUPMAPPING requests go; null when it has no window
  Session open(@Nullable MappingWindow window);

  /// The same with a name by which whoever looks at the server knows the client.
  default Session open(String name, @Nullable MappingWindow window) {
    return open(window);
  }

  /// Opens a session of a mount on this host, whose kernel has this host's numbers.
  default Session openLocal() {
    return open(null);
  }

  /// The same with a name by which whoever looks at the server knows the client.
  default Session openLocal(String name) {
    return openLocal();
  }
}
