package io.famfs.vhostuser;

import io.famfs.core.Errno;
import io.famfs.os.Io;
import io.famfs.os.Poller;
import io.famfs.os.ReceivedFds;
import io.famfs.os.ReplyPipe;
import io.famfs.os.UnixSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Cuts the stream of a connection into messages. Belongs to the control thread.
///
/// The reply to a message goes out with [#finish()]. Where replies go through a [ReplyPipe] a
/// message stays in the socket until then, so that whoever goes on with the connection of a process
/// that was killed finds either the message, or its reply in the pipe, or neither. (Not for a
/// front-end that sends header and payload apart: there the message is taken at once.)
final class MessageSocket implements AutoCloseable {
  private static final int ECONNRESET = 104;

  private final UnixSocket socket;
  private final @Nullable ReplyPipe pipe;
  private final MemorySegment whole =
      Arena.ofAuto()
          .allocate(MessageLayout.HEADER_BYTES + MessageLayout.MAX_PAYLOAD_BYTES + 1, Long.BYTES);
  private boolean left;
  private int replyBytes;
  private final ReceivedFds fds = new ReceivedFds(MessageLayout.TABLE_MAX_REGIONS);
  private final ReceivedFds none = new ReceivedFds(0);
  private final MemorySegment header =
      Arena.ofAuto().allocate(MessageLayout.HEADER_BYTES, Long.BYTES);
  private final MemorySegment payload =
      Arena.ofAuto().allocate(MessageLayout.MAX_PAYLOAD_BYTES, Long.BYTES);
  private final MemorySegment out =
      Arena.ofAuto()
          .allocate(MessageLayout.HEADER_BYTES + MessageLayout.MAX_PAYLOAD_BYTES, Long.BYTES);

  /// @param pipe through which replies go, or null
  MessageSocket(UnixSocket socket, @Nullable ReplyPipe pipe) {
    this.socket = socket;
    this.pipe = pipe;
  }

  /// Goes on where another process was killed: sends the reply that it has not sent.
  ///
  /// @param lastRequest the message that was handled last
  void resume(int lastRequest) throws ProtocolViolation {
    ReplyPipe replies = pipe;
    if (replies == null || !replies.isFull()) {
      return;
    }
    Poller poller = new Poller(1);
    poller.add(socket.fd(), Poller.POLLIN);
    if (poller.await(0) > 0
        && socket.peek(header, 0, MessageLayout.HEADER_BYTES, none) == MessageLayout.HEADER_BYTES
        && request() == lastRequest
        && payloadBytes() >= 0
        && payloadBytes() <= MessageLayout.MAX_PAYLOAD_BYTES) {
      left = true;
    }
    finish();
  }

  /// Receives the next message.
  ///
  /// @return false at the end of the stream
  boolean receive() throws ProtocolViolation {
    replyBytes = 0;
    left = false;
    if (pipe != null) {
      int seen = socket.peek(header, 0, MessageLayout.HEADER_BYTES, none);
      if (seen == MessageLayout.HEADER_BYTES && look()) {
        left = true;
        return true;
      }
    }
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
    check();
    return receivePayload();
  }

  /// Looks at the whole message whose header has been seen. A look does not stop behind a message
  /// without descriptors: it goes on to the next one and brings those of that (Linux
  /// `unix_stream_read_generic`). With one byte more asked for, its length tells.
  ///
  /// @return false when it is not there in one piece
  private boolean look() throws ProtocolViolation {
    int bytes = MessageLayout.HEADER_BYTES + payloadBytes();
    if (payloadBytes() < 0 || bytes >= whole.byteSize()) {
      return false;
    }
    int seen = socket.peek(whole, 0, bytes + 1, fds);
    if (seen < bytes) {
      return false;
    }
    if (seen > bytes) {
      fds.closeRest();
    }
    MemorySegment.copy(whole, 0, header, 0, MessageLayout.HEADER_BYTES);
    MemorySegment.copy(whole, MessageLayout.HEADER_BYTES, payload, 0, payloadBytes());
    check();
    return true;
  }

  private void check() throws ProtocolViolation {
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

  /// The payload of the reply is in [#reply]; it goes out with [#finish()].
  void sendReply(int lengthBytes) {
    out.set(MessageLayout.U32, MessageLayout.REQUEST, request());
    out.set(
        MessageLayout.U32, MessageLayout.FLAGS, MessageLayout.VERSION | MessageLayout.FLAG_REPLY);
    out.set(MessageLayout.U32, MessageLayout.SIZE, lengthBytes);
    replyBytes = MessageLayout.HEADER_BYTES + lengthBytes;
  }

  /// Ends the current message: takes it off the socket and sends its reply, if it has one.
  void finish() throws ProtocolViolation {
    ReplyPipe replies = pipe;
    int bytes = replyBytes;
    replyBytes = 0;
    if (replies == null) {
      if (bytes > 0) {
        replied(socket.send(out, 0, bytes), bytes);
      }
      return;
    }
    if (bytes > 0) {
      replied(replies.put(out, bytes), bytes);
    }
    if (left) {
      left = false;
      takeOff();
    }
    replied(replies.send(socket.fd()), 0);
  }

  private void takeOff() throws ProtocolViolation {
    int bytes = MessageLayout.HEADER_BYTES + payloadBytes();
    int done = 0;
    while (done < bytes) {
      int more = socket.receive(whole, done, bytes - done, none);
      if (more <= 0) {
        throw new ProtocolViolation("a message that was there has gone");
      }
      done += more;
    }
  }

  private static void replied(int result, int expected) throws ProtocolViolation {
    if (result != expected) {
      throw new ProtocolViolation("the front-end takes no reply: " + Errno.describe(-result));
    }
  }

  void sendValue(long value) {
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
