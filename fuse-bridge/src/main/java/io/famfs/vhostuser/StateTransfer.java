package io.famfs.vhostuser;

import io.famfs.core.Errno;
import io.famfs.os.ErrnoException;
import io.famfs.os.EventFd;
import io.famfs.os.Fd;
import io.famfs.os.Io;
import io.famfs.os.Poller;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The state of a device on its way through a pipe, moved by a thread of its own: the front-end
/// reads or writes the other end while it waits for no message. Whatever it does with that end,
/// nobody else waits for it.
final class StateTransfer implements AutoCloseable {
  /// Longer ones are no states.
  static final int MAX_BYTES = 64 << 20;

  /// How long the front-end may do nothing with its end.
  private static final int IDLE_MILLIS = 20_000;

  /// A pipe that can be written to takes this much without blocking (pipe(7), PIPE_BUF).
  private static final int PIECE_BYTES = 4096;

  private final Fd pipe;
  private final EventFd cancel;
  private final boolean writes;
  private final Thread thread;
  private byte[] state;
  private @Nullable String failure;

  private StateTransfer(Fd pipe, boolean writes, byte[] state) throws ErrnoException {
    this.pipe = pipe;
    this.writes = writes;
    this.state = state;
    cancel = EventFd.create();
    thread = Thread.ofPlatform().name("device state").daemon(true).start(this::run);
  }

  /// Begins to write a state; the pipe is taken over unless this fails.
  static StateTransfer writing(Fd pipe, byte[] state) throws ErrnoException {
    return new StateTransfer(pipe, true, state);
  }

  /// Begins to read a state, up to the end of the pipe.
  static StateTransfer reading(Fd pipe) throws ErrnoException {
    return new StateTransfer(pipe, false, new byte[0]);
  }

  boolean writes() {
    return writes;
  }

  private void run() {
    MemorySegment piece = Arena.ofAuto().allocate(PIECE_BYTES);
    try (Fd end = pipe) {
      Poller poller = new Poller(2);
      poller.add(cancel.fd(), Poller.POLLIN);
      poller.add(end, writes ? Poller.POLLOUT : Poller.POLLIN);
      if (writes) {
        write(poller, piece);
      } else {
        read(poller, piece);
      }
    } catch (IOException e) {
      failure = e.getMessage();
    }
  }

  private void write(Poller poller, MemorySegment piece) throws IOException {
    for (int done = 0; done < state.length; ) {
      await(poller);
      int bytes = Math.min(PIECE_BYTES, state.length - done);
      MemorySegment.copy(state, done, piece, ValueLayout.JAVA_BYTE, 0, bytes);
      done += moved(Io.write(pipe, piece, 0, bytes));
    }
  }

  private void read(Poller poller, MemorySegment piece) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int more;
    do {
      await(poller);
      more = moved(Io.read(pipe, piece, 0, PIECE_BYTES));
      if (all.size() + more > MAX_BYTES) {
        throw new IOException("a state of more than " + MAX_BYTES + " bytes");
      }
      all.write(piece.asSlice(0, more).toArray(ValueLayout.JAVA_BYTE));
    } while (more > 0);
    state = all.toByteArray();
  }

  private static int moved(long result) throws IOException {
    if (result < 0) {
      throw new IOException("the pipe of the state: " + Errno.describe((int) -result));
    }
    return (int) result;
  }

  private static void await(Poller poller) throws IOException {
    int ready = poller.await(IDLE_MILLIS);
    if (ready <= 0) {
      throw new IOException("the front-end does nothing with the pipe of the state");
    }
    if (poller.readable(0)) {
      throw new IOException("the transfer was given up");
    }
  }

  /// Waits until all of the state is through.
  ///
  /// @return what was read
  /// @throws IOException with the reason why it is not
  byte[] await() throws IOException {
    try {
      if (!thread.join(Duration.ofMillis(IDLE_MILLIS))) {
        cancel.signal();
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      if (!thread.isAlive()) {
        cancel.close();
      }
    }
    String why = failure;
    if (why != null) {
      throw new IOException(why);
    }
    return state;
  }

  /// Gives the transfer up.
  @Override
  public void close() {
    cancel.signal();
    try {
      byte[] _ = await();
    } catch (IOException e) {
      System.getLogger(StateTransfer.class.getName())
          .log(System.Logger.Level.DEBUG, "state: {0}", e.getMessage());
    }
  }
}
