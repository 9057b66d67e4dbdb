package io.famfs.fuse.device;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.OutHeader;
import io.famfs.fuse.server.DeviceRegistration;
import io.famfs.fuse.server.Session;
import io.famfs.fuse.server.SessionFactory;
import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.Io;
import io.famfs.os.Ioctl;
import io.famfs.os.Mounts;
import io.famfs.os.handover.FdStore;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A mounted file system and the threads that serve it.
///
/// A program that uses a mount from within the process that serves it must not touch its memory
/// mappings of files there: a thread that waits for a page cannot stop for the garbage collector,
/// and a worker that waits for the collector cannot deliver the page.
public final class FuseMount implements AutoCloseable {
  private static final Logger LOGGER = System.getLogger(FuseMount.class.getName());
  private static final Path DEVICE = Path.of("/dev/fuse");

  /// Shown as `fuse.famfs` in the list of mounts.
  private static final String TYPE = "fuse.famfs";

  /// `_IOR(229, 0, uint32_t)`: makes a descriptor serve the connection of another one.
  private static final long FUSE_DEV_IOC_CLONE = 0x8004_E500L;

  private static final Duration CLOSE_GRACE = Duration.ofSeconds(5);

  private final MountOptions options;
  private final Session session;
  private final @Nullable MountMemory left;
  private final List<FuseWorker> workers = new ArrayList<>();
  private final AtomicInteger running = new AtomicInteger();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile @Nullable Fd notices;
  private final AtomicReference<@Nullable MountEnd> end = new AtomicReference<>();

  private FuseMount(MountOptions options, Session session, @Nullable MountMemory left) {
    this.options = options;
    this.session = session;
    this.left = left;
  }

  /// Mounts, agrees with the kernel on the protocol and starts the workers. When this returns the
  /// file system can be used.
  ///
  /// @throws IOException with what is wrong and what to do: no right to mount, no `/dev/fuse`, no
  ///   directory, a dead or live mount in the way
  public static FuseMount mount(MountOptions options, SessionFactory sessions) throws IOException {
    return mounted(options, sessions, null);
  }

  /// The same for a mount that outlives this process: goes on with the one that another process has
  /// left there, if there is one, and leaves it to the next.
  ///
  /// What the process before had read and not answered the kernel sends again
  /// (`FUSE_NOTIFY_RESEND`, Linux 6.9); on an older kernel the mount does not outlive this process.
  /// A mount that was unmounted meanwhile ends at once.
  ///
  /// @throws IOException as [#mount(MountOptions, SessionFactory)]
  public static FuseMount mount(MountOptions options, SessionFactory sessions, FdStore store)
      throws IOException {
    MountMemory memory = MountMemory.of(store, options.directory());
    if (memory.isLeft()) {
      return resumed(options, sessions, memory);
    }
    if (memory.discard() && MountPoint.isMounted(options.directory())) {
      Mounts.unmount(options.directory(), true);
    }
    return mounted(options, sessions, memory);
  }

  private static FuseMount mounted(
      MountOptions options, SessionFactory sessions, @Nullable MountMemory memory)
      throws IOException {
    MountPoint.check(options.directory());
    Fd device = openDevice();
    Session session = sessions.openLocal(options.directory().toString());
    FuseMount mount = new FuseMount(options, session, memory);
    boolean mounted = false;
    try {
      if (memory != null) {
        session.keepIn(memory.session());
        memory.keep(device);
      }
      mountDevice(options, device);
      mounted = true;
      mount.start(device);
      return mount;
    } catch (IOException e) {
      if (mounted) {
        Mounts.unmount(options.directory(), true);
      }
      mount.closeAll();
      device.close();
      throw e;
    }
  }

  private static FuseMount resumed(
      MountOptions options, SessionFactory sessions, MountMemory memory) throws IOException {
    Session session = sessions.openLocal(options.directory().toString());
    FuseMount mount = new FuseMount(options, session, memory);
    try {
      session.keepIn(memory.session());
      mount.goOn(memory.devices());
      return mount;
    } catch (IOException | IllegalArgumentException e) {
      mount.closeAll();
      throw new IOException(
          options.directory()
              + " is lost, run famfs umount "
              + options.directory()
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private void closeAll() {
    workers.forEach(FuseWorker::close);
    session.close();
    closeNotices();
    if (left != null) {
      left.forget();
      left.close();
    }
  }

  private static Fd openDevice() throws IOException {
    try {
      return Fd.open(DEVICE, Fd.O_RDWR, 0);
    } catch (ErrnoException e) {
      String hint =
          e.errno() == Errno.EACCES || e.errno() == Errno.EPERM
              ? "run as root"
              : "load the kernel module fuse";
      throw new IOException(e.getMessage() + " (" + hint + ")", e);
    }
  }

  private static void mountDevice(MountOptions options, Fd device) throws IOException {
    String data =
        "fd="
            + device.value()
            + ",rootmode=40000,user_id=0,group_id=0,max_read="
            + options.maxReadBytes()
            + (options.checkPermissions() ? ",default_permissions" : "")
            + (options.allowOther() ? ",allow_other" : "");
    long flags = Mounts.MS_NOSUID | Mounts.MS_NODEV | (options.readOnly() ? Mounts.MS_RDONLY : 0);
    try {
      Mounts.mount(options.source(), options.directory(), TYPE, flags, data);
    } catch (ErrnoException e) {
      String hint = e.errno() == Errno.EPERM ? " (mounting needs root)" : "";
      throw new IOException(e.getMessage() + hint, e);
    }
  }

  /// Answers INIT here, so that what goes wrong is known here; only then others may serve.
  private void start(Fd device) throws IOException {
    FuseWorker first = worker(device);
    int result = first.serveOne();
    if (result < 0 || first.lastReplyLength() <= OutHeader.BYTES) {
      throw new IOException(
          "the kernel speaks a FUSE protocol that is older than 7.23, or "
              + options.directory()
              + " was unmounted at once");
    }
    DeviceRegistration devices = session.registration();
    if (devices != null) {
      devices.run(new DaxdevRegistrar(device));
    }
    addWorkers(device);
    notices = cloneOf(device);
    startWorkers();
    boolean _ = session.hear(this::tell);
    if (left != null && !session.resend()) {
      left.forget();
      LOGGER.log(
          Level.WARNING,
          "{0} does not outlive this process: its kernel sends no requests again (Linux 6.9 does)",
          options.directory());
    }
  }

  /// Serves what another process has served. The kernel sends again first, so that what it has sent
  /// before comes before what it has not.
  private void goOn(List<Fd> devices) throws IOException {
    for (Fd device : devices) {
      device.nonBlocking(false);
      FuseWorker _ = worker(device);
    }
    Fd first = devices.getFirst();
    addWorkers(first);
    notices = cloneOf(first);
    boolean hears = session.hear(this::tell);
    boolean again = session.resend();
    LOGGER.log(Level.DEBUG, "{0}: gone on with, {1}, {2}", options.directory(), hears, again);
    startWorkers();
  }

  private FuseWorker worker(Fd device) {
    FuseWorker worker = new FuseWorker(device, session, options.spin().toNanos(), left != null);
    workers.add(worker);
    return worker;
  }

  private void addWorkers(Fd device) throws IOException {
    while (workers.size() < options.workers()) {
      Fd clone = cloneOf(device);
      FuseWorker _ = worker(clone);
      if (left != null) {
        left.keep(clone);
      }
    }
  }

  private void startWorkers() {
    running.set(workers.size());
    for (int i = 0; i < workers.size(); i++) {
      FuseWorker worker = workers.get(i);
      Thread.ofPlatform().daemon().name("famfs-fuse-" + i).start(() -> run(worker));
    }
  }

  /// Sends a notification, through a descriptor of its own: the kernel may hold whoever does until
  /// requests are answered.
  private int tell(MemorySegment message, int lengthBytes) {
    Fd own = notices;
    return own == null ? -Errno.ENODEV : (int) Io.write(own, message, 0, lengthBytes);
  }

  /// Asks the kernel to send all requests again that have no reply yet.
  ///
  /// @return false when it cannot, before Linux 6.9
  public boolean resend() {
    return session.resend();
  }

  private static Fd cloneOf(Fd device) throws IOException {
    Fd clone = openDevice();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment original = arena.allocateFrom(ValueLayout.JAVA_INT, device.value());
      int result = Ioctl.call(clone, FUSE_DEV_IOC_CLONE, original);
      if (result < 0) {
        clone.close();
        throw new ErrnoException("clone the descriptor of /dev/fuse", -result);
      }
      return clone;
    }
  }

  private void run(FuseWorker worker) {
    MountEnd reason = MountEnd.FAILED;
    try {
      reason = worker.serve();
    } finally {
      end.compareAndSet(null, reason);
      if (running.decrementAndGet() == 0) {
        finish();
        ended.countDown();
      }
    }
  }

  private void finish() {
    closeAll();
    MountEnd reason = end.get();
    if (reason != null && reason != MountEnd.UNMOUNTED) {
      LOGGER.log(
          Level.WARNING,
          "{0} is no longer served ({1}): run umount {0}",
          options.directory(),
          reason == MountEnd.ABORTED ? "the connection was aborted" : "/dev/fuse failed");
    }
  }

  private void closeNotices() {
    Fd own = notices;
    if (own != null) {
      own.close();
    }
  }

  /// Where it is mounted.
  public Path directory() {
    return options.directory();
  }

  /// Whether somebody serves it.
  public boolean isServed() {
    return ended.getCount() > 0;
  }

  /// Unmounts and waits for the workers.
  ///
  /// @throws ErrnoException `EBUSY` while a program has something open there: the mount stays
  public void unmount() throws ErrnoException {
    Mounts.unmount(options.directory(), false);
    awaitEnd(CLOSE_GRACE);
  }

  /// Waits until it is no longer served: because somebody unmounted it, or it failed.
  public MountEnd awaitEnd() throws InterruptedException {
    ended.await();
    MountEnd reason = end.get();
    return reason == null ? MountEnd.FAILED : reason;
  }

  /// Unmounts; what programs have open there fails from now on. Waits at most 5 seconds for the
  /// workers. A mount that somebody keeps for another process stays as it is, and is served until
  /// this process ends.
  @Override
  public void close() {
    if (!leaves()) {
      remove();
    }
  }

  /// Whether the mount is left to another process when this is closed now: then the file system is
  /// not to be closed either.
  public boolean leaves() {
    return left != null && isServed() && left.isKept();
  }

  /// As [#close()], also when somebody keeps the mount.
  public void remove() {
    if (!isServed()) {
      return;
    }
    try {
      unmount();
    } catch (ErrnoException e) {
      detach(e);
    }
  }

  private void detach(ErrnoException cause) {
    LOGGER.log(Level.WARNING, "{0}; taken out of use while in use", cause.getMessage());
    boolean aborted = MountPoint.abort(options.directory());
    try {
      Mounts.unmount(options.directory(), true);
    } catch (ErrnoException e) {
      LOGGER.log(Level.WARNING, "{0}", e.getMessage());
      return;
    }
    if (aborted) {
      awaitEnd(CLOSE_GRACE);
    }
  }

  private void awaitEnd(Duration limit) {
    try {
      if (!ended.await(limit.toNanos(), TimeUnit.NANOSECONDS)) {
        LOGGER.log(Level.WARNING, "{0}: workers are still serving", options.directory());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
