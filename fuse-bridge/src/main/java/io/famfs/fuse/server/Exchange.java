package io.famfs.fuse.server;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.OutHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One request and the room for its reply; owned by one worker and reused for every request.
///
/// A door extends it. For each request it copies the head of the request into [#in()], calls
/// [#begin], hands the exchange to its session and then reads [#replyLength()]:
///
/// | replyLength | appendedBytes | reply |
/// |---|---|---|
/// | 0 | 0 | none (FORGET, INTERRUPT, nowhere to put one), or later ([#isDeferred()]) |
/// | 16 + appended | above 0 | 16 bytes from [#out()], the data is already behind it |
/// | 16 or more | 0 | `out()[0..replyLength)`; whatever was appended before is void |
///
/// The two private buffers are native memory, page aligned, so that nothing a peer changes while a
/// request is handled changes what was checked.
public abstract class Exchange {
  /// Bytes of the header before every reply.
  public static final int REPLY_HEADER_BYTES = 16;

  private static final int PAGE_BYTES = 4096;

  private final MemorySegment in;
  private final MemorySegment out;
  private int inLength;
  private int requestLength;
  private int replyCapacity;
  private int appendedBytes;
  private int replyLength;
  private boolean deferred;
  private boolean repeated;
  private @Nullable Request request;

  /// @param headBytes capacity of [#in()]: at least 8 KiB, so that every request but the payload of
  ///   WRITE fits
  /// @param replyBytes capacity of [#out()]: at least 4 KiB; directory listings are cut to it
  protected Exchange(int headBytes, int replyBytes) {
    in = Arena.ofAuto().allocate(headBytes, PAGE_BYTES);
    out = Arena.ofAuto().allocate(replyBytes, PAGE_BYTES);
  }

  /// Private copy of the first bytes of the request: header and arguments.
  public final MemorySegment in() {
    return in;
  }

  /// Valid bytes in [#in()]: the smaller of its capacity and the request's length.
  public final int inLength() {
    return inLength;
  }

  /// All bytes the peer sent.
  public final int requestLength() {
    return requestLength;
  }

  /// Private buffer for the reply's header and a small body.
  public final MemorySegment out() {
    return out;
  }

  /// All bytes the peer has room for; 0 when no reply is possible.
  public final int replyCapacity() {
    return replyCapacity;
  }

  /// Starts a request whose head the door has put into [#in()].
  ///
  /// @param inLength valid bytes in [#in()]
  /// @param requestLength all bytes the peer sent, at least `inLength`
  /// @param replyCapacity all bytes the peer has room for
  protected final void begin(int inLength, int requestLength, int replyCapacity) {
    Objects.checkFromToIndex(0, inLength, (int) in.byteSize());
    Objects.checkFromToIndex(inLength, requestLength, Integer.MAX_VALUE);
    this.inLength = inLength;
    this.requestLength = requestLength;
    this.replyCapacity = Math.max(0, replyCapacity);
    appendedBytes = 0;
    replyLength = 0;
    deferred = false;
    repeated = false;
  }

  /// Says of the request that was begun that another process may have handled it before, and that
  /// its peer has not seen a reply.
  protected final void repeat() {
    repeated = true;
  }

  /// Whether [#repeat()] was called.
  final boolean isRepeated() {
    return repeated;
  }

  /// Copies bytes of the request to `dst`: the payload of WRITE goes straight from where the peer
  /// put it into the device.
  ///
  /// @param requestOffset first byte, counted from the start of the request's header
  /// @return 0, or -EINVAL when the range is not inside the request, -EFAULT when an address of the
  ///   peer is not memory, -EIO when memory on either side has gone
  public abstract int copyIn(int requestOffset, MemorySegment dst, long dstOffset, int length);

  /// Appends data to the reply, directly behind the header and what was appended before. The memory
  /// must stay as it is until the reply has gone: a door may only note where it lies.
  ///
  /// @return 0, or -EINVAL when the reply has no room, -EFAULT when an address of the peer is not
  ///   memory, -EIO when memory on either side has gone
  public abstract int append(MemorySegment src, long srcOffset, int length);

  /// The same for memory that may change or be another's as soon as this returns.
  ///
  /// @return as [#append]
  public int appendCopy(MemorySegment src, long srcOffset, int length) {
    return append(src, srcOffset, length);
  }

  /// Bytes appended to the reply so far; 0 again when the outcome is something else than this data,
  /// such as an error after a part of it.
  public final int appendedBytes() {
    return appendedBytes;
  }

  /// Records that `length` more bytes were appended; for [#append] only.
  protected final void appended(int length) {
    appendedBytes = Math.addExact(appendedBytes, length);
  }

  /// Bytes that can still be appended.
  public final int appendRoom() {
    return Math.max(0, replyCapacity - REPLY_HEADER_BYTES - appendedBytes);
  }

  /// For a door that finds only when it sends the reply that appended memory has gone: replaces the
  /// reply, data and all, by an error. [#appendedBytes()] is 0 afterwards.
  protected final void failReply(int errno) {
    Request view = request();
    FuseSession session = view.session;
    if (errno == Errno.EIO) {
      view.countMemoryFault();
      if (session != null) {
        boolean _ = session.files().memoryFailed(view);
      }
    }
    view.counters.error(errno);
    view.writeHeader(OutHeader.BYTES, -errno);
    bodyReply(OutHeader.BYTES);
  }

  /// Keeps the request for a reply that is sent when its worker has gone on to others. When this
  /// was called and the outcome is [#isDeferred()], the door sends nothing now and keeps the peer's
  /// place for the reply.
  ///
  /// @return where to send it; null when this door cannot, or not one more
  protected @Nullable DeferredReply defer() {
    return null;
  }

  /// Whether the reply comes later; [#replyLength()] is 0.
  public final boolean isDeferred() {
    return deferred;
  }

  /// Forgets what was appended: the request is handled once more.
  final void rewind() {
    appendedBytes = 0;
    rewound();
  }

  /// For a door that keeps more of what is appended than its length.
  protected void rewound() {}

  /// Total bytes of the reply; 0 means that none is sent now.
  public final int replyLength() {
    return replyLength;
  }

  /// The server's view of this exchange, kept here so that each worker has its own.
  final Request request() {
    Request view = request;
    if (view == null) {
      view = new Request(this);
      request = view;
    }
    return view;
  }

  /// Sets the outcome: no reply.
  final void noReply() {
    replyLength = 0;
    appendedBytes = 0;
  }

  /// Sets the outcome: the reply comes later.
  final void laterReply() {
    noReply();
    deferred = true;
  }

  /// Sets the outcome: header and body are in [#out()].
  final void bodyReply(int totalLength) {
    replyLength = totalLength;
    appendedBytes = 0;
  }

  /// Sets the outcome: the header is in [#out()], the body is what was appended.
  final void appendedReply() {
    replyLength = REPLY_HEADER_BYTES + appendedBytes;
  }
}
