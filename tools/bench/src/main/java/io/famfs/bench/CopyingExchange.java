package io.famfs.bench;

import io.famfs.core.Errno;
import io.famfs.fuse.server.Exchange;
import io.famfs.fuse.server.RequestHandler;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A door that is only memory: a request lies in one segment, its reply goes into another, and what
/// a guest's buffers would cost (one copy of data, one of the headers) is paid.
final class CopyingExchange extends Exchange {
  private static final int HEAD_BYTES = 8192;
  private static final int REPLY_BYTES = 64 * 1024;
  private static final int CAPACITY_BYTES = (1 << 20) + 4096;
  private static final int PAGE_BYTES = 4096;

  private final MemorySegment guestIn = Arena.ofAuto().allocate(CAPACITY_BYTES, PAGE_BYTES);
  private final MemorySegment guestOut = Arena.ofAuto().allocate(CAPACITY_BYTES, PAGE_BYTES);
  private int requestLength;

  CopyingExchange() {
    super(HEAD_BYTES, REPLY_BYTES);
  }

  /// Puts a request in place, to be sent as often as wanted.
  void prepare(MemorySegment request) {
    MemorySegment.copy(request, 0, guestIn, 0, request.byteSize());
    requestLength = (int) request.byteSize();
  }

  /// Where the request lies, to be changed between two calls.
  MemorySegment request() {
    return guestIn;
  }

  /// What was answered.
  MemorySegment reply() {
    return guestOut;
  }

  /// Has the request in place handled.
  ///
  /// @return length of the reply
  int send(RequestHandler handler) {
    int head = Math.min(HEAD_BYTES, requestLength);
    MemorySegment.copy(guestIn, 0, in(), 0, head);
    begin(head, requestLength, CAPACITY_BYTES);
    handler.handle(this);
    int fromOut = appendedBytes() > 0 ? REPLY_HEADER_BYTES : replyLength();
    MemorySegment.copy(out(), 0, guestOut, 0, fromOut);
    return replyLength();
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
    MemorySegment.copy(
        src, srcOffset, guestOut, (long) REPLY_HEADER_BYTES + appendedBytes(), length);
    appended(length);
    return 0;
  }
}
