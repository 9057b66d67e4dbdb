package io.famfs.vhostuser;

import io.famfs.os.ErrnoException;
import io.famfs.os.EventFd;
import io.famfs.os.Fd;
import io.famfs.os.Io;
import io.famfs.os.Poller;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// A kick, call or err descriptor of a front-end.
///
/// Normally an eventfd. User-mode Linux passes the write end of a pipe as its call descriptor and
/// reads 8 bytes per notification, so anything else is written to when it has room.
public final class Notifier implements AutoCloseable {
  private final Fd fd;
  private final @Nullable EventFd eventFd;
  private final Poller poller = new Poller(1);
  private final MemorySegment scratch = Arena.ofAuto().allocate(Long.BYTES, Long.BYTES);

  private Notifier(Fd fd, @Nullable EventFd eventFd) {
    this.fd = fd;
    this.eventFd = eventFd;
    poller.add(fd, Poller.POLLOUT);
  }

  /// Takes over a descriptor of whatever kind.
  static Notifier of(Fd fd) {
    try {
      return new Notifier(fd, EventFd.adopt(fd));
    } catch (ErrnoException e) {
      return new Notifier(fd, null);
    }
  }

  /// Whether it can be waited for: only an eventfd can be drained without the risk of blocking.
  boolean isEventFd() {
    return eventFd != null;
  }

  /// The descriptor, to poll it.
  public Fd fd() {
    return fd;
  }

  /// Wakes the front-end; when there is no room, an earlier wake-up is still waiting to be seen.
  public void signal() {
    if (eventFd != null) {
      eventFd.signal();
    } else if (poller.await(0) > 0 && poller.writable(0)) {
      scratch.set(ValueLayout.JAVA_LONG, 0, 1);
      Io.write(fd, scratch, 0, Long.BYTES);
    }
  }

  /// Takes what was signalled to us.
  public void drain() {
    if (eventFd != null) {
      eventFd.drain();
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
