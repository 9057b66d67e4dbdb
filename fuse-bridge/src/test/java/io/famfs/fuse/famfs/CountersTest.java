package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.FileTraffic;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.MemoryExchange;
import io.famfs.fuse.server.Observation;
import io.famfs.fuse.server.OperationLatency;
import io.famfs.fuse.server.RequestBytes;
import io.famfs.fuse.server.Requests;
import io.famfs.fuse.server.ServerStats;
import io.famfs.fuse.server.Session;
import io.famfs.fuse.server.SessionReport;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a server counts is what was asked of it.
class CountersTest {
  private static final int RANGE = 2 << 20;

  private Served served;
  private long striped;

  @BeforeEach
  void serve() throws IOException {
    served = Served.with(new PageTableWindow(16 << 20));
    striped = served.test.nodeid("striped");
  }

  @AfterEach
  void close() {
    served.close();
  }

  private ServerStats stats() {
    return served.server.stats();
  }

  private OperationLatency latency(String name) {
    return Objects.requireNonNull(served.server.latencies().get(name), name);
  }

  @Test
  void bytesAreCountedByKindAndByFile() {
    long hello = served.test.nodeid("hello");
    served.call(Requests.read(Opcode.READ, striped, 0, 4096));
    served.call(Requests.read(Opcode.READ, hello, 2, 4096));
    served.call(Requests.read(Opcode.READ, hello, 5, 4096));
    served.call(Requests.write(striped, 0, new byte[1000]));
    served.call(Requests.setupMapping(striped, 0, 0, RANGE, 0));
    served.call(Requests.removeMapping(striped, 0, RANGE / 2, RANGE / 2, 4096));
    assertEquals(new ServerStats.Bytes(4099, 1000, RANGE, RANGE / 2 + 4096), stats().bytes());
    FileTraffic busy = new FileTraffic(striped, 4096, 1000, RANGE, 3);
    FileTraffic small = new FileTraffic(hello, 3, 0, 0, 2);
    assertEquals(List.of(busy, small), served.server.busiestFiles(10));
    assertEquals(busy, served.server.traffic(striped));
  }

  @Test
  void refusedRequestsMoveNoBytes() {
    served.call(Requests.read(Opcode.READ, 1, 0, 4096));
    served.call(Requests.write(striped, 1L << 40, new byte[10]));
    served.call(Requests.setupMapping(striped, 1, 0, RANGE, 0));
    served.call(Requests.removeMapping(striped, 1, 1));
    assertEquals(new ServerStats.Bytes(0, 0, 0, 0), stats().bytes());
    assertEquals(List.of(), served.server.busiestFiles(10));
    assertEquals(Map.of(Errno.EISDIR, 1L, Errno.EFBIG, 1L, Errno.EINVAL, 2L), stats().errors());
  }

  @Test
  void everyCauseIsCounted() {
    served.call(RequestBytes.of(99, 1).bytes());
    served.call(RequestBytes.of(Opcode.GETATTR, 1).cut(44));
    served.call(RequestBytes.of(Opcode.DESTROY, 0).bytes());
    served.call(Requests.getattr(1));
    assertEquals(new ServerStats.Causes(1, 1, 1, 0, 0), stats().causes());
    assertEquals(3 + 1, stats().requestCount());
  }

  @Test
  void timesAreKeptByOpcode() {
    for (int i = 0; i < 100; i++) {
      served.call(Requests.getattr(1));
    }
    OperationLatency first = latency("GETATTR");
    assertEquals(100, first.count());
    served.call(Requests.getattr(1));
    OperationLatency all = latency("GETATTR");
    assertEquals(101, all.count());
    assertTrue(0 < all.p50Nanos() && all.p50Nanos() <= all.p99Nanos(), all::toString);
    assertTrue(all.p99Nanos() <= all.maxNanos(), all::toString);
    assertTrue(all.maxNanos() <= all.sumNanos() * 1.01, all::toString);
    assertEquals(101, all.atMost().getLast());
    for (int i = 1; i < all.atMost().size(); i++) {
      assertTrue(all.atMost().get(i - 1) <= all.atMost().get(i), all::toString);
    }
    assertFalse(served.server.latencies().containsKey("READ"));
  }

  @Test
  void timesCanBeSwitchedOff() {
    FuseServer quiet =
        new FuseServer(
            served.files, ClientOptions.standard(), Observation.standard().withLatencies(false));
    try (Session session = quiet.open(null)) {
      new MemoryExchange().call(session, Requests.init());
      assertEquals(1, quiet.stats().requests("INIT"));
      assertTrue(quiet.latencies().isEmpty());
    }
  }

  @Test
  void countsOutliveWorkersAndSessions() {
    served.call(Requests.read(Opcode.READ, striped, 0, 4096));
    served.session.release(served.exchange);
    served.call(Requests.read(Opcode.READ, striped, 0, 4096));
    served.session.close();
    assertEquals(8192, stats().bytes().read());
    assertEquals(2, stats().requests("READ"));
    assertEquals(2, latency("READ").count());
    assertEquals(new FileTraffic(striped, 8192, 0, 0, 2), served.server.traffic(striped));
    assertEquals(List.of(), served.server.sessions());
  }

  @Test
  void clientsAreReportedAsTheyStand() {
    try (Session _ = served.server.open("b", null)) {
      List<SessionReport> sessions = served.server.sessions();
      assertEquals(List.of("b", "client"), sessions.stream().map(SessionReport::name).toList());
      assertFalse(sessions.getFirst().connected());
      SessionReport connected = sessions.getLast();
      assertTrue(connected.connected());
      assertEquals(45, connected.minor());
      assertEquals("little", connected.byteOrder());
      assertEquals("generic (assumed)", connected.architecture());
      assertTrue(connected.flags().contains("HAS_INODE_DAX"), connected::toString);
      assertEquals(16 << 20, Objects.requireNonNull(connected.window()).sizeBytes());
    }
  }

  @Test
  void metricsSayTheSame() throws IOException {
    served.call(Requests.read(Opcode.READ, striped, 0, 4096));
    served.call(Requests.lookup(1, "absent"));
    StringBuilder text = new StringBuilder();
    served.server.metrics().write(text);
    for (String line :
        new String[] {
          "famfs_requests_total{opcode=\"READ\"} 1",
          "famfs_read_bytes_total 4096",
          "famfs_error_replies_total{errno=\"ENOENT\"} 1",
          "famfs_bad_requests_total{cause=\"malformed\"} 0",
          "famfs_request_duration_seconds_count{opcode=\"READ\"} 1",
          "famfs_request_duration_seconds_bucket{opcode=\"READ\",le=\"+Inf\"} 1",
          "famfs_window_size_bytes{session=\"client\"} 16777216",
          "famfs_volume_directories 1",
          "famfs_volume_follow_state{state=\"current\"} 1",
          "famfs_metrics_failures_total 0",
        }) {
      assertTrue(text.toString().contains("\n" + line + "\n"), () -> line + " in\n" + text);
    }
  }
}
