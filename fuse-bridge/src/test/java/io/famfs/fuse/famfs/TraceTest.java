package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.MemoryExchange;
import io.famfs.fuse.server.Observation;
import io.famfs.fuse.server.RequestBytes;
import io.famfs.fuse.server.Requests;
import io.famfs.fuse.server.Session;
import io.famfs.fuse.server.Trace;
import io.famfs.fuse.server.TraceLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What a trace says of requests, legal ones and others.
class TraceTest {
  private static final String UNIQUE = Long.toUnsignedString(RequestBytes.UNIQUE);
  private static final String CALLER = " uid=0 gid=0 pid=1";
  private static final Pattern LINE =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z \"[ -~]*\" [<>] [ -~]+");

  /// Sends requests to a small volume and returns the lines, without time, client and duration.
  private static List<String> lines(List<String> only, byte[]... requests) throws IOException {
    return raw(only, requests).stream()
        .map(line -> line.replaceFirst("^\\S+ \"\\S+\" ", "").replaceFirst(" time=\\S+$", ""))
        .toList();
  }

  private static List<String> raw(List<String> only, byte[]... requests) throws IOException {
    ByteArrayOutputStream to = new ByteArrayOutputStream();
    TestVolume test = TestVolume.inMemory();
    try (test;
        TraceLog log = new TraceLog(to, 1 << 22)) {
      Trace trace = only.isEmpty() ? Trace.everything(log) : Trace.only(log, only);
      FuseServer server =
          new FuseServer(
              new FamfsFileSystem(test.volume(), FamfsOptions.standard()),
              ClientOptions.standard(),
              Observation.standard().withTrace(trace));
      try (Session session = server.open("evil\n\"client", new PageTableWindow(16 << 20))) {
        MemoryExchange exchange = new MemoryExchange();
        for (byte[] request : requests) {
          exchange.call(session, request);
        }
      }
      assertEquals(0, trace.dropped());
    }
    List<String> lines = to.toString(StandardCharsets.US_ASCII).lines().toList();
    for (String line : lines) {
      assertTrue(LINE.matcher(line).matches(), () -> "a line of another form: " + line);
    }
    return lines;
  }

  @Test
  void requestsAndRepliesAreShownByFieldAndFlagNames() throws IOException {
    List<String> lines =
        lines(
            List.of("lookup", "OPEN", "READ"),
            Requests.init(),
            Requests.lookup(1, "absent"),
            Requests.open(Opcode.OPEN, 1, 0102001),
            Requests.read(Opcode.READ, 1, 4096, 10));
    String head = " unique=" + UNIQUE;
    String request = head + " nodeid=1" + CALLER;
    assertEquals(
        List.of(
            "> LOOKUP" + request + " name=\"absent\"",
            "< LOOKUP" + head + " ENOENT",
            "> OPEN" + request + " flags=WRONLY open_flags=0",
            "< OPEN" + head + " EISDIR",
            "> READ"
                + request
                + " fh=0x1 offset=4096 size=10 read_flags=0 lock_owner=0x0 flags=RDONLY",
            "< READ" + head + " EISDIR"),
        lines);
  }

  @Test
  void everyKindOfReplyIsTold() throws IOException {
    List<String> lines =
        lines(
            List.of(),
            Requests.init(7, 45, 0, 0),
            Requests.setupMapping(2, 0, 0, 4096, 3),
            RequestBytes.of(Opcode.FORGET, 2).u64(1).bytes(),
            RequestBytes.of(Opcode.BMAP, 2).u64(7).u32(512).u32(0).bytes(),
            Requests.removeMapping(2, 0, 4096, 8192, 4096));
    String head = " unique=" + UNIQUE;
    assertTrue(
        lines.get(0).contains(" major=7 minor=45 max_readahead=131072 flags=0"), lines::toString);
    assertTrue(lines.get(1).startsWith("< INIT" + head + " ok major=7 minor=45"), lines::toString);
    assertTrue(
        lines.get(2).endsWith(" foffset=0 len=4096 flags=WRITE|READ moffset=0"), lines::toString);
    assertTrue(lines.get(4).endsWith(CALLER + " nlookup=1"), lines::toString);
    assertEquals("< FORGET" + head + " none", lines.get(5));
    assertTrue(lines.get(6).endsWith(" block=7 blocksize=512"), lines::toString);
    assertEquals("< BMAP" + head + " ENOSYS", lines.get(7));
    assertTrue(
        lines.get(8).endsWith(" count=2 moffset=0 len=4096 moffset=8192 len=4096"),
        lines::toString);
  }

  @Test
  void clientsAndNamesCannotWriteLines() throws IOException {
    byte[] name = {'a', '\n', '"', '\\', (byte) 0xff, 0x7f, ' ', 'z', 0};
    byte[] lookup = RequestBytes.of(Opcode.LOOKUP, 1).raw(name).bytes();
    String line = raw(List.of(), Requests.init(), lookup).get(2);
    assertTrue(line.contains(" \"evil\\x0a\\x22client\" > LOOKUP "), line);
    assertTrue(line.endsWith(" name=\"a\\x0a\\x22\\x5c\\xff\\x7f z\""), line);
  }

  @Test
  void whatIsNoRequestIsShownToo() throws IOException {
    byte[] whole = Requests.getattr(1);
    List<String> lines =
        lines(
            List.of(),
            RequestBytes.of(99, 5).u32(0).bytes(),
            RequestBytes.of(Opcode.GETATTR, 1).cut(20),
            Arrays.copyOf(whole, whole.length - 1),
            RequestBytes.of(Opcode.LOOKUP, 1).raw(new byte[300]).bytes());
    String head = " unique=" + UNIQUE;
    assertEquals("> #99" + head + " nodeid=5" + CALLER + " bytes=44", lines.get(0));
    assertEquals("< #99" + head + " ENOSYS", lines.get(1));
    assertEquals("> malformed bytes=20", lines.get(2));
    assertEquals("< #0" + head + " EINVAL", lines.get(3));
    assertEquals(8, lines.size());
  }

  @Test
  void randomBytesNeverBreakTheForm() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<byte[]> requests = new ArrayList<>(List.of(Requests.init()));
    for (int i = 0; i < 3000; i++) {
      byte[] body = new byte[random.nextInt(400)];
      random.nextBytes(body);
      int opcode = random.nextInt(8) == 0 ? random.nextInt() : random.nextInt(Opcode.LAST + 2);
      if (opcode != Opcode.DESTROY && opcode != Opcode.INIT) {
        byte[] request = RequestBytes.of(opcode, random.nextInt(8)).raw(body).bytes();
        if (random.nextInt(4) == 0) {
          request = Arrays.copyOf(request, random.nextInt(request.length + 1));
        }
        requests.add(request);
      }
    }
    List<String> lines = raw(List.of(), requests.toArray(byte[][]::new));
    assertEquals(2 * requests.size(), lines.size(), () -> "seed " + seed);
  }

  @Test
  void namesOfOperationsAreChecked() {
    TraceLog log = new TraceLog(OutputStream.nullOutputStream(), 100);
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> Trace.only(log, List.of("READX")));
    assertTrue(String.valueOf(e.getMessage()).contains("'READX': there are LOOKUP, "), e::toString);
    log.close();
  }

  /// Keeps its writer waiting until it is let go.
  private static final class Stuck extends OutputStream {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final CountDownLatch go = new CountDownLatch(1);
    private final CountDownLatch entered = new CountDownLatch(1);

    @Override
    public void write(byte[] bytes, int offset, int length) {
      entered.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      written.write(bytes, offset, length);
    }

    @Override
    public void write(int one) {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public String toString() {
      return written.toString(StandardCharsets.UTF_8);
    }
  }

  @Test
  void slowReaderCostsLinesNotTime() throws Exception {
    Stuck to = new Stuck();
    FuseServer server;
    try (TestVolume test = TestVolume.inMemory();
        TraceLog log = new TraceLog(to, 1000)) {
      Trace trace = Trace.only(log, List.of("GETATTR"));
      server =
          new FuseServer(
              new FamfsFileSystem(test.volume(), FamfsOptions.standard()),
              ClientOptions.standard(),
              Observation.standard().withTrace(trace));
      try (Session session = server.open("c", null)) {
        MemoryExchange exchange = new MemoryExchange();
        exchange.call(session, Requests.init());
        exchange.call(session, Requests.getattr(1));
        to.entered.await();
        for (int i = 0; i < 1000; i++) {
          exchange.call(session, Requests.getattr(1));
        }
      }
      long dropped = trace.dropped();
      assertTrue(dropped > 1900 && dropped < 2000, "dropped " + dropped);
      to.go.countDown();
    }
    List<String> lines = to.toString().lines().toList();
    List<String> gaps = lines.stream().filter(line -> line.startsWith("# ")).toList();
    assertEquals(1, gaps.size(), lines::toString);
    assertEquals(gaps.getFirst(), lines.getLast());
    int told = Integer.parseInt(gaps.getFirst().split(" ", -1)[1]);
    assertEquals(2002, told + lines.size() - 1);
  }
}
