package io.famfs.virtiofs;

import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.server.MappingWindow;
import io.famfs.fuse.server.SessionFactory;
import io.famfs.os.ErrnoException;
import io.famfs.os.EventFd;
import io.famfs.os.Poller;
import io.famfs.os.UnixListener;
import io.famfs.os.UnixSocket;
import io.famfs.vhostuser.BackEndConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
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
  public record Options(Path socket, String tag, int requestQueues, long windowBytes) {
    private static final int MAX_REQUEST_QUEUES = 64;

    /// @throws IllegalArgumentException with what is wrong and what would be right
    public Options {
      Qemu11Peculiarities.checkWindow(windowBytes);
      if (requestQueues < 1 || requestQueues > MAX_REQUEST_QUEUES) {
        throw new IllegalArgumentException(
            requestQueues + " request queues: there have to be 1 to " + MAX_REQUEST_QUEUES);
      }
      VirtioFsConfig _ = new VirtioFsConfig(tag, requestQueues);
    }
  }

  private static final System.Logger LOG = System.getLogger(VirtioFsServer.class.getName());
  private static final int BACKLOG = 16;

  /// How long closing waits for guests to be told, and for threads to end.
  private static final Duration RETIRE_LIMIT = Duration.ofSeconds(4);

  private static final Duration END_LIMIT = Duration.ofSeconds(5);

  private record Client(VirtioFsBackEnd backEnd, BackEndConnection connection, Thread thread) {}

  private final Options options;
  private final List<MappedDaxDevice> devices;
  private final SessionFactory sessions;
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
  /// @throws IllegalArgumentException when a window is asked for over a read-only device, since a
  ///   front-end would let the guest store through it, or over one that can only be mapped in
  ///   pieces larger than those of guests
  public VirtioFsServer(Options options, List<MappedDaxDevice> devices, SessionFactory sessions) {
    for (MappedDaxDevice device : devices) {
      if (options.windowBytes() > 0 && !device.writable()) {
        throw new IllegalArgumentException(
            device.name() + " is read-only and cannot be shown in a window");
      }
      if (options.windowBytes() > 0
          && DaxWindow.alignmentLog2(List.of(device)) > MappingWindow.MAX_ALIGNMENT_LOG2) {
        throw new IllegalArgumentException(
            device.name()
                + " can only be mapped in pieces of "
                + device.alignmentBytes()
                + " bytes and cannot be shown in a window, where guests map 2 MiB; serve it without"
                + " a window, or make the device with an alignment of 4 KiB");
      }
    }
    this.options = options;
    this.devices = List.copyOf(devices);
    this.sessions = sessions;
    ended = VirtioFsStats.none(1 + options.requestQueues());
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
      try {
        UnixListener open = UnixListener.listen(options.socket(), BACKLOG);
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
    String name = options.socket().getFileName() + " front-end " + connections.incrementAndGet();
    VirtioFsBackEnd backEnd;
    try {
      backEnd = new VirtioFsBackEnd(name, options, devices, sessions);
    } catch (ErrnoException e) {
      socket.close();
      throw e;
    }
    BackEndConnection connection = new BackEndConnection(socket, backEnd, backEnd.memory(), name);
    Thread control = Thread.ofPlatform().name(name).daemon(true).unstarted(() -> serve(connection));
    synchronized (lock) {
      if (closed) {
        connection.shutdown();
      }
      clients.add(new Client(backEnd, connection, control));
    }
    LOG.log(System.Logger.Level.INFO, "{0}: connected", name);
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

  /// Stops serving. Guests that have it mounted get errors for what they ask now and from now on;
  /// what they have mapped stays mapped. Returns when all threads have ended, after seconds at
  /// most.
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
    if (listener != null) {
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
