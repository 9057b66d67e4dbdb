package io.famfs.vhostuser;

import io.famfs.core.Errno;
import io.famfs.os.ErrnoException;
import io.famfs.os.EventFd;
import io.famfs.os.Fd;
import io.famfs.os.Io;
import io.famfs.os.Poller;
import io.famfs.os.UnixSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The socket on which the back-end asks and the front-end answers.
///
/// Workers send, one request at a time, and wait for the reply. The control thread opens and bars
/// the channel: while it is barred nothing is sent, and whoever waits for a reply is sent away. The
/// front-end answers in order, so a reply nobody waited for any more is taken off the socket before
/// the next request is sent.
///
/// Barring never waits for a worker: the lock it takes is held by workers only for one send on a
/// non-blocking socket.
public final class BackEndChannel implements AutoCloseable {

  /// What became of a request.
  public enum Outcome {
    /// The front-end reports success.
    DONE,
    /// The front-end reports failure.
    REFUSED,
    /// Nothing was sent: the channel is barred.
    BARRED,
    /// Sent, but the channel was barred before the reply came: done or not, nobody knows.
    UNKNOWN,
    /// The channel is of no use any more.
    BROKEN
  }

  private static final System.Logger LOG = System.getLogger(BackEndChannel.class.getName());

  private static final int SHMEM_MAP = 9;
  private static final int SHMEM_UNMAP = 10;
  private static final int SHARED_OBJECT_REMOVE = 7;
  private static final int UUID_BYTES = 16;
  private static final int REPLY_BYTES = MessageLayout.HEADER_BYTES + Long.BYTES;

  private static final VarHandle NOTES = ValueLayout.JAVA_LONG.varHandle();

  /// A missed wake-up costs at most this; see [#awaitReply].
  private static final int WAIT_MILLIS = 50;

  private final UnixSocket socket;
  private final EventFd barred;
  private final Object gate = new Object();
  private final ReentrantLock transaction = new ReentrantLock();
  private final MemorySegment request =
      Arena.ofAuto().allocate(MessageLayout.HEADER_BYTES + MessageLayout.MAP_BYTES, Long.BYTES);
  private final MemorySegment reply = Arena.ofAuto().allocate(REPLY_BYTES, Long.BYTES);
  private final Poller poller = new Poller(2);

  /// Counts how often the channel was opened or barred; odd while it is open. Written under `gate`.
  private volatile int epoch;

  private int replyBytes;

  /// The request whose reply nobody waited for, 0 for none.
  private int lateRequest;

  private boolean broken;
  private final @Nullable MemorySegment notes;

  /// Requests of another process whose replies may come or not, as bits.
  private int unknownReplies;

  /// The request that was sent to find that out, 0 for none.
  private int marker;

  /// Takes over the socket.
  ///
  /// @param notes a word that another process reads when this one is killed: the requests whose
  ///   replies may be on their way, as bits; null for none. What is there already is what another
  ///   process has left
  BackEndChannel(UnixSocket socket, @Nullable MemorySegment notes) throws ErrnoException {
    this.socket = socket;
    this.notes = notes;
    unknownReplies = notes == null ? 0 : (int) (long) NOTES.getAcquire(notes, 0L);
    barred = EventFd.create();
    try {
      // Our end of the pair is used by nobody else, so that the flag disturbs nobody.
      socket.fd().nonBlocking(true);
    } catch (ErrnoException e) {
      barred.close();
      throw e;
    }
  }

  /// Control thread: requests may be sent.
  public void open() {
    synchronized (gate) {
      if (!isOpen(epoch)) {
        barred.drain();
        epoch = epoch + 1;
      }
    }
  }

  /// Control thread: no request is sent after this returns, and nobody waits for a reply.
  public void bar() {
    synchronized (gate) {
      if (isOpen(epoch)) {
        epoch = epoch + 1;
      }
    }
    barred.signal();
  }

  /// Whether requests may be sent now.
  public boolean isOpen() {
    return isOpen(epoch);
  }

  private static boolean isOpen(int epoch) {
    return (epoch & 1) != 0;
  }

  /// SHMEM_MAP: a part of a file appears in a shared memory region.
  ///
  /// @param writable whether for stores as well as loads
  public Outcome map(
      int regionId, Fd file, long fileOffset, long shmOffset, long lengthBytes, boolean writable) {
    transaction.lock();
    try {
      long flags = writable ? MessageLayout.MAP_FLAG_WRITE : 0;
      fill(regionId, fileOffset, shmOffset, lengthBytes, flags);
      return transact(SHMEM_MAP, MessageLayout.MAP_BYTES, file);
    } finally {
      transaction.unlock();
    }
  }

  /// SHMEM_UNMAP of exactly one earlier map.
  public Outcome unmap(int regionId, long shmOffset, long lengthBytes) {
    transaction.lock();
    try {
      fill(regionId, 0, shmOffset, lengthBytes, 0);
      return transact(SHMEM_UNMAP, MessageLayout.MAP_BYTES);
    } finally {
      transaction.unlock();
    }
  }

  /// SHARED_OBJECT_REMOVE of an object that does not exist: a request without effect, whose answer
  /// shows that the front-end has gone on to the next message.
  ///
  /// @return DONE when the front-end answered, whatever it answered
  public Outcome removeSharedObject(long uuidHigh, long uuidLow) {
    transaction.lock();
    try {
      request.fill((byte) 0);
      request.set(MessageLayout.U64, MessageLayout.HEADER_BYTES, uuidHigh);
      request.set(MessageLayout.U64, MessageLayout.HEADER_BYTES + Long.BYTES, uuidLow);
      Outcome outcome = transact(SHARED_OBJECT_REMOVE, UUID_BYTES);
      return outcome == Outcome.REFUSED ? Outcome.DONE : outcome;
    } finally {
      transaction.unlock();
    }
  }

  private void fill(int regionId, long fileOffset, long shmOffset, long lengthBytes, long flags) {
    request.fill((byte) 0);
    long at = MessageLayout.HEADER_BYTES;
    request.set(MessageLayout.U64, at + MessageLayout.MAP_ID, regionId & 0xffL);
    request.set(MessageLayout.U64, at + MessageLayout.MAP_FD_OFFSET, fileOffset);
    request.set(MessageLayout.U64, at + MessageLayout.MAP_SHM_OFFSET, shmOffset);
    request.set(MessageLayout.U64, at + MessageLayout.MAP_LENGTH, lengthBytes);
    request.set(MessageLayout.U64, at + MessageLayout.MAP_FLAGS, flags);
  }

  private Outcome transact(int id, int payloadBytes, Fd... fds) {
    int started = epoch;
    if (!isOpen(started)) {
      return Outcome.BARRED;
    }
    Outcome late = drainLate(started);
    if (late != Outcome.DONE) {
      return late;
    }
    head(request, id, payloadBytes);
    note(1 << id);
    Outcome sent = send(request, started, MessageLayout.HEADER_BYTES + payloadBytes, fds);
    if (sent != Outcome.DONE) {
      note(0);
      return sent;
    }
    Outcome answer = awaitReply(id, started);
    if (answer == Outcome.UNKNOWN) {
      lateRequest = id;
    } else {
      note(0);
    }
    return answer;
  }

  private static void head(MemorySegment message, int id, int payloadBytes) {
    message.set(MessageLayout.U32, MessageLayout.REQUEST, id);
    message.set(
        MessageLayout.U32,
        MessageLayout.FLAGS,
        MessageLayout.VERSION | MessageLayout.FLAG_NEED_REPLY);
    message.set(MessageLayout.U32, MessageLayout.SIZE, payloadBytes);
  }

  private void note(int requests) {
    if (notes != null) {
      NOTES.setRelease(notes, 0L, (long) requests);
    }
  }

  /// Finds out which replies to another process are still to come: sends a request of a kind that
  /// cannot be among them, and takes all replies up to its own off the socket. SHMEM_UNMAP of
  /// nothing is refused, SHARED_OBJECT_REMOVE of nothing does nothing.
  private Outcome synchronize(int started) {
    if (marker == 0) {
      int kind = (unknownReplies & 1 << SHARED_OBJECT_REMOVE) == 0 ? SHARED_OBJECT_REMOVE : 0;
      kind = kind == 0 && (unknownReplies & 1 << SHMEM_UNMAP) == 0 ? SHMEM_UNMAP : kind;
      if (kind == 0) {
        return broken("killed too often to know what comes", 0);
      }
      int bytes = kind == SHMEM_UNMAP ? MessageLayout.MAP_BYTES : UUID_BYTES;
      MemorySegment message =
          Arena.ofAuto().allocate((long) MessageLayout.HEADER_BYTES + bytes, Long.BYTES);
      head(message, kind, bytes);
      note(unknownReplies | 1 << kind);
      Outcome sent = send(message, started, MessageLayout.HEADER_BYTES + bytes);
      if (sent != Outcome.DONE) {
        return sent;
      }
      marker = kind;
    }
    while (marker != 0) {
      Outcome outcome = awaitReply(0, started);
      if (outcome == Outcome.UNKNOWN || outcome == Outcome.BROKEN) {
        return outcome == Outcome.UNKNOWN ? Outcome.BARRED : outcome;
      }
      marker = reply.get(MessageLayout.U32, MessageLayout.REQUEST) == marker ? 0 : marker;
    }
    unknownReplies = 0;
    note(0);
    return Outcome.DONE;
  }

  /// Takes the reply off the socket that an earlier, aborted request left there. There is never
  /// more than one, because nothing is sent before it is taken.
  private Outcome drainLate(int started) {
    if (broken) {
      return Outcome.BROKEN;
    }
    if (unknownReplies != 0) {
      Outcome known = synchronize(started);
      if (known != Outcome.DONE) {
        return known;
      }
    }
    if (lateRequest == 0) {
      return Outcome.DONE;
    }
    Outcome outcome = awaitReply(lateRequest, started);
    return switch (outcome) {
      case DONE, REFUSED -> {
        lateRequest = 0;
        yield Outcome.DONE;
      }
      case UNKNOWN -> Outcome.BARRED;
      case BARRED, BROKEN -> outcome;
    };
  }

  private Outcome send(MemorySegment message, int started, int bytes, Fd... fds) {
    while (true) {
      int result;
      synchronized (gate) {
        if (epoch != started) {
          return Outcome.BARRED;
        }
        result = socket.send(message, 0, bytes, fds);
      }
      if (result == bytes) {
        return Outcome.DONE;
      }
      // So few bytes go to a stream socket whole or not at all.
      if (result != -Errno.EAGAIN) {
        return broken("send", result);
      }
      poll(Poller.POLLOUT);
    }
  }

  /// @param id the request that is answered, 0 for any
  private Outcome awaitReply(int id, int started) {
    while (true) {
      long result = Io.read(socket.fd(), reply, replyBytes, REPLY_BYTES - replyBytes);
      if (result > 0) {
        replyBytes += (int) result;
        if (replyBytes == REPLY_BYTES) {
          replyBytes = 0;
          return decode(id);
        }
      } else if (result != -Errno.EAGAIN) {
        return broken("receive", result);
      } else if (epoch != started) {
        return Outcome.UNKNOWN;
      } else {
        poll(Poller.POLLIN);
      }
    }
  }

  private Outcome decode(int id) {
    int flags = reply.get(MessageLayout.U32, MessageLayout.FLAGS);
    boolean expected =
        (id == 0 || reply.get(MessageLayout.U32, MessageLayout.REQUEST) == id)
            && (flags & MessageLayout.FLAG_VERSION_MASK) == MessageLayout.VERSION
            && (flags & MessageLayout.FLAG_REPLY) != 0
            && reply.get(MessageLayout.U32, MessageLayout.SIZE) == Long.BYTES;
    if (!expected) {
      return broken("reply to another request", 0);
    }
    return reply.get(MessageLayout.U64, MessageLayout.HEADER_BYTES) == 0
        ? Outcome.DONE
        : Outcome.REFUSED;
  }

  private Outcome broken(String what, long result) {
    if (!broken) {
      LOG.log(System.Logger.Level.WARNING, "back-end channel: {0} ({1})", what, result);
    }
    broken = true;
    return Outcome.BROKEN;
  }

  /// Waits for the socket or for being barred. The signal of `bar` can be drained by `open` before
  /// this thread has seen it, therefore the limit.
  private void poll(int events) {
    poller.clear();
    poller.add(socket.fd(), events);
    poller.add(barred.fd(), Poller.POLLIN);
    int _ = poller.await(WAIT_MILLIS);
  }

  /// Closes the socket; no worker may use the channel any more.
  @Override
  public void close() {
    socket.close();
    barred.close();
  }
}
