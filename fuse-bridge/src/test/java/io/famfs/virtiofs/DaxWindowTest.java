package io.famfs.virtiofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.famfs.core.DaxDevice;
import io.famfs.core.Errno;
import io.famfs.fuse.server.EchoSession;
import io.famfs.fuse.server.MappingWindow;
import io.famfs.fuse.server.WindowPieces;
import io.famfs.os.MemoryMap;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DaxWindowTest {
  private static final long WINDOW = TestServer.WINDOW_BYTES;
  private static final long RANGE = 2 << 20;
  private static final long PAGE = 4096;
  private static final int EIO = -Errno.EIO;

  /// A front-end with a started device, and the window its session has.
  private static final class Running implements AutoCloseable {
    final TestServer server = new TestServer(2, WINDOW);
    final TestFrontEnd frontEnd = new TestFrontEnd(server.socket, WINDOW);
    final EchoSession session;
    final ShmemReceiver receiver;

    Running() throws Exception {
      frontEnd.realize(3);
      frontEnd.start();
      session = server.session();
      assertNotNull(frontEnd.shmem);
      receiver = frontEnd.shmem;
    }

    MappingWindow window() {
      assertNotNull(session.window);
      return session.window;
    }

    int map(long device, long window, long length) {
      return frontEnd.error(1, EchoSession.MAP, TestFrontEnd.range(device, window, length));
    }

    int unmap(long window, long length) {
      return frontEnd.error(1, EchoSession.UNMAP, TestFrontEnd.range(0, window, length));
    }

    List<Integer> ids() {
      return receiver.takeMessages().stream().map(ShmemReceiver.Message::id).toList();
    }

    @Override
    public void close() throws IOException {
      assertEquals(List.of(), receiver.breaches());
      frontEnd.close();
      server.close();
    }
  }

  /// A device of which only the alignment is looked at.
  private static DaxDevice aligned(int bytes) {
    return (DaxDevice)
        Proxy.newProxyInstance(
            DaxDevice.class.getClassLoader(), new Class<?>[] {DaxDevice.class}, (p, m, a) -> bytes);
  }

  @Test
  void theCoarsestDeviceSetsTheGranularity() {
    int page = Integer.numberOfTrailingZeros(MemoryMap.pageBytes());
    assertEquals(page, WindowShape.alignmentLog2(List.of()));
    assertEquals(page, WindowShape.alignmentLog2(List.of(aligned(4096))));
    assertEquals(16, WindowShape.alignmentLog2(List.of(aligned(4096), aligned(1 << 16))));
    assertEquals(21, WindowShape.alignmentLog2(List.of(aligned(1 << 21), aligned(4096))));
    assertEquals(30, WindowShape.alignmentLog2(List.of(aligned(1 << 30))));
  }

  @Test
  void mapIsSentWritableWithTheDevicesDescriptorAndABarrierBehindIt() throws Exception {
    try (Running running = new Running()) {
      assertEquals(0, running.map(RANGE, 4 * RANGE, RANGE));
      assertEquals(
          List.of(
              new ShmemReceiver.Message(ShmemReceiver.MAP, RANGE, 4 * RANGE, RANGE, 1),
              new ShmemReceiver.Message(ShmemReceiver.BARRIER, 0, 0, 0, 0)),
          running.receiver.takeMessages());
      ShmemReceiver.Mapped there = running.receiver.maps().get(4 * RANGE);
      assertNotNull(there);
      assertEquals(running.server.device.fd().identity(), there.file());
      assertEquals(0, running.unmap(4 * RANGE, RANGE));
      assertEquals(List.of(ShmemReceiver.UNMAP, ShmemReceiver.BARRIER), running.ids());
      assertEquals(Map.of(), running.receiver.maps());
    }
  }

  @Test
  void upgradeToWritableNeedsNoMessage() throws Exception {
    try (Running running = new Running()) {
      assertEquals(0, running.map(0, 0, RANGE));
      assertEquals(2, running.ids().size());
      assertEquals(0, running.map(0, 0, RANGE));
      assertEquals(0, running.map(PAGE, PAGE, RANGE - PAGE));
      assertEquals(List.of(), running.ids());
    }
  }

  @Test
  void newRangeOverOldOnesTakesEachOutWholeAndPutsTheRestBack() throws Exception {
    try (Running running = new Running()) {
      assertEquals(0, running.map(0, 0, RANGE));
      assertEquals(0, running.map(RANGE, RANGE, RANGE));
      assertEquals(0, running.map(8 * RANGE, RANGE - PAGE, 2 * PAGE));
      assertEquals(
          Map.of(0L, RANGE - PAGE, RANGE - PAGE, 2 * PAGE, RANGE + PAGE, RANGE - PAGE),
          lengths(running.receiver));
      assertEquals(0, running.unmap(0, WINDOW));
      assertEquals(Map.of(), running.receiver.maps());
    }
  }

  private static Map<Long, Long> lengths(ShmemReceiver receiver) {
    Map<Long, Long> lengths = new java.util.TreeMap<>();
    receiver.maps().forEach((at, map) -> lengths.put(at, map.length()));
    return lengths;
  }

  @Test
  void memoryIsTakenOutWhereverItAppears() throws Exception {
    try (Running running = new Running()) {
      assertEquals(0, running.map(RANGE, 0, RANGE));
      assertEquals(0, running.map(RANGE + 4 * PAGE, 4 * RANGE, 8 * PAGE));
      assertEquals(0, running.map(2 * RANGE, 6 * RANGE, RANGE));
      running.receiver.takeMessages();
      assertEquals(0, running.window().withdraw(0, RANGE + 6 * PAGE, 2 * PAGE));
      assertEquals(
          Map.of(
              0L,
              6 * PAGE,
              8 * PAGE,
              RANGE - 8 * PAGE,
              4 * RANGE,
              2 * PAGE,
              4 * RANGE + 4 * PAGE,
              4 * PAGE,
              6 * RANGE,
              RANGE),
          lengths(running.receiver));
      running.receiver.takeMessages();
      assertEquals(0, running.window().withdraw(0, RANGE + 6 * PAGE, 2 * PAGE));
      assertEquals(0, running.window().withdraw(1, 0, 2 * RANGE));
      assertEquals(List.of(), running.ids(), "nothing to take out");
      assertEquals(0, running.window().withdraw(0, 2 * RANGE + 5, 1));
      assertEquals(RANGE - PAGE, lengths(running.receiver).get(6 * RANGE + PAGE));
      assertEquals(0, running.unmap(0, WINDOW));
    }
  }

  @Test
  void refusedMapLeavesWhatWasThere() throws Exception {
    try (Running running = new Running()) {
      assertEquals(0, running.map(0, 0, RANGE));
      running.receiver.refuse(message -> message.fdOffset() == 4 * RANGE);
      WindowPieces pieces = piece(0, 6 * RANGE, 0, PAGE);
      pieces.add(0, 4 * RANGE, PAGE, PAGE);
      assertEquals(EIO, running.window().map(1, 0, 0, 2 * PAGE, pieces, true));
      assertEquals(Map.of(0L, RANGE), lengths(running.receiver));
      ShmemReceiver.Mapped there = running.receiver.maps().get(0L);
      assertNotNull(there);
      assertEquals(0, there.fdOffset());
      assertEquals(1, running.server.server.stats().liveMaps());
    }
  }

  @Test
  void wrongRangesAreRefusedWithoutAMessage() throws Exception {
    try (Running running = new Running()) {
      int einval = -Errno.EINVAL;
      assertEquals(einval, running.map(0, 1, PAGE));
      assertEquals(einval, running.map(0, 0, 5000));
      assertEquals(einval, running.map(0, 0, 0));
      assertEquals(einval, running.map(0, WINDOW - PAGE, 2 * PAGE));
      assertEquals(einval, running.map(0, -PAGE, PAGE));
      assertEquals(einval, running.map(512, 0, PAGE));
      assertEquals(einval, running.map(TestServer.DEVICE_BYTES, 0, PAGE));
      assertEquals(einval, running.map(0, PAGE, Long.MAX_VALUE & -PAGE));
      WindowPieces hole = piece(0, 0, 0, PAGE);
      hole.add(0, 0, 2 * PAGE, PAGE);
      assertEquals(einval, running.window().map(1, 0, 0, 3 * PAGE, hole, true));
      WindowPieces noDevice = piece(1, 0, 0, PAGE);
      assertEquals(einval, running.window().map(1, 0, 0, PAGE, noDevice, true));
      assertEquals(List.of(), running.ids());
    }
  }

  @Test
  void nothingIsSentAfterTheDeviceWasDisabled() throws Exception {
    try (Running running = new Running()) {
      assertEquals(0, running.map(0, 0, RANGE));
      running.ids();
      running.frontEnd.enable(0);
      assertEquals(EIO, running.window().map(1, 0, RANGE, RANGE, pieces(RANGE), true));
      assertEquals(EIO, running.window().unmap(0, RANGE));
      running.window().unmapAll();
      assertEquals(List.of(), running.ids());
    }
  }

  private static WindowPieces pieces(long at) {
    return piece(0, at, at, RANGE);
  }

  private static WindowPieces piece(
      int device, long deviceOffset, long windowOffset, long lengthBytes) {
    WindowPieces one = new WindowPieces();
    one.add(device, deviceOffset, windowOffset, lengthBytes);
    return one;
  }

  @Test
  void guestThatStartsAnewHasAnEmptyWindow() throws Exception {
    try (Running running = new Running()) {
      assertEquals(0, running.map(0, 0, RANGE));
      running.frontEnd.stop();
      running.ids();
      running.frontEnd.start();
      assertEquals(0, running.map(RANGE, 0, RANGE));
      assertEquals(List.of(ShmemReceiver.MAP, ShmemReceiver.BARRIER), running.ids());
    }
  }

  @Test
  void guestThatWasOnlyPausedKeepsItsWindow() throws Exception {
    try (Running running = new Running()) {
      assertEquals(0, running.map(0, 0, RANGE));
      running.frontEnd.enable(0);
      int[] bases = new int[3];
      for (int i = 0; i < 3; i++) {
        bases[i] = running.frontEnd.vringBase(i);
      }
      for (int i = 0; i < 3; i++) {
        running.frontEnd.place(i, bases[i]);
        TestFrontEnd.check(
            running.frontEnd.tell(
                12, TestFrontEnd.u64(i), running.frontEnd.rings.get(i).kick.fd()));
      }
      running.frontEnd.enable(1);
      running.ids();
      assertEquals(0, running.map(0, 0, RANGE));
      assertEquals(List.of(), running.ids());
      assertEquals(0, running.unmap(0, RANGE));
      assertEquals(Map.of(), running.receiver.maps());
    }
  }

  @Test
  void stoppingDoesNotWaitForTheReplyToAMap() throws Exception {
    try (Running running = new Running()) {
      running.receiver.answers.drainPermits();
      byte[] range = TestFrontEnd.range(0, 0, RANGE);
      running.frontEnd.prepare(1, running.frontEnd.request(EchoSession.MAP, 5, range), 64);
      running.frontEnd.rings.get(1).submit(0);
      running.receiver.awaitMessage();
      // The table comes while the worker waits, and has to be acknowledged.
      running.frontEnd.setMemoryTable();
      running.frontEnd.enable(0);
      assertEquals(1, running.frontEnd.vringBase(1));
      assertEquals(0, running.frontEnd.vringBase(0));
      assertEquals(0, running.frontEnd.vringBase(2));
      running.receiver.dropMaps();
      // The late reply is still on the socket when the guest starts again.
      running.receiver.answers.release(1_000_000);
      running.frontEnd.start();
      assertEquals(0, running.map(RANGE, 0, RANGE));
      assertEquals(Map.of(0L, RANGE), lengths(running.receiver));
    }
  }

  @Test
  void mapOfUnknownFateIsTakenOutBeforeItsPlaceIsUsed() throws Exception {
    try (Running running = new Running()) {
      running.receiver.answers.drainPermits();
      Thread mapper =
          Thread.ofPlatform().start(() -> running.window().map(1, 0, 0, RANGE, pieces(0), true));
      running.receiver.awaitMessage();
      running.frontEnd.enable(0);
      mapper.join();
      running.receiver.answers.release(1_000_000);
      running.frontEnd.enable(1);
      // Not stopped in between, so the front-end still has it.
      assertEquals(0, running.map(4 * RANGE, 0, RANGE));
      assertEquals(Map.of(0L, RANGE), lengths(running.receiver));
    }
  }

  @Test
  void windowOfADeviceWithoutBackEndChannelFailsWithIo() throws Exception {
    try (TestServer server = new TestServer(1, WINDOW);
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, 0)) {
      frontEnd.realize(2);
      frontEnd.start();
      assertEquals(EIO, frontEnd.error(1, EchoSession.MAP, TestFrontEnd.range(0, 0, RANGE)));
    }
  }

  @Test
  void endOfTheConnectionFreesWhoeverWaitsForAReply() throws Exception {
    try (TestServer server = new TestServer(1, WINDOW)) {
      EchoSession session;
      try (TestFrontEnd frontEnd = new TestFrontEnd(server.socket, WINDOW)) {
        frontEnd.realize(2);
        frontEnd.start();
        session = server.session();
        ShmemReceiver receiver = frontEnd.shmem;
        assertNotNull(receiver);
        receiver.answers.drainPermits();
        byte[] range = TestFrontEnd.range(0, 0, RANGE);
        frontEnd.prepare(1, frontEnd.request(EchoSession.MAP, 5, range), 64);
        frontEnd.rings.get(1).submit(0);
        receiver.awaitMessage();
      }
      while (session.closed.get() == 0) {
        Thread.onSpinWait();
      }
    }
  }

  /// The window against an array that says for each page which device page it shows.
  @Test
  void randomMapsAndUnmapsLeaveWhatAnArrayOfPagesSays() throws Exception {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    int pages = 64;
    int devicePages = (int) (TestServer.DEVICE_BYTES / PAGE);
    long[] model = new long[pages];
    Arrays.fill(model, -1);
    try (Running running = new Running()) {
      for (int step = 0; step < 2000; step++) {
        int from = random.nextInt(pages);
        int count = 1 + random.nextInt(pages - from);
        if (random.nextInt(3) == 0) {
          assertEquals(0, running.window().unmap(PAGE * from, PAGE * count), "seed " + seed);
          Arrays.fill(model, from, from + count, -1);
        } else {
          boolean refused = random.nextInt(8) == 0;
          int victim = random.nextInt(pages);
          running.receiver.refuse(message ->
              refused && message.id() == ShmemReceiver.MAP && message.shmOffset() == victim * PAGE);
          long[] next = model.clone();
          WindowPieces pieces = new WindowPieces();
          for (int at = from; at < from + count; ) {
            int length = 1 + random.nextInt(from + count - at);
            int device = random.nextInt(devicePages - length);
            pieces.add(0, device * PAGE, at * PAGE, length * PAGE);
            for (int i = 0; i < length; i++) {
              next[at + i] = (long) device + i;
            }
            at += length;
          }
          int result = running.window().map(9, 0, PAGE * from, PAGE * count, pieces, true);
          running.receiver.refuse(message -> false);
          if (result == 0) {
            model = next;
          } else {
            assertEquals(EIO, result);
            // What cannot be put back because the front-end refuses it stays out.
            forgetRefused(running.receiver, model);
          }
        }
        assertShows(model, running.receiver, "seed " + seed + " step " + step);
      }
      assertNotEquals(0, running.server.server.stats().shmemMaps());
    }
  }

  private static void forgetRefused(ShmemReceiver receiver, long[] model) {
    long[] shown = shown(receiver, model.length);
    for (int i = 0; i < model.length; i++) {
      if (shown[i] == -1) {
        model[i] = -1;
      }
    }
  }

  private static long[] shown(ShmemReceiver receiver, int pages) {
    long[] shown = new long[pages];
    Arrays.fill(shown, -1);
    receiver
        .maps()
        .forEach((at, map) -> {
          for (long i = 0; i < map.length() / PAGE; i++) {
            shown[(int) (at / PAGE + i)] = map.fdOffset() / PAGE + i;
          }
        });
    return shown;
  }

  private static void assertShows(long[] model, ShmemReceiver receiver, String what) {
    assertEquals(Arrays.toString(model), Arrays.toString(shown(receiver, model.length)), what);
  }
}
