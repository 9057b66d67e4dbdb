package io.famfs.fuse.device;

import io.famfs.core.Errno;
import io.famfs.fuse.server.Session;
import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.Io;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;

/// Serves the requests that come through one descriptor, one after the other, until the mount is
/// gone.
final class FuseWorker {
  private static final Logger LOGGER = System.getLogger(FuseWorker.class.getName());
  private static final int ECONNABORTED = 103;

  private final Fd fd;
  private final Session session;
  private final DevFuseExchange exchange;
  private final AdaptiveSpin spin;
  private boolean nonBlocking;
  private boolean warned;

  /// @param fd blocks
  /// @param spinNanos how long to look for a request, at most, before sleeping
  /// @param survived whether requests outlive this process
  FuseWorker(Fd fd, Session session, long spinNanos, boolean survived) {
    this.fd = fd;
    this.session = session;
    spin = new AdaptiveSpin(spinNanos);
    exchange = new DevFuseExchange(this::sendLater, survived);
  }

  /// Sends a reply to a request that came through this descriptor. The kernel looks for the request
  /// only among those of the descriptor that the reply is written to.
  private synchronized void sendLater(MemorySegment reply) {
    if (fd.isOpen()) {
      // What fails here is a reply that nobody waits for, or a mount that has gone.
      long _ = Io.write(fd, reply, 0, reply.byteSize());
    }
  }

  /// Serves one request.
  ///
  /// @return 0, or the negative errno that says the mount is gone
  int serveOne() {
    int length = next();
    if (length < 0) {
      // No request after all: it was interrupted before it was read, or another worker has it.
      boolean again = length == -Errno.ENOENT || length == -Errno.EAGAIN;
      return again ? 0 : length;
    }
    session.handle(exchange);
    int written = exchange.writeTo(fd);
    // ENOENT: whoever asked was interrupted and does not wait any more.
    if (written < 0 && written != -Errno.ENOENT) {
      warn(written);
    }
    return 0;
  }

  /// Reads the next request, looking for it first if that is worth while.
  private int next() {
    long start = System.nanoTime();
    long limit = spin.limitNanos();
    if (limit > 0 && block(false)) {
      int found = look(start + limit);
      if (found != -Errno.EAGAIN) {
        spin.found(System.nanoTime() - start);
        return found;
      }
      spin.inVain();
    }
    block(true);
    int length = exchange.readFrom(fd);
    spin.slept(System.nanoTime() - start);
    return length;
  }

  private int look(long untilNanoTime) {
    int length;
    do {
      length = exchange.readFrom(fd);
    } while (length == -Errno.EAGAIN && System.nanoTime() - untilNanoTime < 0);
    return length;
  }

  /// Makes reading wait, or not wait, for a request.
  ///
  /// @return whether it does as wanted
  private boolean block(boolean wanted) {
    if (nonBlocking != wanted) {
      return true;
    }
    try {
      fd.nonBlocking(!wanted);
      nonBlocking = !wanted;
      return true;
    } catch (ErrnoException e) {
      warn(-e.errno());
      return false;
    }
  }

  /// Length of the last reply, to see whether INIT was agreed on.
  int lastReplyLength() {
    return exchange.replyLength();
  }

  MountEnd serve() {
    int result;
    do {
      result = serveOne();
    } while (result == 0);
    return switch (-result) {
      case Errno.ENODEV -> MountEnd.UNMOUNTED;
      case ECONNABORTED -> MountEnd.ABORTED;
      default -> {
        warn(result);
        yield MountEnd.FAILED;
      }
    };
  }

  /// Ends it, once no reply is on its way.
  synchronized void close() {
    fd.close();
  }

  private void warn(int result) {
    if (!warned) {
      warned = true;
      LOGGER.log(Level.WARNING, "/dev/fuse: " + Errno.describe(-result));
    }
  }
}
