package io.famfs.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.famfs.core.Errno;
import io.famfs.os.libc.Events;
import io.famfs.os.libc.ReadWrite;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/// A counter in the kernel that wakes whoever polls it (`eventfd(2)`).
///
/// One that came from a peer (a kick or call of vhost-user) is never changed: `O_NONBLOCK` belongs
/// to the open file description, so setting it here would also turn the blocking read of a
/// front-end that waits on its call into `EAGAIN`. Instead each operation is made non-blocking by
/// itself: [#drain()] reads with `RWF_NOWAIT`, [#signal()] asks `poll(2)` first when the
/// description blocks. A full counter counts as signalled, for whoever waits has not seen the
/// earlier signal yet.
///
/// What is left is a peer that fills the counter between the two steps of `signal`, or that clears
/// `O_NONBLOCK` on a description that had it and fills the counter then: it stops the thread that
/// signals until the counter is read. Only the threads that serve this peer are at risk, and
/// whoever tears the peer down frees them with [#drain()].
///
/// Any number of threads may signal; one thread at a time drains. Reading with `RWF_NOWAIT` needs
/// Linux 5.8.
public final class EventFd implements AutoCloseable {
  private static final int EFD_CLOEXEC = 0x80000;
  private static final int EFD_NONBLOCK = 0x800;
  private static final int RWF_NOWAIT = 8;

  /// What /proc shows for the descriptor of an eventfd.
  private static final String PROC_NAME = "anon_inode:[eventfd]";

  /// Layout of the scratch memory: the value 1 to write, the place to read into, the iovec for
  /// reading, and a pollfd.
  private static final int ONE = 0;

  private static final int VALUE = 8;
  private static final int VECTOR = 16;
  private static final int POLLFD = 32;
  private static final int SCRATCH_BYTES = 40;

  private final Fd fd;
  private final boolean blocking;
  private final MemorySegment scratch = Arena.ofAuto().allocate(SCRATCH_BYTES, Long.BYTES);
  private final long address = scratch.address();

  private EventFd(Fd fd, boolean blocking) {
    this.fd = fd;
    this.blocking = blocking;
    scratch.set(JAVA_LONG, ONE, 1);
    scratch.set(JAVA_LONG, VECTOR, address + VALUE);
    scratch.set(JAVA_LONG, VECTOR + Long.BYTES, Long.BYTES);
    scratch.set(JAVA_SHORT, POLLFD + Integer.BYTES, (short) Poller.POLLOUT);
  }

  /// A new, unsignalled, non-blocking eventfd.
  public static EventFd create() throws ErrnoException {
    int result = Events.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return new EventFd(Fd.adopt(ErrnoException.check(result, "create", "eventfd")), false);
  }

  /// Takes over a descriptor that a peer says is an eventfd. On failure the descriptor still
  /// belongs to the caller.
  ///
  /// @throws ErrnoException `EINVAL` when it is something else
  public static EventFd adopt(Fd fd) throws ErrnoException {
    String name;
    try {
      name = Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd.value())).toString();
    } catch (IOException e) {
      throw new ErrnoException("look at " + fd, Errno.EBADF);
    }
    if (!name.equals(PROC_NAME)) {
      throw new ErrnoException("adopt " + fd, Errno.EINVAL, "not an eventfd but " + name);
    }
    return new EventFd(fd, (fd.statusFlags() & Fd.O_NONBLOCK) == 0);
  }

  /// The descriptor, to poll it or to send it to a peer.
  public Fd fd() {
    return fd;
  }

  /// Adds 1 to the counter.
  ///
  /// @return 0, also when the counter is full, or the negated error number
  public int signal() {
    if (blocking && !writable()) {
      return 0;
    }
    long result;
    do {
      result = ReadWrite.write(fd.value(), address + ONE, Long.BYTES);
    } while (result == -Errno.EINTR);
    return result == Long.BYTES || result == -Errno.EAGAIN ? 0 : (int) Math.min(result, 0);
  }

  /// Takes what has been signalled since the last time, without waiting.
  ///
  /// @return how often (1 at a time where the peer made a semaphore), 0 for not at all, or the
  ///   negated error number. Counts beyond `Long.MAX_VALUE` come out as that.
  public long drain() {
    long result;
    do {
      result = ReadWrite.preadv2(fd.value(), address + VECTOR, 1, -1, RWF_NOWAIT);
    } while (result == -Errno.EINTR);
    if (result == Long.BYTES) {
      long count = scratch.get(JAVA_LONG, VALUE);
      return count < 0 ? Long.MAX_VALUE : count;
    }
    return result == -Errno.EAGAIN ? 0 : Math.min(result, 0);
  }

  @Override
  public void close() {
    fd.close();
  }

  private boolean writable() {
    scratch.set(JAVA_INT, POLLFD, fd.value());
    return Events.poll(address + POLLFD, 1, 0) != 0;
  }
}
