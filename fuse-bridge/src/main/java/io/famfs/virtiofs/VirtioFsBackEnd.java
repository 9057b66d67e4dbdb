package io.famfs.virtiofs;

import io.famfs.fuse.server.RequestHandler;
import io.famfs.fuse.server.Session;
import io.famfs.fuse.server.SessionFactory;
import io.famfs.os.ErrnoException;
import io.famfs.os.FileIdentity;
import io.famfs.vhostuser.BackEndChannel;
import io.famfs.vhostuser.ProtocolFeature;
import io.famfs.vhostuser.RingWorker;
import io.famfs.vhostuser.VhostUserDevice;
import io.famfs.vhostuser.Vring;
import io.famfs.virtio.GuestMemorySlot;
import io.famfs.virtio.VirtioFeature;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// The virtio-fs device of one connection: its queues, its session, its window.
final class VirtioFsBackEnd implements VhostUserDevice, AutoCloseable {
  private static final long FEATURES =
      VirtioFeature.VERSION_1 | VirtioFeature.INDIRECT_DESC | VirtioFeature.EVENT_IDX;

  /// VIRTIO_FS_F_NOTIFICATION (clause 5.11.3): queue 1 takes messages of ours.
  private static final long F_NOTIFICATION = 1;

  private static final int NOTIFICATION_QUEUE = 1;
  private static final System.Logger LOG = System.getLogger(VirtioFsBackEnd.class.getName());

  /// QEMU aborts beyond it.
  static final int MAX_QUEUE_SIZE = 1024;

  private final String name;
  private final int queues;
  private final VirtioFsConfig config;
  private final FrontEndRules rules;
  private final SessionFactory sessions;
  private final @Nullable DaxWindow window;
  private final GuestMemorySlot memory = new GuestMemorySlot();
  private final List<RingState> rings = new ArrayList<>();
  private final List<QueueWorker> workers = new CopyOnWriteArrayList<>();
  private final @Nullable ConnectionMemory left;
  private final QueueService service;
  private final WorkerGate gate;
  private final @Nullable NotificationQueue notifications;
  private final Object eviction = new Object();

  /// Whether INIT was answered by another process.
  private boolean continued;

  private volatile boolean retiring;

  /// Whether the guest has to reset the device before it is served again.
  private volatile boolean evicted;

  private long protocolFeatures;
  private volatile @Nullable Session session;
  private @Nullable RequestHandler handler;

  /// Whether the rings go on where those of a device elsewhere were stopped.
  private boolean loaded;

  /// @param left where everything is left for another process, or null
  /// @param takesOver whether another process has left something there
  /// @throws ErrnoException when a device cannot be looked at
  VirtioFsBackEnd(
      String name,
      VirtioFsServer.Options options,
      VirtioFsServer.Behind behind,
      @Nullable ConnectionMemory left,
      boolean takesOver)
      throws ErrnoException {
    this.left = left;
    continued = takesOver;
    this.name = name;
    sessions = behind.sessions();
    rules = options.frontEnd().rules();
    service = options.service();
    gate = new WorkerGate(service.workers());
    notifications = options.notifications() ? new NotificationQueue(this::overrun) : null;
    // 5.11.2: the high-priority queue, the notification queue if there is one, the request queues.
    queues = options.queues();
    int notifyBytes = options.notifications() ? NotificationQueue.BUFFER_BYTES : 0;
    config = new VirtioFsConfig(options.tag(), options.requestQueues(), notifyBytes);
    WindowTable table = left == null ? null : new WindowTable(left.window());
    window =
        options.windowBytes() > 0
            ? new DaxWindow(options.windowBytes(), behind.devices(), rules, table)
            : null;
    for (int i = 0; i < queues; i++) {
      rings.add(new RingState(left == null ? null : left.ring(i), takesOver));
    }
  }

  GuestMemorySlot memory() {
    return memory;
  }

  @Override
  public long features() {
    // The device with a window passes offers on to every guest, and one with Linux 6.1 was seen to
    // hang with packed rings; vhost-user-fs-pci has a switch for them, which is off.
    long plain = window == null ? ProtocolFeature.VHOST_F_LOG_ALL | VirtioFeature.RING_PACKED : 0;
    return FEATURES | plain | (notifications == null ? 0 : F_NOTIFICATION);
  }

  @Override
  public long protocolFeatures() {
    return rules.protocolFeatures(window != null);
  }

  @Override
  public int queueCount() {
    return queues;
  }

  @Override
  public int maxQueueSize() {
    return MAX_QUEUE_SIZE;
  }

  @Override
  public void readConfig(int offset, MemorySegment dst, long dstOffset, int lengthBytes) {
    config.read(offset, dst, dstOffset, lengthBytes);
  }

  @Override
  public long sharedMemoryBytes(int id) {
    return window != null && id == DaxWindow.REGION_ID ? window.sizeBytes() : 0;
  }

  @Override
  public void channel(@Nullable BackEndChannel channel, long negotiated) {
    protocolFeatures = negotiated;
    if (window != null) {
      window.channel(channel);
    }
  }

  @Override
  public boolean isOwnMemory(FileIdentity file) {
    return window != null && window.isDevice(file);
  }

  @Override
  public void ownMemoryAt(FileIdentity file, long fileOffset, long guestAddress) {
    if (window != null) {
      window.regionAt(file, fileOffset, guestAddress);
    }
  }

  @Override
  public RingWorker start(Vring ring, long features) {
    String worker = name + " queue " + ring.index();
    renew();
    RingState state = rings.get(ring.index());
    // The high-priority queue never waits for the others.
    WorkerGate through = ring.index() == 0 ? new WorkerGate(0) : gate;
    QueueWorker.Manner manner = new QueueWorker.Manner(service, through);
    boolean notifying = (features & F_NOTIFICATION) != 0;
    state.carry(notifying && ring.index() == NOTIFICATION_QUEUE ? notifications : null);
    QueueWorker started =
        new QueueWorker(worker, ring, features, memory, handler(notifying), state, manner);
    workers.removeIf(old -> old.ended());
    workers.add(started);
    if (retiring) {
      started.retire();
    }
    started.start();
    return started;
  }

  private RequestHandler handler(boolean notifying) {
    Session open = session();
    RequestHandler known = handler;
    if (known == null) {
      NotificationQueue to = notifications;
      known = notifying && to != null ? new HearingHandler(open, to, continued) : open;
      handler = known;
    }
    return known;
  }

  /// The guest has not provided buffers for too long. It alone is reset: its requests fail, what it
  /// holds is free for others, until it resets the device.
  private void overrun() {
    LOG.log(
        System.Logger.Level.WARNING,
        "{0}: the notification queue is without buffers and {1} bytes wait: the guest is reset",
        name,
        NotificationQueue.MAX_BYTES);
    // Closing the session waits for the thread that is sending.
    Thread.ofPlatform().daemon(true).name(name + " reset").start(this::evict);
  }

  private void evict() {
    synchronized (eviction) {
      evicted = true;
      workers.forEach(QueueWorker::retire);
      Session open = session;
      if (open != null) {
        open.close();
      }
    }
  }

  /// A ring of a guest that was reset starts only when the front-end has stopped it before: what
  /// comes now is another driver.
  private void renew() {
    synchronized (eviction) {
      if (evicted) {
        evicted = false;
        continued = false;
        session = null;
        handler = null;
      }
    }
  }

  /// The session starts with the first ring, when it is known whether the front-end can map.
  private Session session() {
    Session open = session;
    if (open == null) {
      boolean usable = DaxWindow.usableWith(protocolFeatures);
      open = sessions.open(name, usable ? window : null);
      session = open;
      if (left != null) {
        open.keepIn(left.session());
      }
    }
    return open;
  }

  @Override
  public void starting(boolean resumed) {
    if (!resumed && !loaded) {
      forget();
    }
    loaded = false;
    Session open = session;
    if (open != null) {
      open.takeBack();
    }
  }

  @Override
  public byte[] saveState() throws IOException {
    if (!rings.stream().allMatch(RingState::isMovable)) {
      throw new IOException(
          "requests of a packed ring wait for locks, and cannot wait for them elsewhere");
    }
    return session().save(rings.stream().map(RingState::taken).toList());
  }

  @Override
  public void stateSaved() throws IOException {
    session().handOver();
  }

  @Override
  public void loadState(byte[] state) throws IOException {
    List<int[]> taken = session().load(state, rings.size());
    for (int i = 0; i < rings.size(); i++) {
      rings.get(i).goOnWith(taken.get(i));
    }
    loaded = true;
  }

  @Override
  public void reset() {
    loaded = false;
    forget();
  }

  private void forget() {
    rings.forEach(RingState::drop);
    if (notifications != null) {
      notifications.reset();
    }
    if (window != null) {
      window.forget();
    }
  }

  /// Answers everything the guest asks with errors from now on, and makes what it asks later fail
  /// at once.
  void retire() {
    retiring = true;
    for (QueueWorker worker : workers) {
      worker.retire();
    }
  }

  /// Stops taking requests, for a process that goes on with them.
  void leave() {
    workers.forEach(QueueWorker::requestStop);
    workers.forEach(QueueWorker::awaitEnd);
  }

  /// Waits until the queues are retired, within a limit.
  void awaitRetired(long deadlineNs) {
    for (QueueWorker worker : workers) {
      worker.awaitRetired(deadlineNs - System.nanoTime());
    }
  }

  VirtioFsStats stats() {
    List<Long> requests = new ArrayList<>();
    long malformed = 0;
    long faults = 0;
    long broken = 0;
    for (RingState ring : rings) {
      QueueCounters counter = ring.counters();
      requests.add(counter.requests());
      malformed += counter.malformedRequests();
      faults += counter.memoryFaultCount();
      broken += counter.brokenRingCount();
    }
    return new VirtioFsStats(
        1,
        window == null ? 0 : window.mapCount(),
        window == null ? 0 : window.unmapCount(),
        window == null ? 0 : window.failureCount(),
        window == null ? 0 : window.liveCount(),
        requests,
        malformed,
        faults,
        broken);
  }

  /// Ends the session; no ring runs any more.
  @Override
  public void close() {
    Session open = session;
    if (open != null) {
      open.close();
    }
    if (left != null) {
      left.forget();
      left.close();
    }
  }
}
