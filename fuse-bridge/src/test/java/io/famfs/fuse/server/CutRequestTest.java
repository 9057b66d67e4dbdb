package io.famfs.fuse.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.InHeader;
import io.famfs.fuse.protocol.InitIn;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.MemoryExchange.Reply;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What the dispatcher refuses before a handler sees it: every row of the table, cut at every
/// length, with lengths that lie, without room for its reply, with names that are none, before INIT
/// and after DESTROY, in both byte orders.
class CutRequestTest {
  private static final int HEADER = InHeader.BYTES;
  private static final int REPLY_HEADER = 16;
  private static final int NAME_MAX = 255;

  /// Rows that answer ENOSYS to clients that have not agreed on them.
  private static final Set<Integer> NEGOTIATED = Set.of(Opcode.GET_FMAP, Opcode.GET_DAXDEV);

  private final DoNothing nothing = new DoNothing();
  private final FuseServer server = new FuseServer(nothing.files);
  private final MemoryExchange exchange = new MemoryExchange();

  static Stream<Arguments> rows() {
    return TableRow.all().stream()
        .flatMap(row ->
            Stream.of(
                Arguments.of(row, ByteOrder.LITTLE_ENDIAN),
                Arguments.of(row, ByteOrder.BIG_ENDIAN)));
  }

  /// A session that has had its INIT in an order.
  private Session session(ByteOrder order) {
    Session session = server.open(null);
    Reply reply = call(session, order, Requests.init(), MemoryExchange.CAPACITY_BYTES);
    assertEquals(0, reply.error());
    return session;
  }

  /// Sends a little-endian request in an order and turns the header of the reply back.
  private Reply call(Session session, ByteOrder order, byte[] request, int room) {
    if (order == ByteOrder.LITTLE_ENDIAN) {
      return exchange.call(session, request, room);
    }
    Reply reply = exchange.call(session, BigEndian.request(request), room);
    byte[] turned = BigEndian.reply(-1, reply.message().toArray(ValueLayout.JAVA_BYTE));
    return new Reply(MemorySegment.ofArray(turned), room);
  }

  private Reply call(Session session, ByteOrder order, byte[] request) {
    return call(session, order, request, MemoryExchange.CAPACITY_BYTES);
  }

  private static byte[] cut(byte[] whole, int length) {
    byte[] cut = Arrays.copyOf(whole, length);
    if (length >= Integer.BYTES) {
      InHeader.len(MemorySegment.ofArray(cut), 0, length);
    }
    return cut;
  }

  private static byte[] whole(TableRow row) {
    return row.opcode() == Opcode.INIT
        ? cut(Requests.init(), HEADER + InitIn.SHORT_BYTES)
        : row.request(1);
  }

  /// Requires the answer of a request that no handler has seen.
  private static void requireRefused(Reply reply, int errno, String what) {
    assertTrue(reply.wellFormed(), what);
    assertTrue(!reply.none(), what);
    assertEquals(-errno, reply.error(), what);
    assertEquals(RequestBytes.UNIQUE, reply.unique(), what);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void everyCutIsRefusedAndReachesNoHandler(TableRow row, ByteOrder order) {
    byte[] whole = whole(row);
    try (Session session = session(order)) {
      long calls = nothing.calls;
      for (int length = 0; length < whole.length; length++) {
        String what = row + " cut to " + length;
        Reply reply = call(session, order, cut(whole, length));
        boolean silent = length >= HEADER && row.served() && !row.reply();
        if (length < REPLY_HEADER || silent) {
          assertTrue(reply.none(), what);
        } else {
          boolean known = row.served() || length < HEADER;
          requireRefused(reply, known ? Errno.EINVAL : Errno.ENOSYS, what);
        }
        assertEquals(calls, nothing.calls, what);
      }
      requireHandled(session, order, row, whole);
    }
  }

  /// The same request, whole, is not the dispatcher's to refuse.
  private void requireHandled(Session session, ByteOrder order, TableRow row, byte[] whole) {
    long malformed = server.stats().malformed();
    Reply reply = call(session, order, whole);
    assertTrue(reply.wellFormed(), row.name());
    assertEquals(malformed, server.stats().malformed(), row.name());
    assertEquals(!row.reply(), reply.none(), row.name());
    if (row.reply() && !NEGOTIATED.contains(row.opcode())) {
      assertEquals(!row.served(), reply.error() == -Errno.ENOSYS, row.name());
      assertTrue(reply.error() != 0 || reply.bodyLength() == row.bodyBytes(), row.name());
    }
    assertEquals(0, server.stats().failures(), row.name());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void aLengthFieldThatLiesIsRefused(TableRow row, ByteOrder order) {
    byte[] whole = whole(row);
    try (Session session = session(order)) {
      long calls = nothing.calls;
      int n = whole.length;
      for (int lie :
          new int[] {0, 1, HEADER - 1, n - 1, n + 1, 2 * n, -n, -1, Integer.reverseBytes(n)}) {
        InHeader.len(MemorySegment.ofArray(whole), 0, lie);
        Reply reply = call(session, order, whole);
        requireRefused(reply, Errno.EINVAL, row + " of " + n + " bytes says " + lie);
      }
      InHeader.len(MemorySegment.ofArray(whole), 0, n);
      for (int units : new int[] {(n - HEADER) / 8 + 1, 0x7fff, 0xffff}) {
        InHeader.totalExtlen(MemorySegment.ofArray(whole), 0, (short) units);
        Reply reply = call(session, order, whole);
        requireRefused(reply, Errno.EINVAL, row + " with " + units + " words of extensions");
      }
      assertEquals(calls, nothing.calls, row.name());
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void extensionsAreNotArguments(TableRow row, ByteOrder order) {
    if (!row.served() || row.argumentBytes() + row.names() == 0) {
      return;
    }
    byte[] whole = whole(row);
    byte[] extended = cut(whole, whole.length + 7 & ~7);
    InHeader.totalExtlen(MemorySegment.ofArray(extended), 0, (short) ((extended.length - 39) / 8));
    try (Session session = session(order)) {
      long calls = nothing.calls;
      Reply reply = call(session, order, extended);
      assertEquals(!row.reply(), reply.none(), row.name());
      if (row.reply()) {
        requireRefused(reply, Errno.EINVAL, row + ", all of it extensions");
      }
      assertEquals(calls, nothing.calls, row.name());
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void withoutRoomForTheReplyNothingIsDone(TableRow row, ByteOrder order) {
    if (!row.served() || !row.reply()) {
      return;
    }
    byte[] whole = whole(row);
    try (Session session = session(order)) {
      long calls = nothing.calls;
      int needed = REPLY_HEADER + row.bodyBytes();
      for (int room = 0; room < needed; room++) {
        String what = row + " with room for " + room;
        Reply reply = call(session, order, whole, room);
        if (room < REPLY_HEADER) {
          assertTrue(reply.none(), what);
        } else {
          requireRefused(reply, Errno.EINVAL, what);
        }
        assertEquals(calls, nothing.calls, what);
      }
      long malformed = server.stats().malformed();
      Reply reply = call(session, order, whole, needed);
      assertTrue(reply.wellFormed() && !reply.none(), row.name());
      assertEquals(malformed, server.stats().malformed(), row.name());
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void namesThatAreNoneAreRefused(TableRow row, ByteOrder order) {
    String longest = "n".repeat(NAME_MAX);
    String umlauts = "\u00fc".repeat(NAME_MAX / 2);
    try (Session session = session(order)) {
      for (int bad = 0; bad < row.names(); bad++) {
        requireName(session, order, row, bad, "", Errno.EINVAL);
        int slash = row.slashes() ? 0 : Errno.EINVAL;
        requireName(session, order, row, bad, "a/b", slash);
        requireName(session, order, row, bad, "/", slash);
        requireName(session, order, row, bad, longest + "n", Errno.ENAMETOOLONG);
        requireName(session, order, row, bad, longest.repeat(8), Errno.ENAMETOOLONG);
        requireName(session, order, row, bad, umlauts + "\u00fc", Errno.ENAMETOOLONG);
        for (String good : List.of("n", longest, umlauts, ".", "..", "\uFFFD", "\n", "a b")) {
          requireName(session, order, row, bad, good, 0);
        }
      }
    }
  }

  private void requireName(
      Session session, ByteOrder order, TableRow row, int at, String name, int errno) {
    byte[] request = row.request(1, at == 0 ? name : "one", at == 1 ? name : "two");
    long calls = nothing.calls;
    Reply reply = call(session, order, request);
    String what = row + " of name " + at + ", " + name.length() + " chars: '" + name + "'";
    if (errno != 0) {
      requireRefused(reply, errno, what);
      assertEquals(calls, nothing.calls, what);
    } else {
      assertEquals(calls + 1, nothing.calls, what);
      requireNotTerminated(session, order, request, what);
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void aNameWithANulIsRefusedUnlessDataMayFollow(TableRow row, ByteOrder order) {
    if (row.names() == 0) {
      return;
    }
    String last = "two\0ofthem";
    byte[] request = row.names() == 1 ? row.request(1, last, "") : row.request(1, "one", last);
    try (Session session = session(order)) {
      long calls = nothing.calls;
      Reply reply = call(session, order, request);
      if (row.data()) {
        assertEquals(0, reply.error(), row.name());
      } else {
        requireRefused(reply, Errno.EINVAL, row + " with a NUL in its name");
      }
      assertEquals(row.data(), nothing.calls > calls, row.name());
    }
  }

  private void requireNotTerminated(Session session, ByteOrder order, byte[] request, String what) {
    byte[] open = request.clone();
    open[open.length - 1] = 'z';
    Reply reply = call(session, order, open);
    boolean longest = new String(open, StandardCharsets.ISO_8859_1).matches("(?s).*[^\0]{256}");
    requireRefused(reply, longest ? Errno.ENAMETOOLONG : Errno.EINVAL, what + ", open");
  }

  @ParameterizedTest
  @MethodSource("rows")
  void beforeInitAndAfterDestroyNothingIsServed(TableRow row, ByteOrder order) {
    if (row.opcode() == Opcode.INIT) {
      return;
    }
    Session session = session(order);
    byte[] destroy = RequestBytes.of(Opcode.DESTROY, 0).bytes();
    assertEquals(0, call(session, order, destroy).error());
    requireNotServed(session, order, row);
    session.close();
    requireNotServed(session, order, row);
    if (order == ByteOrder.LITTLE_ENDIAN) {
      requireNotServed(server.open(null), order, row);
    }
  }

  private void requireNotServed(Session session, ByteOrder order, TableRow row) {
    long calls = nothing.calls;
    Reply reply = call(session, order, row.request(1));
    assertEquals(!row.reply(), reply.none(), row.name());
    if (row.reply()) {
      requireRefused(reply, row.served() ? Errno.EIO : Errno.ENOSYS, row.name());
    }
    assertEquals(calls, nothing.calls, row.name());
  }

  @ParameterizedTest
  @MethodSource("orders")
  void whatIsInNoRowAnswersEnosys(ByteOrder order) {
    try (Session session = session(order)) {
      int unknown = 0;
      long calls = nothing.calls;
      for (int opcode = -300; opcode < 5000; opcode++) {
        @Nullable Operation row = OperationTable.find(opcode);
        if (row == null) {
          unknown++;
          byte[] request = RequestBytes.of(opcode, 1).raw(new byte[opcode & 127]).bytes();
          requireRefused(call(session, order, request), Errno.ENOSYS, "opcode " + opcode);
        }
      }
      assertEquals(unknown, server.stats().unknownOpcodes());
      assertEquals(calls, nothing.calls);
      byte[] getattr = Requests.getattr(1);
      assertEquals(0, call(session, order, getattr).error());
      assertEquals(calls + 1, nothing.calls);
    }
  }

  static Stream<ByteOrder> orders() {
    return Stream.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN);
  }
}
