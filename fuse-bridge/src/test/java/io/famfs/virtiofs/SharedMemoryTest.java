package io.famfs.virtiofs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.famfs.core.Errno;
import io.famfs.fuse.server.EchoSession;
import io.famfs.os.Fd;
import io.famfs.os.Memfd;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SharedMemoryTest {
  private static final long WINDOW = TestServer.WINDOW_BYTES;

  private static void region(ByteBuffer table, long guest, long size, long user, long offset) {
    table.putLong(guest).putLong(size).putLong(user).putLong(offset);
  }

  @Test
  void tableIsReplacedWhileRequestsRun() throws Exception {
    try (TestServer server = new TestServer(1, 0);
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, 0);
        Fd other = Memfd.create("another device's window", 1 << 20)) {
      frontEnd.realize(2);
      frontEnd.start();
      AtomicBoolean done = new AtomicBoolean();
      Thread swapper =
          Thread.ofPlatform()
              .start(() -> {
                byte[] more = withOneMore(frontEnd.memoryTable(), 0);
                while (!done.get()) {
                  Fd ram = frontEnd.guest.fd;
                  TestFrontEnd.check(frontEnd.tell(5, more, ram, ram, ram, other));
                  frontEnd.setMemoryTable();
                }
              });
      byte[] arguments = new byte[3000];
      for (int i = 0; i < 2000; i++) {
        Arrays.fill(arguments, (byte) i);
        byte[] reply = frontEnd.call(1, EchoSession.ECHO, arguments, 4096);
        assertArrayEquals(arguments, Arrays.copyOfRange(reply, 16, reply.length));
      }
      done.set(true);
      swapper.join();
    }
  }

  private static byte[] withOneMore(byte[] table, long offset) {
    ByteBuffer more = TestFrontEnd.payload(table.length + 32).put(table);
    region(more, 0x2_0000_0000L, 1 << 20, 0x7c00_0000_0000L, offset);
    more.putInt(0, TestGuest.REGIONS.size() + 1);
    return TestFrontEnd.bytes(more);
  }

  @Test
  void ownDevicesMemoryInTheTableTellsWhereTheWindowIsAndIsNoGuestMemory() throws Exception {
    try (TestServer server = new TestServer(1, WINDOW);
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, WINDOW)) {
      frontEnd.realize(2);
      frontEnd.start();
      EchoSession session = server.session();
      assertEquals(
          0, frontEnd.error(1, EchoSession.MAP, TestFrontEnd.range(8 << 20, 2 << 20, 2 << 20)));
      Fd ram = frontEnd.guest.fd;
      byte[] table = withOneMore(frontEnd.memoryTable(), 8 << 20);
      TestFrontEnd.check(frontEnd.tell(5, table, ram, ram, ram, server.device.fd()));
      DaxWindow window = (DaxWindow) session.window;
      assertNotNull(window);
      assertEquals(0x2_0000_0000L - (2 << 20), window.guestBase());
    }
  }

  @Test
  void ringIsStoppedWhenItsMemoryIsNoLongerInTheTable() throws Exception {
    try (TestServer server = new TestServer(1, 0);
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, 0)) {
      frontEnd.realize(2);
      frontEnd.start();
      ByteBuffer table = TestFrontEnd.payload(8 + 32).putInt(1).putInt(0);
      TestGuest.Region high = TestGuest.REGIONS.get(2);
      region(table, high.guest(), high.size(), high.user(), high.fileOffset());
      TestFrontEnd.check(frontEnd.tell(5, TestFrontEnd.bytes(table), frontEnd.guest.fd));
      frontEnd.rings.get(1).kick.signal();
      TestRing.await(frontEnd.rings.get(1).err);
      assertEquals(0, frontEnd.vringBase(1));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, TestFrontEnd.RING_PACKED})
  void ringWhoseRegionGoesStopsAloneAndStartsAgainWhenItIsBack(long layout) throws Exception {
    try (TestServer server = new TestServer(1, 0);
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, 0)) {
      frontEnd.features |= layout;
      frontEnd.realize(2);
      TestRing low = frontEnd.rings.get(1);
      long at = TestGuest.HIGH + 0x10000;
      TestRing high =
          layout == 0
              ? new TestRing(frontEnd.guest, low.num, at)
              : new PackedTestRing(frontEnd.guest, low.num, at);
      frontEnd.rings.set(1, high);
      low.close();
      TestFrontEnd.check(frontEnd.tell(14, TestFrontEnd.u64(1), high.err.fd()));
      frontEnd.start();
      assertEquals(24, frontEnd.call(1, EchoSession.ECHO, new byte[8], 64).length);
      ByteBuffer table = TestFrontEnd.payload(8 + 64).putInt(2).putInt(0);
      for (TestGuest.Region stays : TestGuest.REGIONS.subList(0, 2)) {
        region(table, stays.guest(), stays.size(), stays.user(), stays.fileOffset());
      }
      Fd fd = frontEnd.guest.fd;
      TestFrontEnd.check(frontEnd.tell(5, TestFrontEnd.bytes(table), fd, fd));
      high.kick.signal();
      TestRing.await(high.err);
      assertEquals(1, server.server.stats().brokenRings());
      assertEquals(24, frontEnd.call(0, EchoSession.ECHO, new byte[8], 64).length);
      int base = frontEnd.vringBase(1);
      frontEnd.setMemoryTable();
      frontEnd.place(1, base);
      TestFrontEnd.check(frontEnd.tell(12, TestFrontEnd.u64(1), high.kick.fd()));
      assertEquals(24, frontEnd.call(1, EchoSession.ECHO, new byte[8], 64).length);
    }
  }

  @Test
  void truncatedDataBufferFailsItsRequest() throws Exception {
    try (TestServer server = new TestServer(1, 0);
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, 0)) {
      frontEnd.realize(2);
      frontEnd.start();
      // The last region of the file goes; rings, request and reply header stay.
      frontEnd.guest.fd.truncate(6 * TestGuest.MIB);
      byte[] request = frontEnd.request(EchoSession.ECHO, 3, new byte[0]);
      frontEnd.prepare(1, request, 16);
      TestRing ring = frontEnd.rings.get(1);
      ring.chain(
          ring.descriptorTable(),
          0,
          List.of(
              new TestRing.Buffer(1 << 20, 40, false),
              new TestRing.Buffer(TestGuest.HIGH, 100, false),
              new TestRing.Buffer(2 << 20, 16, true)));
      ring.submit(0);
      assertEquals(16, ring.take().length());
      assertEquals((byte) -Errno.EIO, frontEnd.peek(2 << 20, 16)[4]);
      assertEquals(24, frontEnd.call(1, EchoSession.ECHO, new byte[8], 64).length);
      assertEquals(true, server.server.stats().memoryFaults() > 0);
    }
  }

  @Test
  void truncatedRingStopsAndTheServerLives() throws Exception {
    try (TestServer server = new TestServer(1, 0)) {
      try (TestFrontEnd frontEnd = new TestFrontEnd(server.socket, 0)) {
        frontEnd.realize(2);
        frontEnd.start();
        frontEnd.guest.fd.truncate(0);
        frontEnd.rings.get(1).kick.signal();
        TestRing.await(frontEnd.rings.get(1).err);
        assertEquals(0, frontEnd.vringBase(1));
      }
      try (TestFrontEnd next = new TestFrontEnd(server.socket, 0)) {
        next.realize(2);
        next.start();
        assertEquals(24, next.call(1, EchoSession.ECHO, new byte[8], 64).length);
      }
    }
  }

  @Test
  void regionBeyondTheEndOfItsFileEndsTheConnection() throws Exception {
    try (TestServer server = new TestServer(1, 0);
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, 0)) {
      frontEnd.realize(2);
      ByteBuffer table = TestFrontEnd.payload(8 + 32).putInt(1).putInt(0);
      region(table, 0, TestGuest.FILE_BYTES, 0, 4096);
      frontEnd.send(5, TestFrontEnd.NEED_REPLY, TestFrontEnd.bytes(table), frontEnd.guest.fd);
      assertNull(frontEnd.receive(5));
    }
  }
}
