package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.AttrOut;
import io.famfs.fuse.protocol.EntryOut;
import io.famfs.fuse.protocol.InitFlag;
import io.famfs.fuse.protocol.InitOut;
import io.famfs.fuse.protocol.Notification;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.OpenFlags;
import io.famfs.fuse.protocol.SetattrIn;
import io.famfs.fuse.server.MemoryExchange;
import io.famfs.fuse.server.MemoryExchange.Reply;
import io.famfs.fuse.server.RequestBytes;
import io.famfs.fuse.server.Requests;
import io.famfs.fuse.server.Session;
import io.famfs.store.namespace.FileInode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Who is told what, for how long clients may remember, and requests that are sent again.
class ToldTest {
  private static final long RESENT = 1L << 63;
  private static final int DAY_SECONDS = 86_400;

  private final BlockingQueue<Long> told = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> names = new LinkedBlockingQueue<>();
  private final MemoryExchange exchange = new MemoryExchange();

  private static Served served(CachePolicy policy) throws IOException {
    return new Served(TestVolume.inMemory(), FamfsOptions.standard().withCache(policy), null);
  }

  private Session local(Served served) {
    Session session = served.server.openLocal();
    assertEquals(0, exchange.call(session, Requests.init()).error());
    return session;
  }

  /// Keeps what INVAL_INODE and INVAL_ENTRY name.
  private int keep(MemorySegment message, int length) {
    ByteBuffer bytes =
        ByteBuffer.wrap(message.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE))
            .order(ByteOrder.LITTLE_ENDIAN);
    switch (bytes.getInt(4)) {
      case Notification.INVAL_INODE -> told.add(bytes.getLong(16));
      case Notification.INVAL_ENTRY -> {
        byte[] name = new byte[bytes.getInt(24)];
        bytes.get(32, name);
        names.add(new String(name, StandardCharsets.US_ASCII) + " in " + bytes.getLong(16));
      }
      default -> {
        // INC_EPOCH, PRUNE.
      }
    }
    return 0;
  }

  private long next() throws InterruptedException {
    Long nodeid = told.poll(20, TimeUnit.SECONDS);
    assertTrue(nodeid != null, "nothing is told");
    return nodeid;
  }

  @Test
  void aMountIsToldWhatAnotherClientChanges() throws Exception {
    try (Served served = Served.standard();
        Session local = local(served)) {
      assertTrue(local.hear(this::keep));
      assertEquals(1, next());
      long hello = served.test.nodeid("hello");
      long dir = served.test.nodeid("dir");
      int times = SetattrIn.VALID_MTIME;
      assertEquals(0, served.call(Requests.setattr(hello, times, 0, 0, 0)).error());
      assertEquals(hello, next());
      assertEquals(0, served.call(Requests.write(hello, 0, new byte[] {1})).error());
      assertEquals(hello, next());
      assertEquals(0, served.call(Requests.mkdir(dir, "made", 0755)).error());
      assertEquals(dir, next());
      long made = EntryOut.nodeid(served.call(Requests.create(dir, "new", 0644, 2)).message(), 16);
      assertEquals(dir, next());
      assertEquals(0, served.call(Requests.write(made, 0, new byte[5000])).error());
      assertEquals(made, next());
      assertEquals(0, served.call(Requests.remove(Opcode.UNLINK, dir, "new")).error());
      assertEquals("new in " + dir, names.poll(20, TimeUnit.SECONDS));
      assertEquals(dir, next());
      assertEquals(0, exchange.call(local, Requests.write(hello, 0, new byte[] {1})).error());
      assertEquals(0, served.call(Requests.mkdir(dir, "last", 0755)).error());
      assertEquals(dir, next(), "its own change is not told");
      assertEquals(0, exchange.call(local, RequestBytes.of(Opcode.DESTROY, 0).bytes()).error());
      assertEquals(0, served.call(Requests.write(hello, 0, new byte[] {1})).error());
      assertTrue(told.isEmpty());
    }
  }

  @Test
  void onlyWhoIsToldMayRememberForLong() throws IOException {
    try (Served served = served(CachePolicy.ALWAYS);
        Session local = local(served)) {
      requireTimeouts(served.call(Requests.lookup(1, "hello")), 1, 1);
      requireTimeouts(exchange.call(local, Requests.lookup(1, "hello")), 1, 1);
      assertTrue(local.hear((_, _) -> 0));
      requireTimeouts(exchange.call(local, Requests.lookup(1, "hello")), DAY_SECONDS, DAY_SECONDS);
      Reply attributes = exchange.call(local, Requests.getattr(1));
      assertEquals(DAY_SECONDS, AttrOut.attrValid(attributes.message(), 16));
    }
    try (Served served = served(CachePolicy.ALWAYS);
        Session local = local(served)) {
      assertTrue(local.hear((message, _) -> code(message) == 8 ? -Errno.EINVAL : 0));
      requireTimeouts(exchange.call(local, Requests.lookup(1, "hello")), 1, DAY_SECONDS);
    }
    try (Served served = served(CachePolicy.ALWAYS);
        Session local = local(served)) {
      assertFalse(local.hear((_, _) -> -Errno.EINVAL));
      requireTimeouts(exchange.call(local, Requests.lookup(1, "hello")), 1, 1);
    }
  }

  private static int code(MemorySegment message) {
    return message.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 4);
  }

  @Test
  void timeoutsAreAsSet() throws IOException {
    try (Served served = served(CachePolicy.NONE)) {
      requireTimeouts(served.call(Requests.lookup(1, "hello")), 0, 0);
    }
    Timeouts exact = new Timeouts(Duration.ofMillis(2500), Duration.ofSeconds(7));
    FamfsOptions options = FamfsOptions.standard().withTimeouts(exact);
    try (Served served = new Served(TestVolume.inMemory(), options, null)) {
      Reply reply = served.call(Requests.lookup(1, "hello"));
      requireTimeouts(reply, 2, 7);
      assertEquals(500_000_000, EntryOut.entryValidNsec(reply.message(), 16));
      assertEquals(0, EntryOut.attrValidNsec(reply.message(), 16));
    }
  }

  private static void requireTimeouts(Reply reply, long entrySeconds, long attributeSeconds) {
    assertEquals(entrySeconds, EntryOut.entryValid(reply.message(), 16));
    assertEquals(attributeSeconds, EntryOut.attrValid(reply.message(), 16));
  }

  @Test
  void flagsOfNotificationsAreForMounts() throws IOException {
    try (Served served = Served.standard();
        Session local = served.server.openLocal()) {
      long mine = flags2(exchange.call(local, Requests.init()));
      assertTrue(InitFlag.HAS_RESEND.in(mine));
      assertTrue(InitFlag.HAS_EXPIRE_ONLY.in(mine));
      long guests = flags2(served.initReply);
      assertFalse(InitFlag.HAS_RESEND.in(guests));
      assertFalse(InitFlag.HAS_EXPIRE_ONLY.in(guests));
      assertFalse(local.resend(), "nobody listens");
    }
  }

  private static long flags2(Reply init) {
    return (long) InitOut.flags2(init.message(), 16) << 32;
  }

  private static RequestBytes again(int opcode, long nodeid) {
    return RequestBytes.of(opcode, nodeid).unique(RESENT | 10);
  }

  @Test
  void whatIsSentAgainIsNotDoneTwice() throws IOException {
    try (Served served = Served.standard()) {
      byte[] mkdir = again(Opcode.MKDIR, 1).by(5, 6).u32(0750).u32(022).name("made").bytes();
      Reply first = served.call(mkdir);
      assertEquals(0, first.error());
      Reply second = served.call(mkdir);
      assertEquals(0, second.error());
      assertEquals(RESENT | 10, second.unique());
      assertEquals(EntryOut.nodeid(first.message(), 16), EntryOut.nodeid(second.message(), 16));
      byte[] other = again(Opcode.MKDIR, 1).by(5, 6).u32(0700).u32(022).name("made").bytes();
      assertEquals(-Errno.EEXIST, served.call(other).error(), "another mode");
      byte[] anew =
          RequestBytes.of(Opcode.MKDIR, 1).by(5, 6).u32(0750).u32(022).name("made").bytes();
      assertEquals(-Errno.EEXIST, served.call(anew).error(), "not sent again");
      byte[] full = again(Opcode.MKDIR, 1).u32(0755).u32(022).name("dir").bytes();
      assertEquals(-Errno.EEXIST, served.call(full).error(), "not empty");
      int flags = OpenFlags.EXCL | 2;
      byte[] create =
          again(Opcode.CREATE, 1).u32(flags).u32(0644).u32(022).u32(0).name("new").bytes();
      long made = EntryOut.nodeid(served.call(create).message(), 16);
      Reply twice = served.call(create);
      assertEquals(0, twice.error());
      assertEquals(made, EntryOut.nodeid(twice.message(), 16));
      assertEquals(-Errno.EEXIST, served.call(Requests.create(1, "new", 0644, flags)).error());
      FileInode file = served.test.file("new");
      assertFalse(file.isCommitted());
      byte[] release = RequestBytes.of(Opcode.RELEASE, made).u64(made).u32(2).u32(0).u64(0).bytes();
      assertEquals(0, served.call(release).error());
      assertTrue(file.isCommitted(), "its handle was counted once");
      assertEquals(-Errno.EEXIST, served.call(create).error());
      for (int opcode : new int[] {Opcode.UNLINK, Opcode.RMDIR}) {
        assertEquals(0, served.call(again(opcode, 1).name("gone").bytes()).error());
        assertEquals(-Errno.ENOENT, served.call(Requests.remove(opcode, 1, "gone")).error());
        assertEquals(-Errno.ESTALE, served.call(again(opcode, 1L << 40).name("x").bytes()).error());
      }
    }
  }
}
