package io.famfs.fuse.server;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Serves one file system over any number of connections and any kind of door.
public final class FuseServer implements SessionFactory {
  private static final int MAX_TIMEOUT_SECONDS = 0xffff;

  private final FuseFileSystem files;
  private final int timeoutSeconds;
  private final Dispatcher dispatcher = new Dispatcher();
  private final ServerCounters counters = new ServerCounters();

  /// A server whose peers wait for an answer as long as it takes.
  public FuseServer(FuseFileSystem files) {
    this(files, Duration.ZERO);
  }

  /// A server whose peers give a request up after a time, if they can.
  ///
  /// A kernel that mounts through `/dev/fuse` is told when its server ends; a guest is not, and
  /// waits for ever. With a limit, Linux (6.14 and newer) ends the connection when a request is
  /// older, and every user gets an error (`fs/fuse/dev.c`, `fuse_check_timeout`).
  ///
  /// @param requestTimeout whole seconds, at most 65535; zero for none
  public FuseServer(FuseFileSystem files, Duration requestTimeout) {
    if (requestTimeout.isNegative() || requestTimeout.toSeconds() > MAX_TIMEOUT_SECONDS) {
      throw new IllegalArgumentException("request timeout of " + requestTimeout);
    }
    this.files = files;
    this.timeoutSeconds = (int) requestTimeout.toSeconds();
  }

  @Override
  public Session open(@Nullable MappingWindow window) {
    return new FuseSession(files, new Peer(window, timeoutSeconds), dispatcher, counters);
  }

  /// What a session is told about its peer.
  ///
  /// @param window where SETUPMAPPING goes, or null
  /// @param timeoutSeconds how long the peer shall wait for an answer, 0 for ever
  record Peer(@Nullable MappingWindow window, int timeoutSeconds) {}

  /// What has been done so far, over all connections.
  public ServerStats stats() {
    return counters.stats();
  }
}
