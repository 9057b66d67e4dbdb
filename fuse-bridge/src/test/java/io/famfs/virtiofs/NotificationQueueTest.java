package io.famfs.virtiofs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.famfs.TestVolume;
import io.famfs.fuse.protocol.ClientArchitecture;
import io.famfs.fuse.protocol.Notification;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.EchoSession;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.NotificationChannel;
import io.famfs.fuse.server.Requests;
import io.famfs.virtiofs.TestRing.Buffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Queue 1 of a guest whose driver takes it.
@Timeout(120)
class NotificationQueueTest {
  private static final int NOTIFICATIONS = 1;
  private static final int REQUESTS = 2;
  private static final long F_NOTIFICATION = 1;
  private static final long BUFFERS = 3 << 20;
  private static final int BUFFER_BYTES = NotificationQueue.BUFFER_BYTES;

  private static MemorySegment message(long nodeid) {
    MemorySegment message = Arena.ofAuto().allocate(Notification.MAX_BYTES, Long.BYTES);
    int length = Notification.attributes(message, ByteOrder.LITTLE_ENDIAN, nodeid);
    return message.asSlice(0, length);
  }

  private static int send(NotificationChannel to, long nodeid) {
    MemorySegment message = message(nodeid);
    return to.send(message, (int) message.byteSize());
  }

  private static TestFrontEnd booted(Path socket, long layout) throws Exception {
    TestFrontEnd frontEnd = new TestFrontEnd(socket, 0);
    frontEnd.features |= F_NOTIFICATION | layout;
    frontEnd.realize(3);
    assertTrue((frontEnd.features & F_NOTIFICATION) != 0, "offered");
    frontEnd.start();
    return frontEnd;
  }

  /// The channel that a guest's session has been given, after its INIT and one more request.
  private static NotificationChannel channel(TestServer server, TestFrontEnd frontEnd)
      throws Exception {
    frontEnd.call(REQUESTS, Opcode.INIT, new byte[0], 64);
    EchoSession session = server.session();
    assertEquals(null, session.channel.get(), "the guest may not have seen the reply");
    frontEnd.call(REQUESTS, EchoSession.ECHO, new byte[8], 64);
    NotificationChannel channel = session.channel.get();
    assertNotNull(channel);
    return channel;
  }

  private static void provide(TestFrontEnd frontEnd, int index, int bytes) {
    TestRing ring = frontEnd.rings.get(NOTIFICATIONS);
    Buffer buffer = new Buffer(BUFFERS + (long) index * 8192, bytes, true);
    ring.descriptor(ring.descriptorTable(), index, buffer, 0, 0);
    ring.submit(index);
  }

  private static void assertMessage(TestFrontEnd frontEnd, int index, long nodeid) {
    TestRing.Used used = frontEnd.rings.get(NOTIFICATIONS).take();
    assertEquals(index, used.id());
    byte[] expected = message(nodeid).toArray(ValueLayout.JAVA_BYTE);
    assertEquals(expected.length, used.length());
    assertArrayEquals(expected, frontEnd.peek(BUFFERS + index * 8192L, expected.length));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, TestFrontEnd.RING_PACKED})
  void messagesWaitForBuffersAndComeInTheirOrder(long layout) throws Exception {
    try (TestServer server = TestServer.withNotifications(0);
        TestFrontEnd frontEnd = booted(server.socket, layout)) {
      NotificationChannel channel = channel(server, frontEnd);
      for (int i = 1; i <= 3; i++) {
        assertTrue(send(channel, i) > 0);
      }
      for (int i = 1; i <= 3; i++) {
        provide(frontEnd, i, BUFFER_BYTES);
        assertMessage(frontEnd, i, i);
      }
      provide(frontEnd, 4, BUFFER_BYTES);
      frontEnd.call(REQUESTS, EchoSession.ECHO, new byte[8], 64);
      assertEquals(3, frontEnd.rings.get(NOTIFICATIONS).usedIndexOnRing(), "nothing to say");
      assertTrue(send(channel, 4) > 0);
      assertMessage(frontEnd, 4, 4);
    }
  }

  @Test
  void bufferThatIsTooSmallComesBackEmptyAndTheMessageInTheNext() throws Exception {
    try (TestServer server = TestServer.withNotifications(0);
        TestFrontEnd frontEnd = booted(server.socket, 0)) {
      NotificationChannel channel = channel(server, frontEnd);
      assertTrue(send(channel, 5) > 0);
      provide(frontEnd, 0, 39);
      assertEquals(0, frontEnd.rings.get(NOTIFICATIONS).take().length());
      provide(frontEnd, 1, 40);
      assertMessage(frontEnd, 1, 5);
      assertEquals(1, server.server.stats().malformedRequests());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, TestFrontEnd.RING_PACKED})
  void guestThatProvidesNoBuffersIsResetAlone(long layout) throws Exception {
    try (TestServer server = TestServer.withNotifications(0);
        TestFrontEnd slow = booted(server.socket, layout)) {
      NotificationChannel channel = channel(server, slow);
      try (TestFrontEnd other = booted(server.socket, layout)) {
        NotificationChannel others = channel(server, other);
        int sent = 0;
        while (send(channel, sent) > 0) {
          sent++;
        }
        int each = (int) message(0).byteSize() + NotificationQueue.OVERHEAD_BYTES;
        assertEquals(NotificationQueue.MAX_BYTES / each, sent);
        assertEquals(-Errno.ENODEV, send(channel, 1));
        assertEquals(-1, slow.rings.get(REQUESTS).take().id(), "its driver sees a broken queue");
        assertEquals(24, other.call(REQUESTS, EchoSession.ECHO, new byte[8], 64).length);
        provide(other, 0, BUFFER_BYTES);
        assertTrue(send(others, 9) > 0);
        assertMessage(other, 0, 9);
      }
      // When the guest has reset the device it is served as a new one.
      slow.stop();
      slow.start();
      assertTrue(send(channel(server, slow), 3) > 0);
      provide(slow, 2, BUFFER_BYTES);
      assertMessage(slow, 2, 3);
    }
  }

  @Test
  void guestWithoutTheFeatureHasItsRequestsBehindTheFirstQueue() throws Exception {
    try (TestServer server = TestServer.withNotifications(0);
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, 0)) {
      frontEnd.realize(2);
      frontEnd.start();
      frontEnd.call(1, Opcode.INIT, new byte[0], 64);
      assertEquals(24, frontEnd.call(1, EchoSession.ECHO, new byte[8], 64).length);
      assertEquals(null, server.session().channel.get());
    }
  }

  @Test
  void configurationSaysHowLongBuffersHaveToBe() throws Exception {
    try (TestServer server = TestServer.withNotifications(TestServer.WINDOW_BYTES);
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, TestServer.WINDOW_BYTES)) {
      frontEnd.realize(3);
      byte[] ask = TestFrontEnd.payload(12 + 8).putInt(40).putInt(8).putInt(0).array();
      ByteBuffer answer = ByteBuffer.wrap(frontEnd.ask(24, ask)).order(ByteOrder.LITTLE_ENDIAN);
      assertEquals(BUFFER_BYTES, answer.getInt(12));
      assertEquals(0, answer.getInt(16));
    }
  }

  private static int error(TestFrontEnd frontEnd, byte[] request) {
    frontEnd.prepare(REQUESTS, request, 4096);
    frontEnd.rings.get(REQUESTS).submit(0);
    int length = frontEnd.rings.get(REQUESTS).take().length();
    byte[] reply = frontEnd.peek(TestFrontEnd.REPLY_AT, length);
    return ByteBuffer.wrap(reply).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
  }

  @Test
  void whatOneGuestChangesAnotherIsTold(@TempDir Path place) throws Exception {
    Path socket = place.resolve("s");
    try (TestVolume test = TestVolume.inMemory();
        MappedDaxDevice device = DaxDevices.memfd("notices", TestVolume.DEVICE_BYTES);
        VirtioFsServer door =
            new VirtioFsServer(
                new VirtioFsServer.Options(socket, "notices", 1, 0).withNotifications(true),
                List.of(device),
                new FuseServer(
                    new FamfsFileSystem(test.volume(), FamfsOptions.standard()),
                    ClientOptions.standard().withArchitecture(ClientArchitecture.X86)))) {
      door.start();
      try (TestFrontEnd hearing = booted(socket, 0);
          TestFrontEnd changing = booted(socket, 0)) {
        assertEquals(0, error(hearing, Requests.init()));
        assertEquals(0, error(hearing, Requests.getattr(1)));
        assertEquals(0, error(changing, Requests.init()));
        for (int i = 0; i < 16; i++) {
          provide(hearing, i, BUFFER_BYTES);
        }
        long nodeid = test.nodeid("hello");
        byte[] chmod = Requests.setattr(nodeid, /* FATTR_MODE */ 1, 0, 0600, 0);
        assertEquals(0, error(changing, chmod));
        byte[] told = {};
        while (told.length < 40 || TestFrontEnd.longAt(told, 16) != nodeid) {
          TestRing.Used used = hearing.rings.get(NOTIFICATIONS).take();
          told = hearing.peek(BUFFERS + used.id() * 8192L, used.length());
        }
        assertArrayEquals(message(nodeid).toArray(ValueLayout.JAVA_BYTE), told);
      }
    }
  }
}
