package io.famfs.virtiofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.fuse.server.EchoSession;
import io.famfs.os.Fd;
import io.famfs.os.Io;
import io.famfs.os.Poller;
import io.famfs.os.UnixSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Front-ends that say things in the wrong order, send too much or too little, or hang: their
/// connection ends, or waits for them, and another front-end is served meanwhile.
@Timeout(60)
class HostileFrontEndTest {
  private static final int SET_MEM_TABLE = 5;
  private static final long PAGE = 4096;

  /// One thing a front-end does.
  private interface Wrong {
    void on(TestFrontEnd bad) throws Exception;
  }

  private static void assertEnds(String what, Wrong wrong) throws Exception {
    try (TestServer server = new TestServer(1, 0);
        TestFrontEnd good = new TestFrontEnd(server.socket, 0);
        TestFrontEnd bad = new TestFrontEnd(server.socket, 0)) {
      good.realize(2);
      good.start();
      wrong.on(bad);
      assertNull(bad.receive(0), what + ": the connection goes on");
      assertServed(good, what);
    }
  }

  private static void assertServed(TestFrontEnd good, String after) {
    byte[] reply = good.call(1, EchoSession.ECHO, new byte[8], 64);
    assertEquals(24, reply.length, "another front-end after " + after);
  }

  private static byte[] table(int count, int regions, long size, long user) {
    ByteBuffer table = TestFrontEnd.payload(8 + 32 * regions);
    table.putInt(count).putInt(0);
    for (int i = 0; i < regions; i++) {
      table.putLong(i * size).putLong(size).putLong(user + i * size).putLong(0);
    }
    return TestFrontEnd.bytes(table);
  }

  private static Fd[] times(int count, Fd fd) {
    return Collections.nCopies(count, fd).toArray(Fd[]::new);
  }

  @Test
  void memoryTablesThatAreTooLargeEndTheConnection() throws Exception {
    long user = 0x7f00_0000_0000L;
    assertEnds(
        "nine regions",
        bad -> bad.send(SET_MEM_TABLE, 0, table(9, 9, PAGE, user), times(8, bad.guest.fd)));
    assertEnds(
        "a count of 2^31 - 1",
        bad -> bad.send(SET_MEM_TABLE, 0, table(Integer.MAX_VALUE, 1, PAGE, user), bad.guest.fd));
    assertEnds(
        "a region of 2^62 bytes",
        bad -> bad.send(SET_MEM_TABLE, 0, table(1, 1, 1L << 62, 0), bad.guest.fd));
    assertEnds(
        "a region beyond the address space",
        bad -> bad.send(SET_MEM_TABLE, 0, table(1, 1, PAGE, -PAGE), bad.guest.fd));
    assertEnds(
        "a region of no bytes",
        bad -> bad.send(SET_MEM_TABLE, 0, table(1, 1, 0, user), bad.guest.fd));
  }

  @Test
  void missingAndExtraDescriptorsEndTheConnection() throws Exception {
    long user = 0x7f00_0000_0000L;
    assertEnds(
        "two regions with one descriptor",
        bad -> bad.send(SET_MEM_TABLE, 0, table(2, 2, PAGE, user), bad.guest.fd));
    assertEnds(
        "one region with two descriptors",
        bad -> bad.send(SET_MEM_TABLE, 0, table(1, 1, PAGE, user), times(2, bad.guest.fd)));
    assertEnds(
        "more descriptors than any message has",
        bad -> bad.send(SET_MEM_TABLE, 0, table(8, 8, PAGE, user), times(12, bad.guest.fd)));
    assertEnds(
        "a descriptor with a message that has none",
        bad -> bad.send(1, 0, new byte[0], bad.guest.fd));
  }

  @Test
  void messagesInTheWrongOrderEndTheConnection() throws Exception {
    assertEnds(
        "a kick before size and addresses",
        bad -> {
          bad.realize(2);
          bad.send(12, 0, TestFrontEnd.u64(1), bad.rings.get(1).kick.fd());
        });
    for (int id : new int[] {8, 10}) {
      assertEnds(
          "message " + id + " to a ring that runs",
          bad -> {
            bad.realize(2);
            bad.start();
            bad.send(id, 0, TestFrontEnd.state(1, 64));
          });
    }
    assertEnds(
        "new addresses of a ring that runs",
        bad -> {
          bad.realize(2);
          bad.start();
          bad.send(9, 0, TestFrontEnd.addresses(1, 0x5000, 0x6000, 0x7000));
        });
    assertEnds("a feature's message before it is negotiated", bad -> bad.send(17, 0, new byte[0]));
  }

  @Test
  void aFrontEndThatHangsInTheMiddleOfAMessageKeepsNobodyWaiting() throws Exception {
    try (TestServer server = new TestServer(1, 0);
        TestFrontEnd good = new TestFrontEnd(server.socket, 0);
        UnixSocket header = UnixSocket.connect(server.socket);
        UnixSocket payload = UnixSocket.connect(server.socket);
        Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(16);
      bytes.set(ValueLayout.JAVA_INT, 0, 2);
      bytes.set(ValueLayout.JAVA_INT, 4, 1);
      bytes.set(ValueLayout.JAVA_INT, 8, 8);
      assertEquals(7, header.send(bytes, 0, 7));
      assertEquals(15, payload.send(bytes, 0, 15));
      good.realize(2);
      good.start();
      assertServed(good, "half a message");
      long start = System.nanoTime();
      server.server.close();
      assertTrue(System.nanoTime() - start < Duration.ofSeconds(15).toNanos(), "the end waited");
    }
  }

  @Test
  void aFrontEndThatTakesNoRepliesKeepsNobodyWaiting() throws Exception {
    try (TestServer server = new TestServer(1, 0);
        TestFrontEnd good = new TestFrontEnd(server.socket, 0);
        UnixSocket deaf = UnixSocket.connect(server.socket);
        Arena arena = Arena.ofConfined()) {
      deaf.fd().nonBlocking(true);
      MemorySegment ask = arena.allocate(12);
      ask.set(ValueLayout.JAVA_INT, 0, 1);
      ask.set(ValueLayout.JAVA_INT, 4, 1);
      Poller room = new Poller(1);
      room.add(deaf.fd(), Poller.POLLOUT);
      // Until the server hangs in a reply and what it does not read fills the socket.
      while (room.await(1000) > 0 && Io.write(deaf.fd(), ask, 0, 12) == 12) {
        assertTrue(deaf.fd().isOpen());
      }
      good.realize(2);
      good.start();
      assertServed(good, "replies that nobody takes");
      server.server.close();
    }
  }

  @Test
  void oneThatHangsUpAtEveryPointOfTheHandshakeLeavesNothing() throws Exception {
    try (TestServer server = new TestServer(1, 0);
        TestFrontEnd good = new TestFrontEnd(server.socket, 0)) {
      good.realize(2);
      good.start();
      List<Wrong> parts = new ArrayList<>();
      parts.add(_ -> {});
      parts.add(bad -> bad.realize(2));
      parts.add(TestFrontEnd::setMemoryTable);
      parts.add(bad -> bad.place(1, 0));
      parts.add(TestFrontEnd::start);
      for (int length = 1; length <= parts.size(); length++) {
        try (TestFrontEnd bad = new TestFrontEnd(server.socket, 0)) {
          for (Wrong part : parts.subList(0, length)) {
            part.on(bad);
          }
        }
        assertServed(good, "part " + length);
      }
      while (server.server.connected() > 1) {
        Thread.onSpinWait();
      }
    }
  }
}
