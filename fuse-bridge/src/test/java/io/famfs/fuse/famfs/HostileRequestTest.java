package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.InHeader;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.MemoryExchange.Reply;
import io.famfs.fuse.server.RequestBytes;
import io.famfs.fuse.server.Requests;
import io.famfs.fuse.server.ServerStats;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Whatever a peer sends: a well-formed reply or none, never an exception, and the server lives.
class HostileRequestTest {
  private static final int RANDOM_REQUESTS = 100_000;

  private Served served;

  @BeforeEach
  void serve() throws IOException {
    served = Served.with(new PageTableWindow(64 << 20));
  }

  @AfterEach
  void close() {
    served.close();
  }

  /// A legal request of each kind that is served and replied to.
  private List<byte[]> legal() {
    long hello = served.test.nodeid("hello");
    long range = 2 << 20;
    List<byte[]> requests = new ArrayList<>();
    requests.add(Requests.lookup(1, "hello"));
    requests.add(Requests.getattr(hello));
    requests.add(Requests.setattr(hello, 0, 0, 0, 0));
    requests.add(Requests.open(Opcode.OPEN, hello, 0));
    requests.add(Requests.open(Opcode.OPENDIR, 1, 0));
    requests.add(Requests.read(Opcode.READ, hello, 0, 4096));
    requests.add(Requests.read(Opcode.READDIR, 1, 0, 4096));
    requests.add(Requests.read(Opcode.READDIRPLUS, 1, 0, 4096));
    requests.add(Requests.write(hello, 0, new byte[] {1}));
    requests.add(Requests.handle24(Opcode.FLUSH, hello));
    requests.add(Requests.handle24(Opcode.RELEASE, hello));
    requests.add(Requests.handle24(Opcode.RELEASEDIR, 1));
    requests.add(Requests.fsync(Opcode.FSYNC, hello));
    requests.add(Requests.fsync(Opcode.FSYNCDIR, 1));
    for (int opcode : new int[] {Opcode.GETLK, Opcode.SETLK, Opcode.SETLKW}) {
      Requests.Lock lock = new Requests.Lock(5, 3, 9, 1, 77, 0);
      requests.add(Requests.lock(opcode, hello, RequestBytes.UNIQUE, lock));
    }
    requests.add(Requests.statfs());
    requests.add(Requests.access(hello, 4, 0, 0));
    requests.add(Requests.setupMapping(hello, 0, range, range, 2));
    requests.add(Requests.removeMapping(hello, range, range));
    long simple = served.test.nodeid("simple");
    requests.add(Requests.fallocate(simple, 3, 1000, 200));
    requests.add(Requests.lseek(simple, 5, 3));
    requests.add(Requests.statx(hello, -1));
    requests.add(Requests.syncfs());
    requests.add(Requests.create(1, "made", 0100644, 2));
    requests.add(Requests.init());
    return requests;
  }

  @Test
  void everyRequestIsRefusedWhenItIsCutAnywhere() {
    for (byte[] whole : legal()) {
      int opcode = InHeader.opcode(MemorySegment.ofArray(whole), 0);
      assertEquals(0, served.call(whole).error(), "opcode " + opcode);
      for (int length = 0; length < whole.length; length++) {
        byte[] cut = new byte[length];
        System.arraycopy(whole, 0, cut, 0, length);
        if (length >= 4) {
          InHeader.len(MemorySegment.ofArray(cut), 0, length);
        }
        Reply reply = served.call(cut);
        assertTrue(reply.wellFormed());
        assertEquals(length < 16, reply.none(), "opcode " + opcode + " cut to " + length);
        // INIT of 16 bytes or more of arguments is one of an older kernel.
        boolean legalInit = opcode == Opcode.INIT && length >= InHeader.BYTES + 16;
        if (!reply.none()) {
          int expected = legalInit ? 0 : -Errno.EINVAL;
          assertEquals(expected, reply.error(), "opcode " + opcode + " cut to " + length);
          assertEquals(RequestBytes.UNIQUE, reply.unique());
        }
      }
    }
    assertEquals(0, served.server.stats().failures());
    assertTrue(served.server.stats().malformed() > 0);
  }

  @Test
  void theReplyIsNeverLongerThanItsRoom() {
    for (byte[] whole : legal()) {
      for (int room : new int[] {0, 1, 15, 16, 17, 40, 100, 144, 300}) {
        Reply reply = served.exchange.call(served.session, whole, room);
        assertTrue(reply.wellFormed());
        assertTrue(room >= 16 || reply.none());
      }
    }
  }

  @Test
  void aLengthFieldThatLiesIsRefused() {
    byte[] request = Requests.getattr(1);
    for (int length : new int[] {0, 39, request.length - 1, request.length + 1, -1}) {
      InHeader.len(MemorySegment.ofArray(request), 0, length);
      assertEquals(-Errno.EINVAL, served.call(request).error());
    }
  }

  @Test
  void extensionsBeyondTheRequestAreRefused() {
    byte[] request = Requests.getattr(1);
    InHeader.totalExtlen(MemorySegment.ofArray(request), 0, (short) 2);
    assertEquals(-Errno.EINVAL, served.call(request).error());
    InHeader.totalExtlen(MemorySegment.ofArray(request), 0, (short) -1);
    assertEquals(-Errno.EINVAL, served.call(request).error());
  }

  @Test
  void whatIsNotServedAnswersEnosys() {
    int[] unserved = {Opcode.BMAP, Opcode.POLL, 7, 19, 56, 4096, -1};
    for (int opcode : unserved) {
      byte[] request = RequestBytes.of(opcode, 1).bytes();
      assertEquals(-Errno.ENOSYS, served.call(request).error(), "opcode " + opcode);
    }
    assertEquals(5, served.server.stats().unknownOpcodes());
  }

  @Test
  void randomRequestsNeverHurt() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    byte[][] legal = legal().toArray(new byte[0][]);
    for (int i = 0; i < RANDOM_REQUESTS; i++) {
      byte[] request = random.nextInt(4) == 0 ? noise(random) : mutant(random, legal);
      int room = random.nextInt(8) == 0 ? random.nextInt(300) : 1 << 20;
      Reply reply = served.exchange.call(served.session, request, room);
      assertTrue(reply.wellFormed(), () -> "seed " + seed);
    }
    ServerStats stats = served.server.stats();
    assertEquals(0, stats.failures(), () -> "seed " + seed + ": " + stats);
    served.call(Requests.init());
    assertEquals(0, served.call(Requests.getattr(1)).error());
  }

  private static byte[] noise(SplittableRandom random) {
    byte[] request = new byte[random.nextInt(200)];
    random.nextBytes(request);
    if (request.length >= InHeader.BYTES) {
      MemorySegment m = MemorySegment.ofArray(request);
      InHeader.len(m, 0, request.length);
      InHeader.opcode(m, 0, random.nextInt(Opcode.LAST + 2));
      InHeader.totalExtlen(m, 0, (short) random.nextInt(3));
    }
    return request;
  }

  /// A legal request with a few fields of interesting values.
  private static byte[] mutant(SplittableRandom random, byte[][] legal) {
    byte[] request = legal[random.nextInt(legal.length)].clone();
    MemorySegment m = MemorySegment.ofArray(request);
    long[] interesting = {0, 1, -1, 4095, 4096, Long.MAX_VALUE, Long.MIN_VALUE, random.nextLong()};
    for (int n = random.nextInt(3); n >= 0; n--) {
      int words = (request.length - 16) / 4;
      int at = 16 + 4 * random.nextInt(words);
      int value = (int) interesting[random.nextInt(interesting.length)];
      m.set(ValueLayout.JAVA_INT_UNALIGNED, at, value);
    }
    return request;
  }
}
