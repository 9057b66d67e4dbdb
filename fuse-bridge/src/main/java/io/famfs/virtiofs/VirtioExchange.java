package io.famfs.virtiofs;

import io.famfs.core.Errno;
import io.famfs.fuse.server.DeferredReply;
import io.famfs.fuse.server.Exchange;
import io.famfs.fuse.server.RequestHandler;
import io.famfs.virtio.BufferList;
import io.famfs.virtio.ChainResult;
import io.famfs.virtio.DescriptorChain;
import io.famfs.virtio.GuestMemory;
import io.famfs.virtio.Virtqueue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// A FUSE request in a descriptor chain: the device-readable part is the request, the
/// device-writable part the room for its reply (virtio 1.3, clause 5.11.6.1).
///
/// A buffer that is not guest memory, or whose memory has gone, fails this request only: it is
/// answered EIO as long as the first 16 bytes of its reply buffer can be written. Such a reply is
/// in the byte order of the session; the ring itself is always little-endian.
final class VirtioExchange extends Exchange {
  private static final int HEAD_BYTES = 8192;
  private static final int REPLY_BYTES = 128 * 1024;

  private static final int IN_HEADER_BYTES = 40;
  private static final int UNIQUE = 8;
  private static final int OUT_ERROR = 4;
  private static final int UNIQUE_END = 16;

  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final DescriptorChain chain;
  private final QueueCounters counters;
  private GuestMemory memory = GuestMemory.empty();
  private boolean reversed;

  private final Virtqueue queue;
  private final KeptChains kept;

  /// `unique` as it came, for the handler may turn around what is in [#in()].
  private long rawUnique;

  VirtioExchange(Virtqueue queue, DescriptorChain chain, KeptChains kept, QueueCounters counters) {
    super(HEAD_BYTES, REPLY_BYTES);
    this.queue = queue;
    this.chain = chain;
    this.kept = kept;
    this.counters = counters;
  }

  /// Keeps the chain, as long as others find room on the ring. Until there is a reply its place has
  /// an error, for the end of the device.
  @Override
  protected @Nullable DeferredReply defer() {
    if (!kept.hasRoom(chain.descriptors(), queue.num()) || replyCapacity() < REPLY_HEADER_BYTES) {
      return null;
    }
    MemorySegment reply = Arena.ofAuto().allocate(REPLY_HEADER_BYTES, Long.BYTES);
    writeError(reply, Errno.ENOTCONN);
    BufferList place = chain.writable().head(REPLY_HEADER_BYTES);
    KeptChain request = new KeptChain(queue.keep(), chain.descriptors(), place, reply);
    kept.add(request);
    return bytes -> kept.answer(request, bytes);
  }

  /// Has the request in the chain handled.
  ///
  /// @param fault what was wrong with the chain, OK when nothing was
  /// @return the bytes of reply written
  int serve(GuestMemory table, ChainResult fault, RequestHandler handler) {
    memory = table;
    reversed = handler.order() == ByteOrder.BIG_ENDIAN;
    int requestLength = chain.readable().totalBytes();
    int replyCapacity = chain.writable().totalBytes();
    int inLength = readHead(Math.min(requestLength, HEAD_BYTES));
    begin(inLength, requestLength, replyCapacity);
    if (queue.isRepeated()) {
      repeat();
    }
    if (fault != ChainResult.OK || inLength < IN_HEADER_BYTES) {
      counters.malformed();
      return errorReply(Errno.EIO);
    }
    try {
      handler.handle(this);
    } catch (RuntimeException | InternalError e) {
      counters.malformed();
      return errorReply(Errno.EIO);
    }
    return finish();
  }

  /// Puts a message of ours into the buffer in the chain.
  ///
  /// @param fault what was wrong with the chain, OK when nothing was
  /// @return the bytes written, 0 when the buffer is no good
  int put(GuestMemory table, ChainResult fault, MemorySegment message) {
    int bytes = (int) message.byteSize();
    try {
      boolean fits = fault == ChainResult.OK && chain.writable().totalBytes() >= bytes;
      if (fits && chain.writable().write(table, 0, message, 0, bytes) == 0) {
        return bytes;
      }
      counters.malformed();
    } catch (InternalError e) {
      counters.memoryFault();
    }
    return 0;
  }

  /// Writes the reply of a request that was kept.
  ///
  /// @return the bytes of reply written
  int send(GuestMemory table, KeptChain request) {
    try {
      if (request.writable.write(table, 0, request.reply, 0, REPLY_HEADER_BYTES) == 0) {
        return REPLY_HEADER_BYTES;
      }
      counters.malformed();
    } catch (InternalError e) {
      counters.memoryFault();
    }
    return 0;
  }

  /// Answers the request in the chain with an error, without having it handled.
  int refuse(GuestMemory table, int errno, RequestHandler handler) {
    memory = table;
    reversed = handler.order() == ByteOrder.BIG_ENDIAN;
    int inLength = readHead(Math.min(chain.readable().totalBytes(), IN_HEADER_BYTES));
    begin(inLength, chain.readable().totalBytes(), chain.writable().totalBytes());
    return errorReply(handler.errno(errno));
  }

  private int readHead(int bytes) {
    rawUnique = 0;
    try {
      int length = chain.readable().readUntilFault(memory, in(), bytes);
      if (length >= UNIQUE_END) {
        rawUnique = in().get(U64, UNIQUE);
      }
      return length;
    } catch (InternalError e) {
      counters.memoryFault();
      return 0;
    }
  }

  private int finish() {
    int bytes = replyLength();
    if (bytes == 0) {
      return 0;
    }
    if (bytes > replyCapacity()) {
      counters.malformed();
      return errorReply(Errno.EIO);
    }
    int fromOut = appendedBytes() > 0 ? REPLY_HEADER_BYTES : bytes;
    return write(fromOut) == 0 ? bytes : errorReply(Errno.EIO);
  }

  /// Writes a reply of a header only, if there is room; the guest sees at least that its request
  /// has ended.
  private int errorReply(int errno) {
    if (replyCapacity() < REPLY_HEADER_BYTES) {
      return 0;
    }
    writeError(out(), errno);
    return write(REPLY_HEADER_BYTES) == 0 ? REPLY_HEADER_BYTES : 0;
  }

  private void writeError(MemorySegment reply, int errno) {
    reply.set(U32, 0, inOrder(REPLY_HEADER_BYTES));
    reply.set(U32, OUT_ERROR, inOrder(-errno));
    reply.set(U64, UNIQUE, rawUnique);
  }

  private int inOrder(int value) {
    return reversed ? Integer.reverseBytes(value) : value;
  }

  private int write(int bytes) {
    try {
      int result = chain.writable().write(memory, 0, out(), 0, bytes);
      if (result != 0) {
        counters.malformed();
      }
      return result;
    } catch (InternalError e) {
      counters.memoryFault();
      return -Errno.EIO;
    }
  }

  @Override
  public int copyIn(int requestOffset, MemorySegment dst, long dstOffset, int length) {
    try {
      return chain.readable().read(memory, requestOffset, dst, dstOffset, length);
    } catch (InternalError e) {
      counters.memoryFault();
      return -Errno.EIO;
    }
  }

  @Override
  public int append(MemorySegment src, long srcOffset, int length) {
    try {
      long at = (long) REPLY_HEADER_BYTES + appendedBytes();
      int result = chain.writable().write(memory, at, src, srcOffset, length);
      if (result == 0) {
        appended(length);
      }
      return result;
    } catch (InternalError e) {
      counters.memoryFault();
      return -Errno.EIO;
    }
  }
}
