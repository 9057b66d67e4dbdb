package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.fuse.protocol.InHeader;
import io.famfs.fuse.protocol.OutHeader;
import io.famfs.fuse.server.CopyingExchange;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WarmUpTest {
  private static final Duration NO_TIME = Duration.ZERO;
  private static final Duration LONG = Duration.ofMinutes(1);

  @Test
  void whatIsAskedSucceeds() throws IOException {
    try (Served served = Served.standard()) {
      long file = served.test.nodeid("striped");
      CopyingExchange exchange = new CopyingExchange();
      for (MemorySegment request : WarmUp.requests(file, "striped")) {
        exchange.prepare(request);
        exchange.send(served.session);
        int expected = InHeader.opcode(request, 0) == 1 && isMissing(request) ? -2 : 0;
        assertEquals(expected, OutHeader.error(exchange.replyMemory(), 0), "opcode of " + request);
      }
    }
  }

  private static boolean isMissing(MemorySegment request) {
    return request.getString(InHeader.BYTES).equals("missing");
  }

  @Test
  void endsWithItsTime() throws IOException {
    int asked = WarmUp.run(NO_TIME);
    assertTrue(asked > 0 && asked < 1000, () -> asked + " requests");
  }

  @Test
  void endsWhenEverythingWasAskedOftenEnough() throws IOException {
    assertTrue(WarmUp.run(LONG) > 100_000);
  }
}
