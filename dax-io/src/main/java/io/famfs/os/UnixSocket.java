package io.famfs.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.famfs.core.Errno;
import io.famfs.os.libc.Pointers;
import io.famfs.os.libc.Sockets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/// A Unix socket that can pass descriptors: a connected stream, or one end of datagrams.
///
/// One thread receives; any thread may send, messages do not mix. [#shutdown()] from any thread
/// ends a receive or send that waits.
public final class UnixSocket implements AutoCloseable {
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int SHUT_WR = 1;
  private static final int SHUT_RDWR = 2;
  private static final int SO_PEERCRED = 17;

  private final Fd fd;
  private final SendBuffers send = new SendBuffers();

  private UnixSocket(Fd fd) {
    this.fd = fd;
  }

  /// Connects to the listener at `path`.
  public static UnixSocket connect(Path path) throws ErrnoException {
    Fd fd = open(0);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = SocketAddress.of(arena, path);
      int result = Sockets.connect(fd.value(), address.address(), SocketAddress.BYTES);
      ErrnoException.check(result, "connect to", path);
      return new UnixSocket(fd);
    } catch (ErrnoException e) {
      fd.close();
      throw e;
    }
  }

  /// Sends datagrams to the socket that is bound to `path`.
  public static UnixSocket connectDatagram(Path path) throws ErrnoException {
    return datagram(path, Sockets::connect, "connect to");
  }

  /// Receives the datagrams that are sent to `path`, where nothing must be yet.
  public static UnixSocket bindDatagram(Path path) throws ErrnoException {
    return datagram(path, Sockets::bind, "bind to");
  }

  private interface Naming {
    int apply(int fd, long address, int addressBytes);
  }

  private static UnixSocket datagram(Path path, Naming naming, String what) throws ErrnoException {
    int type = SOCK_DGRAM | SOCK_CLOEXEC;
    int result = Sockets.socket(SocketAddress.AF_UNIX, type, 0);
    Fd fd = Fd.adopt(ErrnoException.check(result, "create", "Unix socket"));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = SocketAddress.of(arena, path);
      ErrnoException.check(
          naming.apply(fd.value(), address.address(), SocketAddress.BYTES), what, path);
      return new UnixSocket(fd);
    } catch (ErrnoException e) {
      fd.close();
      throw e;
    }
  }

  /// Two sockets connected to each other.
  public static UnixSocket[] pair() throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment fds = arena.allocate(2L * Integer.BYTES, Integer.BYTES);
      int type = SOCK_STREAM | SOCK_CLOEXEC;
      int result = Sockets.pair(SocketAddress.AF_UNIX, type, 0, fds.address());
      ErrnoException.check(result, "create", "socket pair");
      return new UnixSocket[] {
        adopt(Fd.adopt(fds.get(JAVA_INT, 0))), adopt(Fd.adopt(fds.get(JAVA_INT, Integer.BYTES)))
      };
    }
  }

  /// Takes over a descriptor that is, or that a peer says is, a connected Unix stream socket. When
  /// it is none, receiving and sending answer `-ENOTSOCK`.
  public static UnixSocket adopt(Fd fd) {
    return new UnixSocket(fd);
  }

  /// The descriptor, to poll it.
  public Fd fd() {
    return fd;
  }

  /// Receives up to `lengthBytes` into `buffer` at `offset`, and the descriptors that come with
  /// them. What `fds` still held of an earlier message is closed first.
  ///
  /// @return the number of bytes, 0 at the end of the stream, or the negated error number
  public int receive(MemorySegment buffer, long offset, int lengthBytes, ReceivedFds fds) {
    return receive(buffer, offset, lengthBytes, fds, 0);
  }

  /// As [#receive], but bytes and descriptors stay in the socket for whoever receives next; those
  /// in `fds` are duplicates.
  public int peek(MemorySegment buffer, long offset, int lengthBytes, ReceivedFds fds) {
    return receive(buffer, offset, lengthBytes, fds, MessageLayout.MSG_PEEK);
  }

  private int receive(
      MemorySegment buffer, long offset, int lengthBytes, ReceivedFds fds, int flags) {
    long message = fds.prepare(Pointers.writable(buffer, offset, lengthBytes), lengthBytes);
    long result;
    do {
      result = Sockets.receive(fd.value(), message, MessageLayout.MSG_CMSG_CLOEXEC | flags);
    } while (result == -Errno.EINTR);
    if (result >= 0) {
      fds.collect();
    }
    return (int) result;
  }

  /// Sends the whole message, with duplicates of `fds`, or reports why not. After an error in the
  /// middle of a message the stream is of no use any more: only a closed peer, or an `EAGAIN` of a
  /// non-blocking socket, can cause that.
  ///
  /// @return `lengthBytes`, or the negated error number
  public int send(MemorySegment buffer, long offset, int lengthBytes, Fd... fds) {
    if (lengthBytes <= 0 || fds.length > MessageLayout.MAX_FDS) {
      return -Errno.EINVAL;
    }
    long address = Pointers.readable(buffer, offset, lengthBytes);
    return send.message(fd, address, lengthBytes, fds);
  }

  /// Ends the connection in both directions; whoever waits in it is woken. Closing stays necessary.
  public void shutdown() {
    Sockets.shutdown(fd.value(), SHUT_RDWR);
  }

  /// Says nothing more; what the other side says can still be received.
  public void shutdownOutput() {
    Sockets.shutdown(fd.value(), SHUT_WR);
  }

  /// Who connected, or who listened.
  public PeerCredentials peerCredentials() throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(3L * Integer.BYTES, Integer.BYTES);
      MemorySegment length = arena.allocate(Integer.BYTES, Integer.BYTES);
      length.set(JAVA_INT, 0, 3 * Integer.BYTES);
      int result =
          Sockets.option(
              fd.value(), MessageLayout.SOL_SOCKET, SO_PEERCRED, value.address(), length.address());
      ErrnoException.check(result, "credentials of the peer of", fd);
      return new PeerCredentials(
          value.get(JAVA_INT, 0),
          value.get(JAVA_INT, Integer.BYTES),
          value.get(JAVA_INT, 2L * Integer.BYTES));
    }
  }

  @Override
  public void close() {
    fd.close();
  }

  static Fd open(int typeFlags) throws ErrnoException {
    int type = SOCK_STREAM | SOCK_CLOEXEC | typeFlags;
    int result = Sockets.socket(SocketAddress.AF_UNIX, type, 0);
    return Fd.adopt(ErrnoException.check(result, "create", "Unix socket"));
  }

  /// The message header a sender fills, one message at a time.
  private static final class SendBuffers {
    private final ReentrantLock lock = new ReentrantLock();
    private final MemorySegment message =
        Arena.ofAuto().allocate(MessageLayout.MESSAGE_BYTES, Long.BYTES);
    private final MemorySegment vector = Arena.ofAuto().allocate(2L * Long.BYTES, Long.BYTES);
    private final MemorySegment control =
        Arena.ofAuto().allocate(MessageLayout.controlSpace(MessageLayout.MAX_FDS), Long.BYTES);

    int message(Fd socket, long address, int lengthBytes, Fd[] fds) {
      lock.lock();
      try {
        message.fill((byte) 0);
        message.set(JAVA_LONG, MessageLayout.VECTOR, vector.address());
        message.set(JAVA_LONG, MessageLayout.VECTOR_COUNT, 1);
        if (fds.length > 0) {
          attach(fds);
        }
        return whole(socket, address, lengthBytes);
      } finally {
        lock.unlock();
      }
    }

    private void attach(Fd[] fds) {
      control.fill((byte) 0);
      int lengthBytes = MessageLayout.CONTROL_FDS + fds.length * Integer.BYTES;
      control.set(JAVA_LONG, MessageLayout.CONTROL_LENGTH, lengthBytes);
      control.set(JAVA_INT, MessageLayout.CONTROL_LEVEL, MessageLayout.SOL_SOCKET);
      control.set(JAVA_INT, MessageLayout.CONTROL_TYPE, MessageLayout.SCM_RIGHTS);
      for (int i = 0; i < fds.length; i++) {
        long at = MessageLayout.CONTROL_FDS + (long) i * Integer.BYTES;
        control.set(JAVA_INT, at, fds[i].value());
      }
      message.set(JAVA_LONG, MessageLayout.CONTROL, control.address());
      message.set(JAVA_LONG, MessageLayout.CONTROL_BYTES, MessageLayout.controlSpace(fds.length));
    }

    private int whole(Fd socket, long address, int lengthBytes) {
      int sent = 0;
      while (sent < lengthBytes) {
        vector.set(JAVA_LONG, 0, address + sent);
        vector.set(JAVA_LONG, Long.BYTES, lengthBytes - sent);
        long result = Sockets.send(socket.value(), message.address(), MessageLayout.MSG_NOSIGNAL);
        if (result < 0 && result != -Errno.EINTR) {
          return (int) result;
        }
        if (result > 0) {
          sent += (int) result;
          // The descriptors went with the first byte.
          message.set(JAVA_LONG, MessageLayout.CONTROL, 0);
          message.set(JAVA_LONG, MessageLayout.CONTROL_BYTES, 0);
        }
      }
      return sent;
    }
  }
}
