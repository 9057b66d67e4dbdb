package io.famfs.virtiofs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.famfs.core.Errno;
import io.famfs.fuse.server.EchoSession;
import io.famfs.os.Fd;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class VirtioFsServerTest {
  private static final long WINDOW = TestServer.WINDOW_BYTES;
  private static final byte[] NOTHING = new byte[0];

  @Test
  void deviceWithWindowGoesThroughTheHandshakeOfTheTestDevice() throws Exception {
    try (TestServer server = new TestServer(2, WINDOW);
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, WINDOW)) {
      assertEquals(1L << 32 | 1L << 30 | 1L << 29 | 1L << 28, frontEnd.askU64(1));
      long protocol = frontEnd.askU64(15);
      assertEquals(1L | 1L << 3 | 1L << 5 | 1L << 9 | 1L << 10 | 1L << 13 | 1L << 22, protocol);
      frontEnd.realize(3);
      byte[] shared = frontEnd.ask(44, NOTHING);
      assertEquals(2056, shared.length);
      assertEquals(1, ByteBuffer.wrap(shared).order(ByteOrder.LITTLE_ENDIAN).getInt());
      assertEquals(WINDOW, TestFrontEnd.longAt(shared, 8));
      assertEquals(0, TestFrontEnd.longAt(shared, 16));
      frontEnd.start();
      assertNotNull(server.session().window);
      byte[] reply = frontEnd.call(1, EchoSession.ECHO, new byte[] {1, 2, 3}, 100);
      assertArrayEquals(new byte[] {1, 2, 3}, Arrays.copyOfRange(reply, 16, reply.length));
      assertEquals(0x1234, TestFrontEnd.longAt(reply, 8));
    }
  }

  @Test
  void deviceWithoutWindowOffersNeitherConfigurationNorMemorySlots() throws Exception {
    try (TestServer server = new TestServer(2, 0);
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, 0)) {
      assertEquals(1L | 1L << 1 | 1L << 3 | 1L << 13 | 1L << 19, frontEnd.askU64(15));
      frontEnd.realize(3);
      assertEquals(3, frontEnd.askU64(17));
      frontEnd.start();
      assertNull(server.session().window);
      assertEquals(19, frontEnd.call(2, EchoSession.ECHO, new byte[] {1, 2, 3}, 100).length);
      assertEquals(List.of(0L, 0L, 1L), server.server.stats().queueRequests());
    }
  }

  @Test
  void configurationIsReadAtAnyOffsetAndSize() throws Exception {
    try (TestServer server = new TestServer(5, WINDOW);
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, WINDOW)) {
      frontEnd.realize(6);
      byte[] whole = Arrays.copyOf("tag0".getBytes(StandardCharsets.UTF_8), 60);
      whole[36] = 5;
      for (int offset : new int[] {0, 1, 35, 36, 39, 40, 59, Integer.MAX_VALUE, -1}) {
        for (int size : new int[] {0, 1, 4, 36, 40, 256}) {
          byte[] ask =
              TestFrontEnd.payload(12 + size).putInt(offset).putInt(size).putInt(0).array();
          byte[] answer = frontEnd.ask(24, ask);
          assertArrayEquals(Arrays.copyOf(ask, 12), Arrays.copyOf(answer, 12));
          byte[] expected = new byte[size];
          for (int i = 0; i < size && offset >= 0 && offset < whole.length - i; i++) {
            expected[i] = whole[offset + i];
          }
          assertArrayEquals(expected, Arrays.copyOfRange(answer, 12, answer.length));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, TestFrontEnd.RING_PACKED})
  void ringsStopAndGoOnWhereTheyWere(long layout) throws Exception {
    try (TestServer server = new TestServer(1, 0);
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, 0)) {
      frontEnd.features |= layout;
      frontEnd.realize(2);
      frontEnd.start();
      for (int i = 0; i < 3; i++) {
        frontEnd.call(1, EchoSession.ECHO, new byte[8], 64);
      }
      frontEnd.enable(0);
      frontEnd.prepare(1, frontEnd.request(EchoSession.ECHO, 9, new byte[8]), 64);
      frontEnd.rings.get(1).submit(0);
      int fresh = frontEnd.rings.get(0).freshBase();
      // A packed ring counts descriptors, of which each request has two, in both halves.
      int moved = layout == 0 ? 3 : 6 << 16 | 6;
      assertEquals(fresh, frontEnd.vringBase(0));
      assertEquals(fresh + moved, frontEnd.vringBase(1), "a disabled ring takes no request");
      frontEnd.startRings(fresh, fresh + moved);
      assertEquals(24, frontEnd.rings.get(1).take().length());
    }
  }

  @Test
  void ringWithoutKickDescriptorIsPolled() throws Exception {
    try (TestServer server = new TestServer(1, 0);
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, 0)) {
      frontEnd.realize(2);
      frontEnd.send(2, 0, TestFrontEnd.u64(frontEnd.features));
      frontEnd.setMemoryTable();
      frontEnd.place(1, 0);
      TestFrontEnd.check(frontEnd.tell(12, TestFrontEnd.u64(0x101)));
      TestFrontEnd.check(frontEnd.tell(18, TestFrontEnd.state(1, 1)));
      frontEnd.prepare(1, frontEnd.request(EchoSession.ECHO, 9, new byte[8]), 64);
      frontEnd.rings.get(1).offer(0);
      assertEquals(24, frontEnd.rings.get(1).take().length());
    }
  }

  @Test
  void newCallDescriptorIsSignalledSoThatNoInterruptIsLost() throws Exception {
    try (TestServer server = new TestServer(1, 0);
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, 0);
        io.famfs.os.EventFd other = io.famfs.os.EventFd.create()) {
      frontEnd.realize(2);
      frontEnd.start();
      TestFrontEnd.check(frontEnd.tell(13, TestFrontEnd.u64(1), other.fd()));
      TestRing.await(other);
    }
  }

  @Test
  void secondFrontEndIsServedAfterTheFirstHasGone() throws Exception {
    try (TestServer server = new TestServer(1, WINDOW)) {
      for (int i = 0; i < 2; i++) {
        EchoSession session;
        try (TestFrontEnd frontEnd = new TestFrontEnd(server.socket, WINDOW)) {
          frontEnd.realize(2);
          frontEnd.start();
          session = server.session();
          assertEquals(0, frontEnd.error(1, EchoSession.MAP, TestFrontEnd.range(0, 0, 2 << 20)));
        }
        while (session.closed.get() == 0) {
          Thread.onSpinWait();
        }
      }
      assertEquals(2, server.server.stats().connections());
      assertEquals(0, server.server.stats().liveMaps());
    }
  }

  /// One way to break a rule.
  private record Malformed(String rule, int id, Supplier<byte[]> body, int fds) {}

  private static Malformed bad(String rule, int id, byte[] body, int fds) {
    return new Malformed(rule, id, () -> body, fds);
  }

  private static List<Malformed> malformed() {
    List<Malformed> all = new ArrayList<>();
    all.add(bad("features that were not offered", 2, TestFrontEnd.u64(-1), 0));
    all.add(bad("protocol features not offered", 16, TestFrontEnd.u64(1L << 15), 0));
    all.add(bad("memory slots without the feature", 5, new byte[7], 0));
    all.add(bad("table larger than its payload", 5, payload(8, 3), 0));
    all.add(bad("table without descriptors", 5, payload(8 + 32, 1), 0));
    all.add(bad("negative region count", 5, payload(8, -1), 0));
    all.add(bad("ring number", 8, TestFrontEnd.state(2, 64), 0));
    all.add(bad("queue size no power of two", 8, TestFrontEnd.state(0, 63), 0));
    all.add(bad("queue size zero", 8, TestFrontEnd.state(0, 0), 0));
    all.add(bad("queue size too large", 8, TestFrontEnd.state(0, 2048), 0));
    all.add(bad("descriptor announced but missing", 12, TestFrontEnd.u64(0), 0));
    all.add(bad("descriptor sent but denied", 13, TestFrontEnd.u64(0x100), 1));
    all.add(bad("junk beside the ring number", 13, TestFrontEnd.u64(0x1_0000), 1));
    all.add(bad("two descriptors", 13, TestFrontEnd.u64(0), 2));
    all.add(bad("kick that is a file", 12, TestFrontEnd.u64(0), 1));
    all.add(bad("enable with 2", 18, TestFrontEnd.state(0, 2), 0));
    all.add(bad("configuration size", 24, payload(12, 0, 44), 0));
    all.add(bad("a payload where none belongs", 1, new byte[8], 0));
    all.add(bad("an oversized payload", 2, new byte[5000], 0));
    all.add(bad("back-end channel without descriptor", 21, new byte[0], 0));
    return all;
  }

  private static byte[] payload(int bytes, int... words) {
    ByteBuffer body = TestFrontEnd.payload(bytes);
    for (int word : words) {
      body.putInt(word);
    }
    return TestFrontEnd.bytes(body);
  }

  @Test
  void malformedMessageEndsItsConnectionAndNoOther() throws Exception {
    try (TestServer server = new TestServer(1, WINDOW);
        TestFrontEnd good = new TestFrontEnd(server.socket, WINDOW)) {
      good.realize(2);
      good.start();
      for (Malformed bad : malformed()) {
        try (TestFrontEnd frontEnd = new TestFrontEnd(server.socket, WINDOW)) {
          frontEnd.realize(2);
          Fd[] fds = new Fd[bad.fds()];
          Arrays.fill(fds, frontEnd.guest.fd);
          frontEnd.send(bad.id(), TestFrontEnd.NEED_REPLY, bad.body().get(), fds);
          assertNull(frontEnd.receive(bad.id()), bad.rule());
        }
        assertEquals(24, good.call(1, EchoSession.ECHO, new byte[8], 64).length, bad.rule());
      }
    }
  }

  @Test
  void unknownMessageIsIgnoredAndDeniedWhenAskedFor() throws Exception {
    try (TestServer server = new TestServer(1, 0);
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, 0)) {
      frontEnd.realize(2);
      frontEnd.send(99, 0, new byte[16]);
      assertNotEquals(0, frontEnd.tell(100, new byte[16]));
      assertEquals(2, frontEnd.askU64(17));
    }
  }

  @Test
  void resetDeviceLeavesAFreshDevice() throws Exception {
    try (TestServer server = new TestServer(1, 0);
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, 0)) {
      frontEnd.realize(2);
      frontEnd.start();
      frontEnd.call(1, EchoSession.ECHO, new byte[8], 64);
      TestFrontEnd.check(frontEnd.tell(34, NOTHING));
      frontEnd.start();
      assertEquals(24, frontEnd.call(1, EchoSession.ECHO, new byte[8], 64).length);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, TestFrontEnd.RING_PACKED})
  void closingAnswersWithErrorsAndLeavesTheDriverABrokenQueue(long layout) throws Exception {
    try (TestServer server = new TestServer(1, 0);
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, 0)) {
      frontEnd.features |= layout;
      frontEnd.realize(2);
      frontEnd.start();
      EchoSession session = server.session();
      frontEnd.prepare(1, frontEnd.request(EchoSession.BLOCK, 7, NOTHING), 64);
      frontEnd.rings.get(1).submit(0);
      session.blocked.await();
      frontEnd.rings.get(1).offer(0);
      Thread closer = Thread.ofPlatform().start(server.server::close);
      // The request at hand is answered as usual, the one behind it with an error.
      session.release.countDown();
      assertEquals(16, frontEnd.rings.get(1).take().length());
      assertEquals(16, frontEnd.rings.get(1).take().length());
      byte[] reply = frontEnd.peek(2 << 20, 16);
      int error = ByteBuffer.wrap(reply).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
      TestRing.Used last = frontEnd.rings.get(1).take();
      assertEquals(-1, last.id(), "an id no driver has given");
      assertEquals(-1, frontEnd.rings.get(0).take().id());
      closer.join();
      // The second request may have been taken before the server began to close.
      assertEquals(true, error == -Errno.ENOTCONN || error == 0);
      assertEquals(1, session.closed.get());
    }
  }

  /// A broken queue gives no request back, so one that the driver has added before it saw the end
  /// has to be answered in front of it.
  @ParameterizedTest
  @ValueSource(longs = {0, TestFrontEnd.RING_PACKED})
  void aRequestAddedBeforeTheDriverSeesTheEndIsAnsweredInItsPlace(long layout) throws Exception {
    try (TestServer server = new TestServer(1, 0);
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, 0)) {
      frontEnd.features |= layout;
      frontEnd.realize(2);
      frontEnd.start();
      TestRing ring = frontEnd.rings.get(1);
      frontEnd.prepare(1, frontEnd.request(EchoSession.ECHO, 7, NOTHING), 64);
      Thread closer = Thread.ofPlatform().start(server.server::close);
      while (ring.usedIndexOnRing() == 0) {
        TestRing.await(ring.call);
      }
      ring.submit(0);
      while (ring.usedIndexOnRing() == 1) {
        TestRing.await(ring.call);
      }
      TestRing.Used answer = ring.take();
      assertEquals(0, answer.id());
      assertEquals(16, answer.length());
      assertEquals(-1, ring.take().id());
      closer.join();
    }
  }

  /// The ring stays little-endian, as virtio has it.
  @Test
  void whatTheDoorAnswersByItselfIsInTheOrderOfTheSession() throws Exception {
    try (TestServer server = new TestServer(1, 0);
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, 0)) {
      frontEnd.realize(2);
      frontEnd.start();
      server.session().order = ByteOrder.BIG_ENDIAN;
      byte[] reply = frontEnd.call(1, EchoSession.THROW, NOTHING, 64);
      assertEquals(16, reply.length);
      ByteBuffer big = ByteBuffer.wrap(reply);
      assertEquals(16, big.getInt());
      assertEquals(-Errno.EIO, big.getInt());
      assertEquals(0x1234, big.order(ByteOrder.LITTLE_ENDIAN).getLong(), "as it came");
    }
  }

  @Test
  void wrongOptionsAreRefusedWithAReason() {
    Path path = Path.of("s");
    for (long window : new long[] {4096, 1 << 20, 3 << 20, 1L << 40, -1}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new VirtioFsServer.Options(path, "tag", 1, window),
          () -> "window " + window);
    }
    String longTag = "x".repeat(37);
    for (String tag : new String[] {"", longTag, "a\0b"}) {
      assertThrows(
          IllegalArgumentException.class, () -> new VirtioFsServer.Options(path, tag, 1, 0));
    }
    assertThrows(
        IllegalArgumentException.class, () -> new VirtioFsServer.Options(path, "tag", 0, 0));
  }
}
