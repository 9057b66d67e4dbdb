package io.famfs.fuse.server;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.OutHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// A door that is only memory: the request and the reply are two segments, as a guest would have
/// them.
public final class MemoryExchange extends Exchange {
  private static final int HEAD_BYTES = 8192;
  private static final int OUT_BYTES = 64 * 1024;
  private static final int CAPACITY = (1 << 20) + 4096;

  private final MemorySegment guestIn = Arena.ofAuto().allocate(CAPACITY, 4096);
  private final MemorySegment guestOut = Arena.ofAuto().allocate(CAPACITY, 4096);
  private final BlockingQueue<Reply> late = new LinkedBlockingQueue<>();
  private int requestLength;
  private int replyCapacity;

  public MemoryExchange() {
    super(HEAD_BYTES, OUT_BYTES);
  }

  /// Puts a request in place, to be sent as often as wanted.
  public MemoryExchange prepare(byte[] request, int replyCapacityBytes) {
    MemorySegment.copy(MemorySegment.ofArray(request), 0, guestIn, 0, request.length);
    requestLength = request.length;
    replyCapacity = replyCapacityBytes;
    return this;
  }

  /// Sends what is in place; allocates nothing.
  public void send(RequestHandler handler) {
    int head = Math.min(HEAD_BYTES, requestLength);
    MemorySegment.copy(guestIn, 0, in(), 0, head);
    begin(head, requestLength, replyCapacity);
    handler.handle(this);
    if (replyLength() > 0) {
      int fromOut = appendedBytes() > 0 ? REPLY_HEADER_BYTES : replyLength();
      MemorySegment.copy(out(), 0, guestOut, 0, fromOut);
    }
  }

  /// Replies that came after their request was handled, in the order they came.
  public BlockingQueue<Reply> late() {
    return late;
  }

  @Override
  protected DeferredReply defer() {
    return bytes -> late.add(new Reply(bytes, REPLY_HEADER_BYTES));
  }

  /// Sends a request and takes the reply.
  public Reply call(RequestHandler handler, byte[] request) {
    return call(handler, request, CAPACITY);
  }

  /// Sends a request with a certain room for the reply.
  public Reply call(RequestHandler handler, byte[] request, int replyCapacityBytes) {
    prepare(request, replyCapacityBytes).send(handler);
    return reply();
  }

  /// The last reply.
  public Reply reply() {
    byte[] bytes = new byte[replyLength()];
    MemorySegment.copy(guestOut, 0, MemorySegment.ofArray(bytes), 0, bytes.length);
    return new Reply(MemorySegment.ofArray(bytes), replyCapacity);
  }

  @Override
  public int copyIn(int requestOffset, MemorySegment dst, long dstOffset, int length) {
    if (requestOffset < 0 || length < 0 || length > requestLength - requestOffset) {
      return -Errno.EINVAL;
    }
    MemorySegment.copy(guestIn, requestOffset, dst, dstOffset, length);
    return 0;
  }

  @Override
  public int append(MemorySegment src, long srcOffset, int length) {
    if (length < 0 || length > appendRoom()) {
      return -Errno.EINVAL;
    }
    long at = (long) REPLY_HEADER_BYTES + appendedBytes();
    MemorySegment.copy(src, srcOffset, guestOut, at, length);
    appended(length);
    return 0;
  }

  /// A reply as the peer sees it.
  ///
  /// @param message all bytes of it; none when there was no reply
  /// @param capacity what the peer had room for
  public record Reply(MemorySegment message, int capacity) {

    /// Whether there was none.
    public boolean none() {
      return message.byteSize() == 0;
    }

    /// 0 or a negative errno.
    public int error() {
      return OutHeader.error(message, 0);
    }

    /// The unique it answers.
    public long unique() {
      return OutHeader.unique(message, 0);
    }

    /// Length of the body.
    public int bodyLength() {
      return (int) message.byteSize() - OutHeader.BYTES;
    }

    /// The body.
    public byte[] body() {
      return message.asSlice(OutHeader.BYTES).toArray(ValueLayout.JAVA_BYTE);
    }

    /// Whether length, error and size are what the protocol demands.
    public boolean wellFormed() {
      if (none()) {
        return true;
      }
      boolean fits = message.byteSize() >= OutHeader.BYTES && message.byteSize() <= capacity;
      return fits
          && OutHeader.len(message, 0) == message.byteSize()
          && error() <= 0
          && error() > -4096
          && (error() == 0 || bodyLength() == 0);
    }
  }
}
