package io.famfs.fuse.server;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.Fields;
import io.famfs.fuse.protocol.InHeader;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.OutHeader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// A request as its handler sees it: header fields, where the arguments lie, the name, and the
/// place for the reply's body. One per worker, reused for every request.
public final class Request {
  /// Where the arguments begin in [#in()].
  public static final int ARGUMENTS = InHeader.BYTES;

  /// Where the reply's body begins in [#out()].
  public static final int BODY = OutHeader.BYTES;

  /// Longest name in bytes.
  public static final int NAME_MAX = 255;

  private static final long RESENT = 1L << 63;
  private static final int OPCODE_END = 8;
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Exchange exchange;
  private int nameOffset;
  private int nameLength;
  private int secondNameOffset;
  private int secondNameLength;
  private int opcode;
  private long unique;
  private long nodeid;
  private int uid;
  private int gid;
  private boolean squashed;
  private boolean superuser;
  private int argumentBytes;
  private boolean bigEndian;
  private boolean memoryFailed;
  private int wireOpenFlags;
  private ClientAbi abi = ClientAbi.UNKNOWN;
  private @Nullable Object scratch;
  private @Nullable Connection connection;
  @Nullable FuseSession session;
  WorkerCounters counters = new WorkerCounters();

  Request(Exchange exchange) {
    this.exchange = exchange;
  }

  /// The transport's side: payloads of READ and WRITE go through it.
  public Exchange exchange() {
    return exchange;
  }

  /// Private copy of the head of the request.
  public MemorySegment in() {
    return exchange.in();
  }

  /// Private buffer for the reply.
  public MemorySegment out() {
    return exchange.out();
  }

  /// Most bytes the reply's body may have in [#out()].
  public int bodyRoom() {
    return (int) Math.min(exchange.out().byteSize(), exchange.replyCapacity()) - BODY;
  }

  public int opcode() {
    return opcode;
  }

  public long unique() {
    return unique;
  }

  /// Whether the client sends this once more, because it was told that the server may have lost
  /// what it had not answered yet (`FUSE_UNIQUE_RESEND`), or the door has found it unanswered by
  /// another process. It may have been done before.
  public boolean resent() {
    return (unique & RESENT) != 0 || exchange.isRepeated();
  }

  /// The number of the request, the same when it is sent once more. Replies carry the other one.
  public long plainUnique() {
    return plain(unique);
  }

  static long plain(long unique) {
    return unique & ~RESENT;
  }

  /// What the request is about. Of a client that sees a part of the file system only, it is inside.
  public long nodeid() {
    return nodeid;
  }

  /// Says what the nodeid in the request's header stands for.
  void nodeid(long meant) {
    nodeid = meant;
  }

  /// User id of the caller, as the file system numbers it; [IdMap#NONE] for one it does not know.
  public int uid() {
    return uid;
  }

  /// Group id of the caller, in the same way.
  public int gid() {
    return gid;
  }

  /// Whether the caller is taken for another than it says.
  public boolean squashed() {
    return squashed;
  }

  /// Whether the caller may do everything with what it knows the owner of.
  public boolean superuser() {
    return superuser;
  }

  /// Says as whom the caller acts.
  void actAs(Identities identities) {
    squashed = identities.squash().takes(uid);
    superuser = squashed ? identities.squash().uid() == 0 : uid == 0;
    uid = identities.callerUid(uid);
    gid = identities.callerGid(gid);
  }

  /// All bytes behind the header, without extensions; may reach beyond what is in [#in()].
  public int argumentBytes() {
    return argumentBytes;
  }

  /// Where the name the request carries begins in [#in()].
  public int nameOffset() {
    return nameOffset;
  }

  /// Bytes of the name, without its terminator: 1 to [#NAME_MAX].
  public int nameLength() {
    return nameLength;
  }

  /// Where the second name begins in [#in()], for requests that carry two.
  public int secondNameOffset() {
    return secondNameOffset;
  }

  /// Bytes of the second name.
  public int secondNameLength() {
    return secondNameLength;
  }

  /// Whether the peer's byte order is the other one. What is in [#in()] and in [#out()] is
  /// little-endian all the same; this is about data that only a handler can tell the fields of.
  public boolean bigEndian() {
    return bigEndian;
  }

  /// Copies a structure of the request that may lie behind what is in [#in()].
  ///
  /// @return as [Exchange#copyIn]
  int copyFields(int requestOffset, Fields fields, MemorySegment dst, long dstOffset) {
    int result = exchange.copyIn(requestOffset, dst, dstOffset, fields.bytes());
    if (result == 0 && bigEndian) {
      fields.reverse(dst, dstOffset, dstOffset + fields.bytes());
    }
    return result;
  }

  /// What INIT agreed on.
  public Connection connection() {
    Connection agreed = connection;
    if (agreed == null) {
      throw new IllegalStateException("no INIT yet");
    }
    return agreed;
  }

  /// The file system as the client sees it.
  public ClientView view() {
    return connection().client().view();
  }

  /// What the file system keeps with this worker.
  public @Nullable Object scratch() {
    return scratch;
  }

  /// Keeps something with this worker.
  public void scratch(Object kept) {
    scratch = kept;
  }

  /// Whether the handler was ended by memory that has gone.
  boolean memoryFailed() {
    return memoryFailed;
  }

  void memoryFailed(boolean failed) {
    memoryFailed = failed;
  }

  /// Counts that this request failed because memory has gone.
  public void countMemoryFault() {
    counters.increment(WorkerCounters.MEMORY_FAULTS);
    MemoryFaultEvent.record(this);
  }

  /// Counts bytes of the request's file that a window shows from now on.
  public void countMapped(long bytes) {
    counters.mapped(nodeid, bytes);
  }

  void connection(@Nullable Connection agreed) {
    connection = agreed;
  }

  /// Takes the header apart.
  ///
  /// @param order byte order of the session; an INIT is read in its own
  /// @param known whose numbers the client uses
  /// @return 0, or -EINVAL when the header is cut or does not fit the request
  int decode(ByteOrder order, ClientAbi known) {
    MemorySegment in = exchange.in();
    int length = exchange.inLength();
    int raw = length >= OPCODE_END ? InHeader.opcode(in, 0) : 0;
    bigEndian =
        raw == Opcode.INIT_REVERSED || (raw != Opcode.INIT && order == ByteOrder.BIG_ENDIAN);
    if (bigEndian) {
      InHeader.FIELDS.reverse(in, 0, length);
    }
    abi = known;
    opcode = 0;
    nodeid = 0;
    unique = length >= OutHeader.BYTES ? InHeader.unique(in, 0) : 0;
    if (length < InHeader.BYTES) {
      return -Errno.EINVAL;
    }
    opcode = InHeader.opcode(in, 0);
    nodeid = InHeader.nodeid(in, 0);
    uid = InHeader.uid(in, 0);
    gid = InHeader.gid(in, 0);
    squashed = false;
    superuser = uid == 0;
    int extensionBytes = 8 * Short.toUnsignedInt(InHeader.totalExtlen(in, 0));
    argumentBytes = exchange.requestLength() - InHeader.BYTES - extensionBytes;
    boolean whole = InHeader.len(in, 0) == exchange.requestLength();
    return whole && argumentBytes >= 0 ? 0 : -Errno.EINVAL;
  }

  /// Makes the arguments little-endian and flags of open(2) in them canonical.
  void decodeArguments(Fields arguments) {
    int end = Math.min(exchange.inLength(), ARGUMENTS + argumentBytes);
    if (bigEndian) {
      arguments.reverse(exchange.in(), ARGUMENTS, end);
    }
    if (arguments.openFlagsOffset() >= 0 && ARGUMENTS + arguments.bytes() <= end) {
      long at = ARGUMENTS + (long) arguments.openFlagsOffset();
      wireOpenFlags = exchange.in().get(U32, at);
      if (!abi.canonical()) {
        exchange.in().set(U32, at, abi.openFlags(wireOpenFlags));
      }
    }
  }

  /// Whose numbers the client uses.
  ClientAbi abi() {
    return abi;
  }

  /// The flags of open(2) as they came.
  int wireOpenFlags() {
    return wireOpenFlags;
  }

  /// Writes the reply's header, in the byte order and with the errnos of the peer.
  void writeHeader(int totalBytes, int error) {
    OutHeader.write(exchange.out(), 0, totalBytes, abi.error(error), unique);
    if (bigEndian) {
      OutHeader.FIELDS.reverse(exchange.out(), 0, OutHeader.BYTES);
    }
  }

  /// Takes the name behind `fixedBytes` of arguments.
  ///
  /// @param slashes whether it may have slashes
  /// @return 0, -EINVAL when it is empty, not terminated or has a slash, -ENAMETOOLONG
  int decodeName(int fixedBytes, boolean slashes) {
    nameOffset = ARGUMENTS + fixedBytes;
    nameLength = measureName(nameOffset, slashes);
    return Math.min(nameLength, 0);
  }

  /// Takes the name behind the first one.
  ///
  /// @return as [#decodeName]
  int decodeSecondName() {
    secondNameOffset = nameOffset + nameLength + 1;
    secondNameLength = measureName(secondNameOffset, false);
    return Math.min(secondNameLength, 0);
  }

  private int measureName(int start, boolean slashes) {
    MemorySegment in = exchange.in();
    int end = Math.min(exchange.inLength(), ARGUMENTS + argumentBytes);
    for (int at = start; at < end; at++) {
      byte b = in.get(ValueLayout.JAVA_BYTE, at);
      if (b == 0) {
        return at == start ? -Errno.EINVAL : at - start;
      }
      if (b == '/' && !slashes) {
        return -Errno.EINVAL;
      }
      if (at - start == NAME_MAX) {
        return -Errno.ENAMETOOLONG;
      }
    }
    return -Errno.EINVAL;
  }
}
