package io.famfs.fuse.server;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.InitFlag;
import io.famfs.fuse.protocol.Notification;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Tells one client what has changed, from a thread of its own: the client's kernel may make it
/// wait until requests are answered.
///
/// What is to be told is kept within limits. More changed inodes than fit are all inodes; more
/// names than fit are all names, which takes a client that can forget all at once.
final class SessionNotices implements Runnable {
  /// Names that are kept until they are told.
  static final int MAX_GONE = 1024;

  private static final Logger LOGGER = System.getLogger(SessionNotices.class.getName());

  /// Changes of this time are told together.
  private static final long PAUSE_NANOS = Duration.ofMillis(5).toNanos();

  private static final Duration END_LIMIT = Duration.ofSeconds(1);

  private final Connection connection;
  private final ByteOrder order;
  private final NotificationChannel channel;
  private final FuseFileSystem files;
  private final ChangedNodes changed = new ChangedNodes();
  private final Queue<Changes.Entry> gone = new ArrayBlockingQueue<>(MAX_GONE);
  private final MemorySegment message = Arena.ofAuto().allocate(Notification.MAX_BYTES, Long.BYTES);
  private final Thread thread;
  private volatile boolean changedLost;
  private volatile boolean goneLost;
  private volatile boolean pending;
  private volatile boolean stopping;
  private boolean prunes;

  SessionNotices(Connection connection, NotificationChannel channel, FuseFileSystem files) {
    this.connection = connection;
    this.channel = channel;
    this.files = files;
    order = connection.order();
    prunes = connection.minor() >= Notification.PRUNE_MINOR;
    thread = Thread.ofPlatform().name("famfs-notices").daemon(true).unstarted(this);
  }

  /// Finds out what the client can hear and starts telling it. Waits for the client, which is not
  /// used by anybody yet.
  ///
  /// A client of another process is told all attributes, for what that one was about to tell is
  /// lost. It is not made to forget all names, which would take directories from under programs
  /// that are in them.
  ///
  /// @return whether it hears anything
  boolean start() {
    boolean hears = send(Notification.attributes(message, order, FuseFileSystem.ROOT_NODEID));
    if (hears) {
      Client client = connection.client();
      boolean epoch =
          connection.minor() >= Notification.INC_EPOCH_MINOR && (client.isResumed() || incEpoch());
      client.hears(epoch ? Client.Hearing.ALL : Client.Hearing.ATTRIBUTES);
      changedLost = client.isResumed();
      pending = changedLost;
      thread.start();
    }
    return hears;
  }

  boolean isOf(@Nullable Client client) {
    return connection.client() == client;
  }

  /// Allocates nothing.
  void attributes(long nodeid) {
    if (!changed.add(nodeid)) {
      changedLost = true;
    }
    wake();
  }

  void gone(Changes.Entry entry) {
    if (!gone.offer(entry)) {
      goneLost = true;
    }
    wake();
  }

  private void wake() {
    if (!pending) {
      pending = true;
      LockSupport.unpark(thread);
    }
  }

  /// Asks the client to send again what has not been answered.
  boolean resend() {
    MemorySegment own = Arena.ofAuto().allocate(Notification.MAX_BYTES, Long.BYTES);
    return channel.send(own, Notification.plain(own, order, Notification.RESEND)) >= 0;
  }

  @Override
  public void run() {
    while (!stopping) {
      while (!pending && !stopping) {
        LockSupport.park(this);
      }
      pending = false;
      if (!stopping) {
        tell();
        LockSupport.parkNanos(this, PAUSE_NANOS);
      }
    }
  }

  private void tell() {
    boolean allNames = goneLost;
    goneLost = false;
    if (allNames) {
      gone.clear();
      boolean _ = connection.client().hears() == Client.Hearing.ALL && incEpoch();
    } else {
      tellGone();
    }
    boolean all = changedLost;
    changedLost = false;
    changed.drain(all ? _ -> {} : this::tellAttributes);
    if (all) {
      files.forEachNodeid(this::tellAttributes);
    }
  }

  private void tellAttributes(long nodeid) {
    ClientView view = connection.client().view();
    if (!stopping && view.sees(nodeid)) {
      boolean _ = send(Notification.attributes(message, order, view.outward(nodeid)));
    }
  }

  private void tellGone() {
    int flags = connection.has(InitFlag.HAS_EXPIRE_ONLY) ? Notification.EXPIRE_ONLY : 0;
    ClientView view = connection.client().view();
    List<Changes.Entry> batch = new ArrayList<>();
    for (Changes.Entry entry = gone.poll(); entry != null; entry = gone.poll()) {
      if (!view.sees(entry.parent())) {
        continue;
      }
      byte[] name = entry.name().getBytes(StandardCharsets.UTF_8);
      long parent = view.outward(entry.parent());
      boolean _ = send(Notification.entry(message, order, parent, name, flags));
      batch.add(entry);
      if (batch.size() == Notification.MAX_PRUNED) {
        prune(batch);
      }
    }
    prune(batch);
  }

  /// Lets the client drop what it holds of inodes without names. Not every kernel of the protocol's
  /// version knows how.
  private void prune(List<Changes.Entry> batch) {
    long[] nodeids = batch.stream().mapToLong(Changes.Entry::nodeid).toArray();
    batch.clear();
    if (prunes && nodeids.length > 0) {
      int length = Notification.prune(message, order, nodeids, nodeids.length);
      prunes = channel.send(message, length) != -Errno.EINVAL;
    }
  }

  private boolean incEpoch() {
    return send(Notification.plain(message, order, Notification.INC_EPOCH));
  }

  /// Sends what is in the message.
  ///
  /// @return whether the client took it, or has nothing that it is about
  private boolean send(int length) {
    int result = channel.send(message, length);
    if (result >= 0 || result == -Errno.ENOENT || stopping) {
      return true;
    }
    if (connection.client().hears() != Client.Hearing.NOTHING) {
      // From now on it is told by short timeouts.
      connection.client().hears(Client.Hearing.NOTHING);
      LOGGER.log(Level.DEBUG, "a client hears nothing any more: {0}", Errno.describe(-result));
    }
    return false;
  }

  /// Ends telling. A thread that the client's kernel holds is left alone after a second.
  void close() {
    stopping = true;
    connection.client().hears(Client.Hearing.NOTHING);
    LockSupport.unpark(thread);
    try {
      boolean _ = thread.getState() == Thread.State.NEW || thread.join(END_LIMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
