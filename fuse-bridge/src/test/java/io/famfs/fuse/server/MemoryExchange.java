package io.famfs.fuse.server;

import io.famfs.fuse.protocol.OutHeader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// A door that is only memory: the request and the reply are two segments, as a guest would have
/// them.
public final class MemoryExchange extends CopyingExchange {
  private final BlockingQueue<Reply> late = new LinkedBlockingQueue<>();
  private int replyCapacity;

  /// An exchange with nothing in place.
  public MemoryExchange() {}

  /// Puts a request in place, to be sent as often as wanted.
  public MemoryExchange prepare(byte[] request, int replyCapacityBytes) {
    prepare(MemorySegment.ofArray(request), replyCapacityBytes);
    replyCapacity = replyCapacityBytes;
    return this;
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
    return call(handler, request, CAPACITY_BYTES);
  }

  /// Sends a request with a certain room for the reply.
  public Reply call(RequestHandler handler, byte[] request, int replyCapacityBytes) {
    prepare(request, replyCapacityBytes).send(handler);
    return reply();
  }

  /// The last reply.
  public Reply reply() {
    byte[] bytes = new byte[replyLength()];
    MemorySegment.copy(replyMemory(), 0, MemorySegment.ofArray(bytes), 0, bytes.length);
    return new Reply(MemorySegment.ofArray(bytes), replyCapacity);
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
