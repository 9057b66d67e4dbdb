package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.InitFlag;
import io.famfs.fuse.protocol.InitFlag.Decision;
import io.famfs.fuse.protocol.InitOut;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.MemoryExchange;
import io.famfs.fuse.server.MemoryExchange.Reply;
import io.famfs.fuse.server.RequestBytes;
import io.famfs.fuse.server.Requests;
import io.famfs.fuse.server.Session;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InitTest {
  private TestVolume test;
  private Session session;
  private final MemoryExchange exchange = new MemoryExchange();

  @BeforeEach
  void open() throws IOException {
    test = TestVolume.inMemory();
    session =
        new FuseServer(new FamfsFileSystem(test.volume(), FamfsOptions.standard())).open(null);
  }

  @AfterEach
  void close() {
    session.close();
    test.close();
  }

  private Reply call(byte[] request) {
    return exchange.call(session, request);
  }

  @Test
  void nothingIsServedBeforeInit() {
    assertEquals(-Errno.EIO, call(Requests.getattr(1)).error());
    assertEquals(-Errno.EIO, call(Requests.lookup(1, "hello")).error());
    assertTrue(call(RequestBytes.of(Opcode.FORGET, 1).u64(1).bytes()).none());
    assertEquals(0, call(Requests.init()).error());
    assertEquals(0, call(Requests.getattr(1)).error());
  }

  @Test
  void agreesOnTheLowerVersionAndTheLimits() {
    var m = call(Requests.init()).message();
    assertEquals(7, InitOut.major(m, 16));
    assertEquals(45, InitOut.minor(m, 16));
    assertEquals(131072, InitOut.maxReadahead(m, 16));
    assertEquals(1 << 20, InitOut.maxWrite(m, 16));
    assertEquals(256, InitOut.maxPages(m, 16));
    assertEquals(0, InitOut.mapAlignment(m, 16));
    assertEquals(31, InitOut.minor(call(Requests.init(7, 31, 0, 0)).message(), 16));
    assertEquals(45, InitOut.minor(call(Requests.init(7, 99, 0, 0)).message(), 16));
  }

  @Test
  void aHigherMajorVersionIsAskedToComeDown() {
    Reply reply = call(Requests.init(8, 0, -1, -1));
    assertEquals(0, reply.error());
    assertEquals(7, InitOut.major(reply.message(), 16));
    assertEquals(-Errno.EIO, call(Requests.getattr(1)).error());
  }

  @Test
  void tooOldVersionsAreRefused() {
    assertEquals(-Errno.EPROTO, call(Requests.init(6, 45, 0, 0)).error());
    assertEquals(-Errno.EPROTO, call(Requests.init(7, 22, 0, 0)).error());
    assertEquals(-Errno.EPROTO, call(Requests.init(-1, 45, 0, 0)).error());
  }

  @Test
  void acceptsOnlyWhatIsOfferedAndMeant() {
    var m = call(Requests.init(7, 45, -1, -1)).message();
    long accepted =
        Integer.toUnsignedLong(InitOut.flags(m, 16))
            | Integer.toUnsignedLong(InitOut.flags2(m, 16)) << 32;
    assertEquals(
        InitFlag.accept(-1, Set.of(Decision.WITH_LOCKS, Decision.WITHOUT_WINDOW)), accepted);
    assertFalse(InitFlag.MAP_ALIGNMENT.in(accepted));
    assertFalse(InitFlag.HAS_INODE_DAX.in(accepted));
    assertFalse(InitFlag.WRITEBACK_CACHE.in(accepted));
    assertTrue(InitFlag.DIRECT_IO_ALLOW_MMAP.in(accepted));
    assertEquals(0, InitOut.flags(call(Requests.init(7, 45, 0, -1)).message(), 16));
  }

  @Test
  void aLimitForRequestsIsAnnouncedToPeersThatCanKeepIt() {
    FuseServer limited =
        new FuseServer(
            new FamfsFileSystem(test.volume(), FamfsOptions.standard()), Duration.ofSeconds(100));
    try (Session patient = limited.open(null)) {
      var m = exchange.call(patient, Requests.init(7, 45, -1, -1)).message();
      assertTrue(InitFlag.REQUEST_TIMEOUT.in((long) InitOut.flags2(m, 16) << 32));
      assertEquals(100, InitOut.requestTimeout(m, 16));
      m = exchange.call(patient, Requests.init(7, 42, -1, 0)).message();
      assertEquals(0, InitOut.requestTimeout(m, 16));
    }
    assertEquals(0, InitOut.requestTimeout(call(Requests.init(7, 45, -1, -1)).message(), 16));
  }

  @Test
  void theSecondWordCountsOnlyWhenItIsAnnounced() {
    int withoutExtension = -1 & ~(1 << InitFlag.INIT_EXT.bit());
    var m = call(Requests.init(7, 45, withoutExtension, -1)).message();
    assertEquals(0, InitOut.flags2(m, 16));
    byte[] old = RequestBytes.of(26, 0).u32(7).u32(31).u32(0).u32(-1).bytes();
    var reply = call(old).message();
    assertEquals(0, InitOut.flags2(reply, 16));
    assertFalse(InitFlag.INIT_EXT.in(Integer.toUnsignedLong(InitOut.flags(reply, 16))));
  }

  @Test
  void noBitIsTakenTwice() {
    Set<Integer> bits = new HashSet<>();
    for (InitFlag flag : InitFlag.values()) {
      assertTrue(bits.add(flag.bit()), flag.name());
    }
  }
}
