package io.famfs.fuse.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.famfs.fuse.server.MemoryExchange.Reply;
import io.famfs.fuse.server.RequestStream.Step;
import java.nio.ByteOrder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;

/// Arbitrary bytes through the dispatcher, with a file system behind it that does nothing: nothing
/// is thrown, every reply is well-formed, and afterwards a client is served as ever.
///
/// A plain test run replays the known inputs and a request of every row of the table;
/// `JAZZER_FUZZ=1` searches for new ones, see the README.
class DispatcherFuzzTest {
  private static final DoNothing NOTHING = new DoNothing();
  private static final FuseServer SERVER = new FuseServer(NOTHING.files);
  private static final MemoryExchange EXCHANGE = new MemoryExchange();

  static Stream<byte[]> everyRow() {
    return Stream.of(
        RequestStream.steps(ByteOrder.LITTLE_ENDIAN, 1),
        RequestStream.steps(ByteOrder.BIG_ENDIAN, 1));
  }

  @MethodSource("everyRow")
  @FuzzTest(maxDuration = "10m")
  void anyBytesGetAWellFormedReplyOrNone(byte[] bytes) {
    RequestStream steps = new RequestStream(bytes, 0, 1, 2, -1);
    try (Session session = SERVER.open(null)) {
      for (@Nullable Step step = steps.next(); step != null; step = steps.next()) {
        if (step.init() != null) {
          NOTHING.result = 0;
          send(session, step.init(), MemoryExchange.CAPACITY_BYTES);
        }
        NOTHING.result = -step.answer();
        send(session, step.request(), step.room());
      }
      NOTHING.result = 0;
      assertEquals(0, send(session, Requests.init(), MemoryExchange.CAPACITY_BYTES));
      long calls = NOTHING.calls;
      assertEquals(0, send(session, Requests.getattr(1), MemoryExchange.CAPACITY_BYTES));
      assertEquals(calls + 1, NOTHING.calls);
    }
    for (Reply late = EXCHANGE.late().poll(); late != null; late = EXCHANGE.late().poll()) {
      assertTrue(late.message().byteSize() == Exchange.REPLY_HEADER_BYTES);
    }
    assertEquals(0, SERVER.stats().failures());
  }

  private static int send(Session session, byte[] request, int room) {
    ByteOrder order = session.order();
    return RepliesInOrder.require(request, order, EXCHANGE.call(session, request, room));
  }
}
