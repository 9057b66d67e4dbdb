package io.famfs.virtiofs;

import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.server.MappingWindow;
import io.famfs.fuse.server.SessionFactory;
import io.famfs.os.ErrnoException;
import io.famfs.os.EventFd;
import io.famfs.os.Fd;
import io.famfs.os.Listening;
import io.famfs.os.Poller;
import io.famfs.os.UnixListener;
import io.famfs.os.UnixSocket;
import io.famfs.os.handover.FdStore;
import io.famfs.vhostuser.BackEndConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Serves virtio-fs to the front-ends that connect to a socket, any number at a time.
///
/// Each front-end has a connection with its own control thread, queues, session and window; what
/// one does wrong ends its own connection only.
public final class VirtioFsServer implements AutoCloseable {

  /// What to serve and where.
  ///
  /// @param socket where front-ends connect
  /// @param tag the name a guest mounts, 1 to 36 bytes
  /// @param requestQueues queues beside the high-priority one, 1 to 64
  /// @param windowBytes size of the DAX window, 0 for none; a power of two from 2 MiB to 64 GiB.
  ///   With a window the front-end has to be a device with shared memory regions and a
  ///   configuration space (`vhost-user-test-device-pci`), without one `vhost-user-fs-pci`.
  /// @param frontEnd what connects
  /// @param listening how the socket is made, or that it is there
  /// @param service how the queues are served
  /// @param notifications whether a notification queue is offered; it is queue 1, in front of the
  ///   request queues, when the guest takes it. No Linux driver does, and `vhost-user-fs-pci` does
  ///   not pass the offer on
  public record Options(
      Path socket,
      String tag,
      int requestQueues,
      long windowBytes,
      FrontEnd frontEnd,
      Listening listening,
      QueueService service,
      boolean notifications) {
    private static final int MAX_REQUEST_QUEUES = 64;

    /// @throws IllegalArgumentException with what is wrong and what would be right
    public Options {
      frontEnd.rules().checkWindow(windowBytes);
      if (requestQueues < 1 || requestQueues > MAX_REQUEST_QUEUES) {
        throw new IllegalArgumentException(
            requestQueues + " request queues: there have to be 1 to " + MAX_REQUEST_QUEUES);
      }
      VirtioFsConfig _ = new VirtioFsConfig(tag, requestQueues, 0);
    }

    /// With a socket that is open to the server's user only.
    public Options(Path socket, String tag, int requestQueues, long windowBytes) {
      this(
          socket,
          tag,
          requestQueues,
          windowBytes,
          FrontEnd.QEMU,
          Listening.ownerOnly(),
          QueueService.standard(),
          false);
    }

    /// The same with another way to listen.
    public Options withListening(Listening other) {
      return new Options(
          socket, tag, requestQueues, windowBytes, frontEnd, other, service, notifications);
    }

    /// The same for another kind of front-end.
    ///
    /// @throws IllegalArgumentException for a window that it or a guest cannot use
    public Options withFrontEnd(FrontEnd other) {
      return new Options(
          socket, tag, requestQueues, windowBytes, other, listening, service, notifications);
    }

    /// The same with another way to serve queues.
    public Options withService(QueueService other) {
      return new Options(
          socket, tag, requestQueues, windowBytes, frontEnd, listening, other, notifications);
    }

    /// The same with or without the offer of a notification queue.
    public Options withNotifications(boolean offered) {
      return new Options(
          socket, tag, requestQueues, windowBytes, frontEnd, listening, service, offered);
    }

    /// All queues that may be used.
    int queues() {
      return 1 + (notifications ? 1 : 0) + requestQueues;
    }
  }

  private static final System.Logger LOG = System.getLogger(VirtioFsServer.class.getName());
  private static final int BACKLOG = 16;
  private static final String LISTENER = "listener";

  /// How long closing waits for guests to be told, and for threads to end.
  private static final Duration RETIRE_LIMIT = Duration.ofSeconds(4);

  private static final Duration END_LIMIT = Duration.ofSeconds(5);

  private record Client(VirtioFsBackEnd backEnd, BackEndConnection connection, Thread thread) {}

  /// What is served.
  ///
  /// @param devices the volume's
  /// @param sessions makes the session of each connection
  record Behind(List<MappedDaxDevice> devices, SessionFactory sessions) {}

  private final Options options;
  private final Behind behind;
  private @Nullable FdStore store;
  private volatile boolean removed;
  private final AtomicInteger connections = new AtomicInteger();
  private final Object lock = new Object();
  private final List<Client> clients = new ArrayList<>();
  private VirtioFsStats ended;
  private boolean closed;
  private @Nullable UnixListener listener;
  private @Nullable EventFd stop;
  private @Nullable Thread acceptor;

  /// @param devices the volume's devices, in the order of the pieces' device indexes; they stay the
  ///   caller's and must stay open until this server is closed
  /// @param sessions makes the session of each connection
  /// @throws IllegalArgumentException when a window is asked for over a read-only device, and the
  ///   front-end would let the guest store through it, or over one that can only be mapped in
  ///   pieces larger than those of guests
  public VirtioFsServer(Options options, List<MappedDaxDevice> devices, SessionFactory sessions) {
    for (MappedDaxDevice device : devices) {
      boolean stores = !options.frontEnd().rules().enforcesReadOnly();
      if (options.windowBytes() > 0 && stores && !device.writable()) {
        throw new IllegalArgumentException(
            device.name() + " is read-only and cannot be shown in a window");
      }
      if (options.windowBytes() > 0
          && WindowShape.alignmentLog2(List.of(device)) > MappingWindow.MAX_ALIGNMENT_LOG2) {
        throw new IllegalArgumentException(
            device.name()
                + " can only be mapped in pieces of "
                + device.alignmentBytes()
                + " bytes and cannot be shown in a window, where guests map 2 MiB; serve it without"
                + " a window, or make the device with an alignment of 4 KiB");
      }
    }
    this.options = options;
    behind = new Behind(List.copyOf(devices), sessions);
    ended = VirtioFsStats.none(options.queues());
  }

  /// Leaves front-ends to the process after this one, and goes on with those of the one before.
  /// Call before [#start()].
  public void leaveTo(FdStore kept) {
    synchronized (lock) {
      store = kept;
    }
  }

  /// Names of descriptors begin with it: the path, in few letters that a name may have.
  private String prefix() {
    CRC32C crc = new CRC32C();
    crc.update(options.socket().toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8));
    return "vu." + Long.toHexString(crc.getValue()) + ".";
  }

  private UnixListener listen(@Nullable FdStore kept, Map<String, Fd> left) throws ErrnoException {
    Fd listening = left.remove(LISTENER);
    if (listening != null) {
      return UnixListener.adopt(options.socket(), listening);
    }
    UnixListener open = options.listening().at(options.socket(), BACKLOG);
    if (kept != null) {
      kept.keep(prefix() + LISTENER, open.fd());
    }
    return open;
  }

  /// Goes on with the connections that another process has left. One that cannot be is closed.
  private void takeOver(FdStore from, Map<String, Fd> left) {
    ConnectionMemory.byConnection(left)
        .forEach((number, fds) -> {
          connections.accumulateAndGet(number, Math::max);
          try {
            resume(from, number, fds);
          } catch (IOException | IllegalArgumentException e) {
            LOG.log(
                System.Logger.Level.ERROR,
                "{0}: a guest is lost, its mount hangs until it is restarted: {1}",
                options.socket(),
                e.getMessage());
            fds.values().forEach(Fd::close);
          }
        });
  }

  private void resume(FdStore from, int number, Map<String, Fd> fds) throws IOException {
    String at = prefix() + number + ".";
    Set<String> roles = Set.copyOf(fds.keySet());
    boolean resumed = false;
    try (UnixSocket socket = ConnectionMemory.socket(fds)) {
      ConnectionMemory memory = ConnectionMemory.adopt(from, at, options, fds);
      String name = options.socket().getFileName() + " front-end " + number;
      VirtioFsBackEnd backEnd = new VirtioFsBackEnd(name, options, behind, memory, true);
      UnixSocket own = UnixSocket.adopt(socket.fd().duplicate());
      BackEndConnection connection =
          new BackEndConnection(own, backEnd, backEnd.memory(), name, memory);
      connection.resume(memory.image().read(), fds);
      resumed = true;
      begin(name, backEnd, connection, "taken over");
    } finally {
      if (!resumed) {
        roles.forEach(role -> from.drop(at + role));
      }
    }
  }

  /// Listens; front-ends can connect when this returns.
  ///
  /// @throws ErrnoException when the socket cannot be had, for instance because another process
  ///   listens there
  public void start() throws ErrnoException {
    synchronized (lock) {
      if (listener != null || closed) {
        throw new IllegalStateException("started before");
      }
      EventFd wake = EventFd.create();
      FdStore kept = store;
      try {
        Map<String, Fd> left = kept == null ? new HashMap<>() : kept.take(prefix());
        UnixListener open = listen(kept, left);
        if (kept != null) {
          takeOver(kept, left);
        }
        listener = open;
        stop = wake;
        acceptor =
            Thread.ofPlatform()
                .name("virtiofs accept")
                .daemon(true)
                .start(() -> acceptAll(open, wake));
      } catch (ErrnoException e) {
        wake.close();
        throw e;
      }
    }
  }

  /// What was seen so far.
  public VirtioFsStats stats() {
    synchronized (lock) {
      VirtioFsStats sum = ended;
      for (Client client : clients) {
        sum = sum.plus(client.backEnd().stats());
      }
      return sum;
    }
  }

  /// Front-ends that are connected now.
  public int connected() {
    synchronized (lock) {
      return clients.size();
    }
  }

  /// Front-ends that have connected so far.
  public int connections() {
    return connections.get();
  }

  private void acceptAll(UnixListener from, EventFd wake) {
    Poller poller = new Poller(2);
    poller.add(wake.fd(), Poller.POLLIN);
    poller.add(from.fd(), Poller.POLLIN);
    while (poller.await(-1) >= 0 && !poller.readable(0)) {
      try {
        accept(from.accept());
      } catch (ErrnoException e) {
        LOG.log(System.Logger.Level.WARNING, "accept: {0}", e.getMessage());
        // Out of descriptors or memory: the connection waits, and so do we.
        if (poller.await(0) < 0 || !pause(wake)) {
          return;
        }
      }
    }
  }

  /// Waits a little, or until the server stops; false when it stops.
  private static boolean pause(EventFd wake) {
    Poller poller = new Poller(1);
    poller.add(wake.fd(), Poller.POLLIN);
    return poller.await(100) == 0;
  }

  private void accept(UnixSocket socket) throws ErrnoException {
    int number = connections.incrementAndGet();
    String name = options.socket().getFileName() + " front-end " + number;
    FdStore kept = store;
    VirtioFsBackEnd backEnd;
    ConnectionMemory memory = null;
    try {
      memory =
          kept == null
              ? null
              : ConnectionMemory.create(kept, prefix() + number + ".", options, socket);
      backEnd = new VirtioFsBackEnd(name, options, behind, memory, false);
    } catch (ErrnoException e) {
      socket.close();
      throw e;
    }
    begin(
        name,
        backEnd,
        new BackEndConnection(socket, backEnd, backEnd.memory(), name, memory),
        "connected");
  }

  private void begin(
      String name, VirtioFsBackEnd backEnd, BackEndConnection connection, String what) {
    Thread control = Thread.ofPlatform().name(name).daemon(true).unstarted(() -> serve(connection));
    synchronized (lock) {
      if (closed) {
        connection.shutdown();
      }
      clients.add(new Client(backEnd, connection, control));
    }
    LOG.log(System.Logger.Level.INFO, "{0}: {1}", name, what);
    control.start();
  }

  private void serve(BackEndConnection connection) {
    try {
      boolean orderly = connection.serve();
      LOG.log(System.Logger.Level.DEBUG, "connection ended, orderly {0}", orderly);
    } catch (RuntimeException | InternalError e) {
      LOG.log(System.Logger.Level.ERROR, "connection failed", e);
    } finally {
      ended(connection);
    }
  }

  private void ended(BackEndConnection connection) {
    synchronized (lock) {
      for (Client client : List.copyOf(clients)) {
        if (client.connection() == connection) {
          client.backEnd().close();
          clients.remove(client);
          ended = ended.plus(client.backEnd().stats().withoutLiveMaps());
        }
      }
    }
  }

  /// Whether a process after this one goes on with the front-ends.
  private boolean leaves() {
    FdStore kept = store;
    return kept != null && !removed && kept.isKept();
  }

  /// As [#close()], also when somebody keeps front-ends for another process: they are not gone on
  /// with.
  public void remove() {
    removed = true;
    close();
  }

  /// Stops serving. Where front-ends are left to the next process and somebody still keeps them for
  /// it, guests wait for that; what this process holds of them goes when it ends. Otherwise guests
  /// that have it mounted get errors for what they ask now and from now on; what they have mapped
  /// stays mapped. Returns when all threads have ended, after seconds at most.
  @Override
  public void close() {
    List<Client> open;
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      if (stop != null) {
        stop.signal();
      }
      open = List.copyOf(clients);
    }
    join(acceptor, END_LIMIT);
    if (leaves()) {
      open.forEach(client -> client.backEnd().leave());
      return;
    }
    if (listener != null) {
      if (store != null) {
        store.drop(prefix() + LISTENER);
      }
      listener.close();
    }
    if (stop != null) {
      stop.close();
    }
    long deadlineNs = System.nanoTime() + RETIRE_LIMIT.toNanos();
    for (Client client : open) {
      client.backEnd().retire();
    }
    for (Client client : open) {
      client.backEnd().awaitRetired(deadlineNs);
    }
    synchronized (lock) {
      open = List.copyOf(clients);
    }
    for (Client client : open) {
      client.connection().shutdown();
    }
    for (Client client : open) {
      join(client.thread(), END_LIMIT);
    }
  }

  private static void join(@Nullable Thread thread, Duration limit) {
    try {
      if (thread != null && !thread.join(limit)) {
        LOG.log(System.Logger.Level.WARNING, "{0} does not end", thread.getName());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
