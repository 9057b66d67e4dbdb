package io.famfs.fuse.server;

import io.famfs.core.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A door that is only memory: a request lies in one segment, its reply goes into another, and what
/// a guest's buffers would cost (one copy of data, one of the headers) is paid. For measuring, and
/// for whoever calls a server from inside its process.
public class CopyingExchange extends Exchange {
  private static final int HEAD_BYTES = 8192;
  private static final int REPLY_BYTES = 64 * 1024;

  /// Room for a request, and for a reply.
  public static final int CAPACITY_BYTES = (1 << 20) + 4096;

  private static final int PAGE_BYTES = 4096;

  private final MemorySegment guestIn = Arena.ofAuto().allocate(CAPACITY_BYTES, PAGE_BYTES);
  private final MemorySegment guestOut = Arena.ofAuto().allocate(CAPACITY_BYTES, PAGE_BYTES);
  private int requestLength;
  private int replyRoom = CAPACITY_BYTES;

  /// An exchange with nothing in place.
  public CopyingExchange() {
    super(HEAD_BYTES, REPLY_BYTES);
  }

  /// Puts a request in place, to be sent as often as wanted.
  public final void prepare(MemorySegment request) {
    prepare(request, CAPACITY_BYTES);
  }

  /// Puts a request in place whose reply has a certain room.
  public final void prepare(MemorySegment request, int replyRoomBytes) {
    MemorySegment.copy(request, 0, guestIn, 0, request.byteSize());
    requestLength = (int) request.byteSize();
    replyRoom = replyRoomBytes;
  }

  /// Where the request lies, to be changed between two calls.
  public final MemorySegment requestMemory() {
    return guestIn;
  }

  /// What was answered; valid until the next call.
  public final MemorySegment replyMemory() {
    return guestOut;
  }

  /// Has the request in place handled. Allocates nothing.
  ///
  /// @return length of the reply
  public final int send(RequestHandler handler) {
    int head = Math.min(HEAD_BYTES, requestLength);
    MemorySegment.copy(guestIn, 0, in(), 0, head);
    begin(head, requestLength, replyRoom);
    handler.handle(this);
    int fromOut = appendedBytes() > 0 ? REPLY_HEADER_BYTES : replyLength();
    MemorySegment.copy(out(), 0, guestOut, 0, fromOut);
    return replyLength();
  }

  @Override
  public final int copyIn(int requestOffset, MemorySegment dst, long dstOffset, int length) {
    if (requestOffset < 0 || length < 0 || length > requestLength - requestOffset) {
      return -Errno.EINVAL;
    }
    try {
      MemorySegment.copy(guestIn, requestOffset, dst, dstOffset, length);
      return 0;
    } catch (InternalError e) {
      return -Errno.EIO;
    }
  }

  @Override
  public final int append(MemorySegment src, long srcOffset, int length) {
    if (length < 0 || length > appendRoom()) {
      return -Errno.EINVAL;
    }
    try {
      MemorySegment.copy(
          src, srcOffset, guestOut, (long) REPLY_HEADER_BYTES + appendedBytes(), length);
    } catch (InternalError e) {
      return -Errno.EIO;
    }
    appended(length);
    return 0;
  }
}
