package io.famfs.fuse.server;

import io.famfs.fuse.lock.LockJournal;
import io.famfs.fuse.lock.LockTable;
import io.famfs.fuse.metrics.Metrics;
import io.famfs.fuse.protocol.ClientArchitecture;
import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.handover.FdStore;
import io.famfs.os.handover.StateMemory;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Serves one file system over any number of connections and any kind of door.
public final class FuseServer implements SessionFactory {
  /// Changes with what is left to another process.
  private static final long LEFT_LAYOUT = 2;

  private final FuseFileSystem files;
  private final ClientOptions clients;
  private final Dispatcher dispatcher;
  private final ServerCounters counters;
  private final Set<FuseSession> sessions = ConcurrentHashMap.newKeySet();
  private final LockTable locks = new LockTable();
  private final Metrics metrics = new Metrics();
  private final Notices changes = new Notices();
  private final Ownership ownership;

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
    this(files, clients, Observation.standard());
  }

  /// A server that is also told what to keep of its work.
  public FuseServer(FuseFileSystem files, ClientOptions clients, Observation observation) {
    this.files = files;
    this.clients = clients;
    ownership = new Ownership(files.migration());
    dispatcher = new Dispatcher(observation);
    counters = new ServerCounters(observation.latencies());
    files.register(metrics);
    new ServerMetrics(this).register(metrics);
    Trace trace = observation.trace();
    metrics.counter(
        "famfs_trace_dropped_lines_total",
        "Lines of the trace that were dropped because they were not written fast enough.",
        () -> trace == null ? 0 : trace.dropped());
    files.tell(changes);
  }

  /// Leaves locks and what the file system has begun to the process after this one, and goes on
  /// with those of the one before. Call before the first session is opened.
  ///
  /// @throws ErrnoException when what is there cannot be gone on with
  public void leaveTo(FdStore store) throws ErrnoException {
    long bytes =
        StateMemory.roundedUp(LockJournal.bytes()) + StateMemory.roundedUp(files.leftBytes());
    Fd found = store.take("fuse.").get("state");
    StateMemory memory =
        found == null
            ? StateMemory.create("famfs-server", LEFT_LAYOUT, bytes)
            : StateMemory.adopt(found, LEFT_LAYOUT, bytes);
    if (found == null) {
      store.keep("fuse.state", memory.fd());
    }
    locks.keepIn(new LockJournal(memory.take(LockJournal.bytes())));
    files.leaveIn(memory.take(files.leftBytes()));
  }

  /// What this server and its file system count; doors add theirs.
  public Metrics metrics() {
    return metrics;
  }

  @Override
  public Session open(@Nullable MappingWindow window) {
    return open("client", window);
  }

  @Override
  public Session open(String name, @Nullable MappingWindow window) {
    return openAs(clients, name, window);
  }

  @Override
  public Session openLocal() {
    return openLocal("mount");
  }

  @Override
  public Session openLocal(String name) {
    return openLocalAs(clients, name);
  }

  /// Sessions of clients that come in another way than those this server was told about.
  ///
  /// @throws IllegalArgumentException when the directory they are to see is not there
  public SessionFactory door(ClientOptions options) {
    ClientView _ = ClientView.of(files, options.export());
    return new SessionFactory() {
      @Override
      public Session open(@Nullable MappingWindow window) {
        return openAs(options, "client", window);
      }

      @Override
      public Session open(String name, @Nullable MappingWindow window) {
        return openAs(options, name, window);
      }

      @Override
      public Session openLocal() {
        return openLocalAs(options, "mount");
      }

      @Override
      public Session openLocal(String name) {
        return openLocalAs(options, name);
      }
    };
  }

  private Session openAs(ClientOptions options, String name, @Nullable MappingWindow window) {
    return open(new Peer(name, window, options, false, locks, changes, ownership));
  }

  private Session openLocalAs(ClientOptions options, String name) {
    ClientOptions host = options.withArchitecture(ClientArchitecture.ofHost());
    return open(new Peer(name, null, host, true, locks, changes, ownership));
  }

  private Session open(Peer peer) {
    FuseSession session = new FuseSession(files, peer, dispatcher, counters, sessions::remove);
    sessions.add(session);
    return session;
  }

  /// What a session is told about its peer.
  ///
  /// @param name by which whoever looks at the server knows it
  /// @param window where SETUPMAPPING goes, or null
  /// @param options how to understand the client
  /// @param local whether it is a mount on this host, which can be told of changes
  /// @param locks the locks of all clients
  /// @param changes what all clients are told
  /// @param ownership whose clients have all gone to another server
  record Peer(
      String name,
      @Nullable MappingWindow window,
      ClientOptions options,
      boolean local,
      LockTable locks,
      Notices changes,
      Ownership ownership) {}

  /// How many requests wait for a lock now, over all connections.
  public int waitingForLocks() {
    return locks.waiting();
  }

  /// What has been done so far, over all connections.
  public ServerStats stats() {
    return counters.stats();
  }

  /// How long requests took, by the names of their opcodes; empty when times are not measured.
  public SortedMap<String, OperationLatency> latencies() {
    return counters.latencies();
  }

  /// The files with most bytes, those of all clients together.
  public List<FileTraffic> busiestFiles(int limit) {
    return counters.busiestFiles(limit);
  }

  /// What was counted for one file; zeros when others were so much busier that it lost its place.
  public FileTraffic traffic(long nodeid) {
    return counters.traffic(nodeid);
  }

  /// A file, with where it lies; null when there is none.
  public @Nullable FileReport file(long nodeid) {
    return files.file(nodeid);
  }

  /// The nodeid of a path relative to the root; 0 when there is nothing.
  public long nodeid(String path) {
    return files.nodeid(path);
  }

  /// The clients there are now, by name.
  public List<SessionReport> sessions() {
    return sessions.stream()
        .map(FuseSession::report)
        .sorted(Comparator.comparing(SessionReport::name))
        .toList();
  }
}
