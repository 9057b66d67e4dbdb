package io.famfs.bench.load;

import io.famfs.core.Errno;
import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.Io;
import io.famfs.os.Poller;
import io.famfs.os.UnixSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;

/// The front-end's end of a vhost-user socket (vhost-user of QEMU 11.1): messages and their
/// replies, each within a limit of time.
final class FrontEndSocket implements AutoCloseable {
  static final int GET_FEATURES = 1;
  static final int SET_FEATURES = 2;
  static final int SET_OWNER = 3;
  static final int SET_MEM_TABLE = 5;
  static final int SET_VRING_NUM = 8;
  static final int SET_VRING_ADDR = 9;
  static final int SET_VRING_BASE = 10;
  static final int GET_VRING_BASE = 11;
  static final int SET_VRING_KICK = 12;
  static final int SET_VRING_CALL = 13;
  static final int GET_PROTOCOL_FEATURES = 15;
  static final int SET_PROTOCOL_FEATURES = 16;
  static final int GET_QUEUE_NUM = 17;
  static final int SET_VRING_ENABLE = 18;
  static final int SET_BACKEND_REQ_FD = 21;
  static final int GET_SHMEM_CONFIG = 44;

  static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  static final int HEADER_BYTES = 12;
  private static final int EPIPE = 32;
  private static final int ECONNRESET = 104;
  private static final int VERSION = 1;
  private static final int REPLY = 5;
  private static final int NEED_REPLY = 8;
  private static final int MAX_PAYLOAD_BYTES = 4096;

  private final UnixSocket socket;
  private final int limitMillis;
  private final Poller poller = new Poller(1);
  private final MemorySegment buffer =
      Arena.ofAuto().allocate(HEADER_BYTES + MAX_PAYLOAD_BYTES, Long.BYTES);
  private boolean acknowledged;

  FrontEndSocket(Path path, int limitMillis) throws ErrnoException {
    socket = UnixSocket.connect(path);
    this.limitMillis = limitMillis;
    poller.add(socket.fd(), Poller.POLLIN);
  }

  /// The process that listens there, 0 when it cannot be seen.
  int peer() throws ErrnoException {
    return socket.peerCredentials().pid();
  }

  /// From now on every message is acknowledged.
  void acknowledged(boolean negotiated) {
    acknowledged = negotiated;
  }

  /// Room for the payload of the next message.
  MemorySegment payload() {
    return buffer.asSlice(HEADER_BYTES);
  }

  /// Sends a message with the first bytes of [#payload], and waits for its acknowledgement, where
  /// that was negotiated.
  void tell(int request, int payloadBytes, Fd... fds) throws LoadException {
    send(request, payloadBytes, acknowledged ? NEED_REPLY : 0, fds);
    if (acknowledged && reply(request) == Long.BYTES) {
      long result = payload().get(U64, 0);
      if (result != 0) {
        throw new LoadException("the back-end refuses message " + request + ": " + result);
      }
    }
  }

  void tellU64(int request, long value, Fd... fds) throws LoadException {
    payload().set(U64, 0, value);
    tell(request, Long.BYTES, fds);
  }

  /// A message about a ring.
  void tellState(int request, int ring, int value) throws LoadException {
    payload().set(U32, 0, ring);
    payload().set(U32, 4, value);
    tell(request, 2 * Integer.BYTES);
  }

  /// Sends a message that is answered; the answer is in [#payload].
  ///
  /// @return its length
  int ask(int request, int payloadBytes) throws LoadException {
    send(request, payloadBytes, 0);
    return reply(request);
  }

  long askU64(int request) throws LoadException {
    int bytes = ask(request, 0);
    if (bytes != Long.BYTES) {
      throw new LoadException(
          "the back-end answers message " + request + " with " + bytes + " bytes");
    }
    return payload().get(U64, 0);
  }

  private void send(int request, int payloadBytes, int flags, Fd... fds) throws LoadException {
    buffer.set(U32, 0, request);
    buffer.set(U32, 4, VERSION | flags);
    buffer.set(U32, 8, payloadBytes);
    int bytes = HEADER_BYTES + payloadBytes;
    int sent = socket.send(buffer, 0, bytes, fds);
    if (sent == -EPIPE || sent == -ECONNRESET) {
      throw hungUp(request);
    }
    if (sent != bytes) {
      throw new LoadException("cannot send message " + request + ": " + Errno.describe(-sent));
    }
  }

  private int reply(int request) throws LoadException {
    receive(0, HEADER_BYTES, request);
    int size = buffer.get(U32, 8);
    if (buffer.get(U32, 0) != request || buffer.get(U32, 4) != REPLY) {
      throw new LoadException(
          "message %d is answered by message %d with flags 0x%x"
              .formatted(request, buffer.get(U32, 0), buffer.get(U32, 4)));
    }
    if (size < 0 || size > MAX_PAYLOAD_BYTES) {
      throw new LoadException("message " + request + " is answered by " + size + " bytes");
    }
    receive(HEADER_BYTES, size, request);
    return size;
  }

  private void receive(int at, int bytes, int request) throws LoadException {
    long deadlineNs = System.nanoTime() + limitMillis * 1_000_000L;
    int have = 0;
    while (have < bytes) {
      long leftMillis = (deadlineNs - System.nanoTime()) / 1_000_000L;
      if (leftMillis <= 0 || poller.await((int) leftMillis) <= 0) {
        throw new LoadException(
            "no answer to message " + request + " within " + limitMillis + " ms");
      }
      long more = Io.read(socket.fd(), buffer, at + have, bytes - have);
      if (more <= 0) {
        throw hungUp(request);
      }
      have += (int) more;
    }
  }

  private static LoadException hungUp(int request) {
    return new LoadException("the back-end has closed the connection at message " + request);
  }

  @Override
  public void close() {
    socket.close();
  }
}
