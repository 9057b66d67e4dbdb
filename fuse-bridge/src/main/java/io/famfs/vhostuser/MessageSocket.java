package io.famfs.vhostuser;

import io.famfs.core.Errno;
import io.famfs.os.Io;
import io.famfs.os.ReceivedFds;
import io.famfs.os.UnixSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Cuts the stream of a connection into messages. Belongs to the control thread.
final class MessageSocket implements AutoCloseable {
  private static final int ECONNRESET = 104;

  private final UnixSocket socket;
  private final ReceivedFds fds = new ReceivedFds(MessageLayout.TABLE_MAX_REGIONS);
  private final ReceivedFds none = new ReceivedFds(0);
  private final MemorySegment header =
      Arena.ofAuto().allocate(MessageLayout.HEADER_BYTES, Long.BYTES);
  private final MemorySegment payload =
      Arena.ofAuto().allocate(MessageLayout.MAX_PAYLOAD_BYTES, Long.BYTES);
  private final MemorySegment out =
      Arena.ofAuto()
          .allocate(MessageLayout.HEADER_BYTES + MessageLayout.MAX_PAYLOAD_BYTES, Long.BYTES);

  MessageSocket(UnixSocket socket) {
    this.socket = socket;
  }

  /// Receives the next message.
  ///
  /// @return false at the end of the stream
  boolean receive() throws ProtocolViolation {
    int first = socket.receive(header, 0, MessageLayout.HEADER_BYTES, fds);
    if (first <= 0) {
      return endOfStream(first);
    }
    int have = first;
    while (have < MessageLayout.HEADER_BYTES) {
      int more = socket.receive(header, have, MessageLayout.HEADER_BYTES - have, none);
      if (more <= 0) {
        return endOfStream(more);
      }
      have += more;
    }
    if (fds.excess() > 0 || fds.truncated()) {
      throw new ProtocolViolation("more descriptors than any message has");
    }
    int flags = header.get(MessageLayout.U32, MessageLayout.FLAGS);
    if ((flags & MessageLayout.FLAG_VERSION_MASK) != MessageLayout.VERSION
        || (flags & MessageLayout.FLAG_REPLY) != 0) {
      throw new ProtocolViolation("message flags 0x" + Integer.toHexString(flags));
    }
    if (payloadBytes() < 0 || payloadBytes() > MessageLayout.MAX_PAYLOAD_BYTES) {
      throw new ProtocolViolation(
          "a payload of " + Integer.toUnsignedString(payloadBytes()) + " bytes");
    }
    return receivePayload();
  }

  private boolean receivePayload() {
    int have = 0;
    while (have < payloadBytes()) {
      long more = Io.read(socket.fd(), payload, have, payloadBytes() - have);
      if (more <= 0) {
        return endOfStream((int) more);
      }
      have += (int) more;
    }
    return true;
  }

  /// A peer that dies with data unread shows as a reset.
  private static boolean endOfStream(int result) {
    if (result != 0 && result != -ECONNRESET) {
      System.getLogger(MessageSocket.class.getName())
          .log(System.Logger.Level.DEBUG, "receive: {0}", Errno.describe(-result));
    }
    return false;
  }

  int request() {
    return header.get(MessageLayout.U32, MessageLayout.REQUEST);
  }

  boolean needReply() {
    return (header.get(MessageLayout.U32, MessageLayout.FLAGS) & MessageLayout.FLAG_NEED_REPLY)
        != 0;
  }

  int payloadBytes() {
    return header.get(MessageLayout.U32, MessageLayout.SIZE);
  }

  MemorySegment payload() {
    return payload;
  }

  ReceivedFds fds() {
    return fds;
  }

  int u32(int offset) {
    return payload.get(MessageLayout.U32, offset);
  }

  long u64(int offset) {
    return payload.get(MessageLayout.U64, offset);
  }

  /// Zeroed room for the payload of the reply to the current message.
  MemorySegment reply(int lengthBytes) {
    MemorySegment body = out.asSlice(MessageLayout.HEADER_BYTES, lengthBytes);
    body.fill((byte) 0);
    return body;
  }

  /// Sends the reply whose payload was put into [#reply].
  void sendReply(int lengthBytes) throws ProtocolViolation {
    out.set(MessageLayout.U32, MessageLayout.REQUEST, request());
    out.set(
        MessageLayout.U32, MessageLayout.FLAGS, MessageLayout.VERSION | MessageLayout.FLAG_REPLY);
    out.set(MessageLayout.U32, MessageLayout.SIZE, lengthBytes);
    int bytes = MessageLayout.HEADER_BYTES + lengthBytes;
    int result = socket.send(out, 0, bytes);
    if (result != bytes) {
      throw new ProtocolViolation("the front-end takes no reply: " + Errno.describe(-result));
    }
  }

  void sendValue(long value) throws ProtocolViolation {
    reply(Long.BYTES).set(MessageLayout.U64, 0, value);
    sendReply(Long.BYTES);
  }

  /// Wakes the control thread; the stream ends for it.
  void shutdown() {
    socket.shutdown();
  }

  @Override
  public void close() {
    fds.close();
    none.close();
    socket.close();
  }
}
