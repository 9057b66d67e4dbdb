package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.ArchitectureFamily;
import io.famfs.fuse.protocol.ClientArchitecture;
import io.famfs.fuse.protocol.InitFlag;
import io.famfs.fuse.protocol.InitOut;
import io.famfs.fuse.protocol.LkOut;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.ReleaseIn;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.LinuxNumbers;
import io.famfs.fuse.server.LockPolicy;
import io.famfs.fuse.server.MemoryExchange;
import io.famfs.fuse.server.MemoryExchange.Reply;
import io.famfs.fuse.server.RequestBytes;
import io.famfs.fuse.server.Requests;
import io.famfs.fuse.server.Requests.Lock;
import io.famfs.fuse.server.Session;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Locks on the wire, between two clients of one server.
class LocksTest {
  private static final int READ = 0;
  private static final int WRITE = 1;
  private static final int UNLOCK = 2;
  private static final long END = Long.MAX_VALUE;
  private static final long RESENT = 1L << 63;
  private static final long FIRST_OWNER = 0xaaaa_0000_0000_0001L;
  private static final long SECOND_OWNER = 0xbbbb_0000_0000_0002L;

  private TestVolume test;
  private FuseServer server;
  private Client first;
  private Client second;
  private long hello;

  /// A connection that has had its INIT.
  private final class Client implements AutoCloseable {
    final Session session;
    final MemoryExchange exchange = new MemoryExchange();

    Client(FuseServer of, byte[] init) {
      session = of.open(null);
      assertEquals(0, exchange.call(session, init).error());
    }

    int call(byte[] request) {
      return exchange.call(session, request).error();
    }

    int set(long owner, long start, long end, int type) {
      return call(Requests.lock(Opcode.SETLK, hello, 2, new Lock(owner, start, end, type, 7, 0)));
    }

    int flock(long owner, int type) {
      return call(Requests.lock(Opcode.SETLK, hello, 2, new Lock(owner, 0, END, type, 7, 1)));
    }

    /// Sends a SETLKW and requires that there is no answer yet.
    void waits(long unique, Lock lock) {
      Reply now = exchange.call(session, Requests.lock(Opcode.SETLKW, hello, unique, lock));
      assertTrue(now.none());
      assertTrue(exchange.isDeferred());
    }

    /// The next late answer, which must be there already.
    int late(long unique) {
      Reply reply = exchange.late().poll();
      assertNotNull(reply, "no answer");
      assertTrue(reply.wellFormed());
      assertEquals(unique, reply.unique());
      return reply.error();
    }

    Reply get(long owner, long start, long end, int type) {
      return exchange.call(
          session, Requests.lock(Opcode.GETLK, hello, 2, new Lock(owner, start, end, type, 7, 0)));
    }

    @Override
    public void close() {
      session.close();
    }
  }

  @BeforeEach
  void open() throws IOException {
    test = TestVolume.inMemory();
    hello = test.nodeid("hello");
    server = serve(LockPolicy.SERVER, Duration.ZERO);
    first = new Client(server, Requests.init());
    second = new Client(server, Requests.init());
  }

  private FuseServer serve(LockPolicy policy, Duration timeout) {
    return new FuseServer(
        new FamfsFileSystem(test.volume(), FamfsOptions.standard()),
        ClientOptions.standard()
            .withArchitecture(ClientArchitecture.X86)
            .withLocks(policy)
            .withRequestTimeout(timeout));
  }

  @AfterEach
  void close() {
    first.close();
    second.close();
    test.close();
  }

  private static Lock write(long owner, long start, long end) {
    return new Lock(owner, start, end, WRITE, 7, 0);
  }

  @Test
  void oneClientSeesTheLocksOfAnother() {
    assertEquals(0, first.set(FIRST_OWNER, 10, 19, WRITE));
    assertEquals(-Errno.EAGAIN, second.set(FIRST_OWNER, 19, 19, READ), "another client's owner");
    assertEquals(0, second.set(SECOND_OWNER, 20, END, WRITE));
    Reply found = second.get(SECOND_OWNER, 0, 100, READ);
    assertEquals(0, found.error());
    requireLock(found, 10, 19, WRITE, 0);
    requireLock(first.get(SECOND_OWNER, 0, 100, READ), 10, 19, WRITE, 7);
    requireLock(first.get(FIRST_OWNER, 0, 15, READ), 0, 15, UNLOCK, 0);
  }

  private static void requireLock(Reply reply, long start, long end, int type, int pid) {
    MemorySegment message = reply.message();
    assertEquals(start, LkOut.start(message, 16));
    assertEquals(end, LkOut.end(message, 16));
    assertEquals(type, LkOut.type(message, 16));
    assertEquals(pid, LkOut.pid(message, 16));
    assertEquals(LkOut.BYTES, reply.bodyLength());
  }

  @Test
  void recordAndWholeFileLocksDoNotSeeEachOther() {
    assertEquals(0, first.set(FIRST_OWNER, 0, END, WRITE));
    assertEquals(0, second.flock(SECOND_OWNER, WRITE));
    assertEquals(-Errno.EAGAIN, first.flock(FIRST_OWNER, READ));
    assertEquals(0, second.flock(SECOND_OWNER, READ));
    assertEquals(0, first.flock(FIRST_OWNER, READ));
    assertEquals(-Errno.EAGAIN, second.flock(SECOND_OWNER, WRITE));
    assertEquals(0, first.flock(FIRST_OWNER, WRITE), "a conversion that fails has lost its lock");
  }

  @Test
  void aRequestWaitsAndOthersGoOn() {
    assertEquals(0, first.set(FIRST_OWNER, 0, END, WRITE));
    second.waits(40, write(SECOND_OWNER, 5, 5));
    assertEquals(0, second.call(Requests.getattr(hello)));
    assertEquals(0, first.set(FIRST_OWNER, 0, 4, UNLOCK));
    assertTrue(second.exchange.late().isEmpty());
    assertEquals(0, first.set(FIRST_OWNER, 5, 5, UNLOCK));
    assertEquals(0, second.late(40));
    assertEquals(-Errno.EAGAIN, first.set(FIRST_OWNER, 5, 5, READ));
  }

  @Test
  void interruptEndsTheWaitAlsoWhenItComesFirst() {
    assertEquals(0, first.set(FIRST_OWNER, 0, END, WRITE));
    second.waits(40, write(SECOND_OWNER, 5, 5));
    assertTrue(second.exchange.call(second.session, Requests.interrupt(40)).none());
    assertEquals(-Errno.EINTR, second.late(40));
    assertTrue(second.exchange.call(second.session, Requests.interrupt(42)).none());
    byte[] late = Requests.lock(Opcode.SETLKW, hello, 42, write(SECOND_OWNER, 5, 5));
    assertEquals(-Errno.EINTR, second.call(late));
    assertEquals(0, first.set(FIRST_OWNER, 0, END, UNLOCK));
    assertTrue(second.exchange.late().isEmpty());
  }

  @Test
  void closingGivesBackWhatLinuxExpects() {
    assertEquals(0, first.set(FIRST_OWNER, 0, 9, WRITE));
    assertEquals(0, first.set(SECOND_OWNER, 10, 19, WRITE));
    assertEquals(0, first.flock(FIRST_OWNER, WRITE));
    assertEquals(0, first.call(Requests.close(Opcode.FLUSH, hello, 0, FIRST_OWNER)));
    assertEquals(0, second.set(FIRST_OWNER, 0, 9, WRITE));
    assertEquals(-Errno.EAGAIN, second.set(FIRST_OWNER, 10, 10, WRITE));
    assertEquals(0, first.call(Requests.close(Opcode.RELEASE, hello, 0, FIRST_OWNER)));
    assertEquals(-Errno.EAGAIN, second.flock(1, READ), "RELEASE without the flag");
    int flag = ReleaseIn.FLOCK_UNLOCK;
    assertEquals(0, first.call(Requests.close(Opcode.RELEASE, hello, flag, FIRST_OWNER)));
    assertEquals(0, second.flock(1, READ));
  }

  @Test
  void theEndOfASessionGivesEverythingBack() {
    assertEquals(0, first.set(FIRST_OWNER, 0, END, WRITE));
    second.waits(40, write(SECOND_OWNER, 0, 0));
    assertEquals(0, first.call(RequestBytes.of(Opcode.DESTROY, 0).bytes()));
    assertEquals(0, second.late(40));
    assertEquals(0, first.call(Requests.init()));
    first.waits(50, write(FIRST_OWNER, 0, 0));
    assertEquals(0, second.call(Requests.init()), "a new INIT ends what was before");
    assertEquals(0, first.late(50));
    second.waits(60, write(SECOND_OWNER, 0, 0));
    first.close();
    assertEquals(0, second.late(60));
    first = new Client(server, Requests.init());
    first.waits(70, write(FIRST_OWNER, 0, 0));
    first.close();
    assertEquals(-Errno.ENOTCONN, first.late(70));
    assertEquals(0, second.set(SECOND_OWNER, 0, 0, UNLOCK));
    assertNull(first.exchange.late().poll());
  }

  @Test
  void aDeadlockAcrossClientsIsRefused() {
    assertEquals(0, first.set(FIRST_OWNER, 0, 0, WRITE));
    assertEquals(0, second.set(SECOND_OWNER, 1, 1, WRITE));
    first.waits(40, write(FIRST_OWNER, 1, 1));
    byte[] back = Requests.lock(Opcode.SETLKW, hello, 42, write(SECOND_OWNER, 0, 0));
    assertEquals(-Errno.EDEADLK, second.call(back));
  }

  @Test
  void aResentRequestTakesThePlaceOfTheFirst() {
    assertEquals(0, first.set(FIRST_OWNER, 0, END, WRITE));
    second.waits(40, write(SECOND_OWNER, 5, 5));
    second.waits(40 | RESENT, write(SECOND_OWNER, 5, 5));
    assertEquals(0, first.set(FIRST_OWNER, 0, END, UNLOCK));
    assertEquals(0, second.late(40 | RESENT));
    assertTrue(second.exchange.late().isEmpty());
    byte[] done = Requests.lock(Opcode.SETLKW, hello, 40 | RESENT, write(SECOND_OWNER, 5, 5));
    assertEquals(0, second.call(done), "it has the lock already");
    first.waits(50, write(FIRST_OWNER, 5, 5));
    first.waits(50 | RESENT, write(FIRST_OWNER, 5, 5));
    assertTrue(first.exchange.call(first.session, Requests.interrupt(50 | RESENT)).none());
    assertEquals(-Errno.EINTR, first.late(50 | RESENT));
  }

  @Test
  void badRequestsAreRefused() {
    assertEquals(-Errno.EINVAL, first.set(1, 5, 4, WRITE));
    assertEquals(-Errno.EINVAL, first.set(1, -1, 4, WRITE));
    assertEquals(-Errno.EINVAL, first.set(1, 0, -1, WRITE));
    assertEquals(-Errno.EINVAL, first.set(1, 0, 4, 3));
    assertEquals(-Errno.EINVAL, first.set(1, 0, 4, -1));
    Lock flags = new Lock(1, 0, 4, WRITE, 7, 2);
    assertEquals(-Errno.EINVAL, first.call(Requests.lock(Opcode.SETLK, hello, 2, flags)));
    assertEquals(-Errno.ESTALE, first.call(Requests.lock(Opcode.GETLK, 99_999, 2, write(1, 0, 4))));
    assertEquals(-Errno.EISDIR, first.call(Requests.lock(Opcode.SETLK, 1, 2, write(1, 0, 4))));
  }

  @Test
  void theReplyOfGetlkHasNoRoomThenItIsInvalid() {
    byte[] get = Requests.lock(Opcode.GETLK, hello, 2, write(1, 0, 4));
    assertEquals(-Errno.EINVAL, first.exchange.call(first.session, get, 39).error());
  }

  @Test
  void aPolicyDeclinesOrRefuses() {
    try (Client none = new Client(serve(LockPolicy.NONE, Duration.ZERO), Requests.init())) {
      long flags = flags(none.exchange.call(none.session, Requests.init()));
      assertFalse(InitFlag.POSIX_LOCKS.in(flags));
      assertFalse(InitFlag.FLOCK_LOCKS.in(flags));
      assertEquals(-Errno.ENOLCK, none.set(1, 0, 4, WRITE));
    }
    try (Client refuse = new Client(serve(LockPolicy.REFUSE, Duration.ZERO), Requests.init())) {
      long flags = flags(refuse.exchange.call(refuse.session, Requests.init()));
      assertTrue(InitFlag.POSIX_LOCKS.in(flags));
      assertTrue(InitFlag.FLOCK_LOCKS.in(flags));
      assertEquals(-Errno.ENOLCK, refuse.set(1, 0, 4, WRITE));
      assertEquals(-Errno.ENOLCK, refuse.get(1, 0, 4, WRITE).error());
      assertEquals(-Errno.ENOLCK, refuse.flock(1, READ));
    }
  }

  private static long flags(Reply init) {
    return Integer.toUnsignedLong(InitOut.flags(init.message(), 16));
  }

  @Test
  void aWaitEndsBeforeTheClientGivesTheServerUp() throws InterruptedException {
    try (Client hurried =
        new Client(serve(LockPolicy.SERVER, Duration.ofSeconds(1)), Requests.init(7, 45, -1, -1))) {
      assertEquals(0, hurried.set(FIRST_OWNER, 0, 4, WRITE));
      hurried.waits(40, write(SECOND_OWNER, 0, 0));
      Reply reply = hurried.exchange.late().poll(30, TimeUnit.SECONDS);
      assertNotNull(reply);
      assertEquals(-Errno.ENOLCK, reply.error());
    }
  }

  /// alpha numbers types 1, 2, 8 and errnos its own way.
  @Test
  void anotherArchitectureHasOtherNumbers() {
    FuseServer alpha =
        new FuseServer(
            new FamfsFileSystem(test.volume(), FamfsOptions.standard()),
            ClientOptions.standard().withArchitecture(ClientArchitecture.ALPHA));
    try (Client client = new Client(alpha, Requests.init())) {
      assertEquals(-Errno.EINVAL, client.set(1, 0, 4, 0));
      assertEquals(-Errno.EINVAL, client.set(1, 0, 4, 3));
      assertEquals(0, client.set(1, 0, 4, 2));
      requireLock(client.get(2, 0, 9, 1), 0, 4, 2, 7);
      requireLock(client.get(2, 5, 9, 1), 5, 9, 8, 0);
      assertEquals(0, client.set(2, 5, 5, 2));
      client.waits(40, new Lock(1, 5, 5, 2, 7, 0));
      byte[] back = Requests.lock(Opcode.SETLKW, hello, 42, new Lock(2, 0, 0, 2, 7, 0));
      int deadlock = LinuxNumbers.errno(ArchitectureFamily.ALPHA, Errno.EDEADLK);
      assertEquals(-deadlock, client.call(back));
      assertTrue(client.exchange.call(client.session, Requests.interrupt(40)).none());
      assertEquals(-Errno.EINTR, client.late(40));
      assertEquals(0, client.set(1, 0, 4, 8));
      requireLock(client.get(2, 0, 4, 1), 0, 4, 8, 0);
    }
  }

  @Test
  void whatAClientOfUnknownArchitectureMeansIsNotGuessed() {
    FuseServer any = new FuseServer(new FamfsFileSystem(test.volume(), FamfsOptions.standard()));
    try (Client client = new Client(any, Requests.init())) {
      assertEquals(0, client.set(1, 0, 4, WRITE));
      assertEquals(-Errno.ENOLCK, client.set(1, 0, 4, UNLOCK), "it may be F_WRLCK");
      byte[] unlock = Requests.lock(Opcode.SETLK, hello, 2, new Lock(1, 0, 4, UNLOCK, 0, 0));
      assertEquals(0, client.call(unlock));
    }
  }
}
