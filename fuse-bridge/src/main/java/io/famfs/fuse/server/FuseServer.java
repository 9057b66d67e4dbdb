package io.famfs.fuse.server;

import io.famfs.fuse.lock.LockTable;
import io.famfs.fuse.metrics.Metrics;
import io.famfs.fuse.protocol.ClientArchitecture;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Serves one file system over any number of connections and any kind of door.
public final class FuseServer implements SessionFactory {
  private final FuseFileSystem files;
  private final ClientOptions clients;
  private final Dispatcher dispatcher = new Dispatcher();
  private final ServerCounters counters = new ServerCounters();
  private final LockTable locks = new LockTable();
  private final Metrics metrics = new Metrics();

  /// A server that knows nothing of its clients.
  public FuseServer(FuseFileSystem files) {
    this(files, ClientOptions.standard());
  }

  /// A server whose peers give a request up after a time, if they can.
  ///
  /// A kernel that mounts through `/dev/fuse` is told when its server ends; a guest is not, and
  /// waits for ever. With a limit, Linux (6.14 and newer) ends the connection when a request is
  /// older, and every user gets an error (`fs/fuse/dev.c`, `fuse_check_timeout`).
  ///
  /// @param requestTimeout whole seconds, at most 65535; zero for none
  public FuseServer(FuseFileSystem files, Duration requestTimeout) {
    this(files, ClientOptions.standard().withRequestTimeout(requestTimeout));
  }

  /// A server that is told something about its clients.
  public FuseServer(FuseFileSystem files, ClientOptions clients) {
    this.files = files;
    this.clients = clients;
    files.register(metrics);
  }

  /// What this server and its file system count; doors add theirs.
  public Metrics metrics() {
    return metrics;
  }

  @Override
  public Session open(@Nullable MappingWindow window) {
    return open(window, clients);
  }

  @Override
  public Session openLocal() {
    return open(null, clients.withArchitecture(ClientArchitecture.ofHost()));
  }

  private Session open(@Nullable MappingWindow window, ClientOptions client) {
    return new FuseSession(files, new Peer(window, client, locks), dispatcher, counters);
  }

  /// What a session is told about its peer.
  ///
  /// @param window where SETUPMAPPING goes, or null
  /// @param options how to understand the client
  /// @param locks the locks of all clients
  record Peer(@Nullable MappingWindow window, ClientOptions options, LockTable locks) {}

  /// How many requests wait for a lock now, over all connections.
  public int waitingForLocks() {
    return locks.waiting();
  }

  /// What has been done so far, over all connections.
  public ServerStats stats() {
    return counters.stats();
  }
}
