package io.famfs.virtiofs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.fuse.device.JavaCommand;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.Requests;
import io.famfs.os.handover.Supervisor;
import io.famfs.store.CheckReport;
import io.famfs.store.FileCreation;
import io.famfs.store.FormatOptions;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import io.famfs.store.VolumeCheck;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// A server is killed under a front-end that knows nothing of it.
@Timeout(180)
@ParameterizedClass
@ValueSource(longs = {0, TestFrontEnd.RING_PACKED})
class TakeoverTest {
  private static final long DEVICE_BYTES = 64L << 20;
  private static final long WINDOW = 32L << 20;
  private static final int FILE_BYTES = 6 << 20;
  private static final int RANGE = 2 << 20;
  private static final long ROOT = 1;

  private final long layout;

  @TempDir Path directory;

  private Path deviceFile;
  private Supervisor supervisor;
  private final Thread supervising = Thread.ofPlatform().unstarted(() -> supervisor.run());

  TakeoverTest(long layout) {
    this.layout = layout;
  }

  @BeforeEach
  void makeVolume() throws IOException {
    deviceFile = directory.resolve("device");
    try (MappedDaxDevice device = DaxDevices.createFile(deviceFile, DEVICE_BYTES);
        Volume volume = Volume.format(List.of(device), FormatOptions.ownedBy(LeftServer.OWNER));
        FileCreation file = volume.create("file", FILE_BYTES, 0644, 0, 0)) {
      file.commit();
    }
    supervisor = Supervisor.of(List.of("true"), _ -> {});
  }

  private Path serve(long windowBytes) throws IOException, InterruptedException {
    Path socket = directory.resolve("s");
    List<String> command =
        JavaCommand.of(
            List.of("-XX:TieredStopAtLevel=1"),
            LeftServer.class,
            deviceFile.toString(),
            socket.toString(),
            Long.toString(windowBytes),
            directory.toString());
    CountDownLatch ready = new CountDownLatch(1);
    supervisor = Supervisor.of(command, pid -> ready.countDown());
    supervising.start();
    assertTrue(ready.await(60, TimeUnit.SECONDS), "the server does not start");
    return socket;
  }

  @AfterEach
  void stop() throws InterruptedException {
    supervisor.stop();
    assertTrue(supervising.join(Duration.ofSeconds(30)), "the supervisor does not end");
  }

  /// What is in the volume when nobody serves it.
  private int entries() throws Exception {
    stop();
    try (MappedDaxDevice device = DaxDevices.open(deviceFile, Mode.READ_WRITE)) {
      CheckReport report = VolumeCheck.check(List.of(device));
      assertTrue(report.clean(), () -> report.findings().toString());
      try (Volume volume = Volume.open(List.of(device), OpenOptions.forReading())) {
        return volume.namespace().root().childCount();
      }
    }
  }

  private static byte[] numbered(byte[] request, long unique) {
    ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN).putLong(8, unique);
    return request;
  }

  private static byte[] ask(TestFrontEnd frontEnd, int ring, byte[] request) {
    frontEnd.prepare(ring, request, 8192);
    frontEnd.rings.get(ring).submit(0);
    int length = frontEnd.rings.get(ring).take().length();
    return frontEnd.peek(TestFrontEnd.REPLY_AT, length);
  }

  private static ShmemReceiver shmem(TestFrontEnd frontEnd) {
    return Objects.requireNonNull(frontEnd.shmem);
  }

  private static int error(byte[] reply) {
    return ByteBuffer.wrap(reply).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
  }

  private TestFrontEnd mounted(Path socket, long windowBytes) throws IOException {
    TestFrontEnd frontEnd = new TestFrontEnd(socket, windowBytes);
    frontEnd.features |= layout;
    frontEnd.realize(3);
    frontEnd.start();
    assertEquals(0, error(ask(frontEnd, 1, Requests.init())));
    return frontEnd;
  }

  @Test
  void requestIsDoneOnceWhetherTheServerIsKilledBeforeOrBehindItsWork() throws Exception {
    Path socket = serve(0);
    try (TestFrontEnd frontEnd = mounted(socket, 0)) {
      for (int i = 1; i <= 4; i++) {
        byte[] request = numbered(Requests.mkdir(ROOT, "d" + i, 0755), -1000 - i);
        byte[] reply = ask(frontEnd, 1 + i % 2, request);
        assertEquals(0, error(reply), "request " + i);
        assertEquals(-1000 - i, TestFrontEnd.longAt(reply, 8));
        assertTrue(Files.exists(directory.resolve("killed" + (-1000 - i))), "killed by " + i);
        assertNotEquals(0, error(ask(frontEnd, 1, Requests.mkdir(ROOT, "d" + i, 0755))));
      }
    }
    assertEquals(5, entries());
  }

  @Test
  void guestSeesAPauseAndNoErrorWhenItsServerIsKilledAtAnyMoment() throws Exception {
    Path socket = serve(WINDOW);
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    String what = "seed " + seed;
    int made = 0;
    long longestNs = 0;
    try (TestFrontEnd frontEnd = mounted(socket, WINDOW)) {
      byte[] found = ask(frontEnd, 1, Requests.lookup(ROOT, "file"));
      long file = TestFrontEnd.longAt(found, 16);
      byte[] content = new byte[4096];
      int kills = Integer.getInteger("famfs.kills", 6);
      shmem(frontEnd).serverMayBeKilled();
      for (int kill = 0; kill < kills; kill++) {
        long killAt = System.nanoTime() + random.nextLong(20_000_000, 400_000_000);
        boolean killed = false;
        int before = supervisor.starts();
        while (supervisor.starts() == before || made % 20 != 0) {
          long start = System.nanoTime();
          if (!killed && start >= killAt) {
            killed = true;
            int delayMicros = random.nextInt(300);
            Thread.ofPlatform().start(() -> killSoon(delayMicros));
          }
          String name = "n" + made++;
          assertEquals(0, error(ask(frontEnd, 1, Requests.mkdir(ROOT, name, 0700))), what + name);
          random.nextBytes(content);
          byte[] write = Requests.write(file, (made % 64) * 4096L, content);
          assertEquals(0, error(ask(frontEnd, 2, write)), what);
          long at = (long) RANGE * random.nextInt(3);
          byte[] map = Requests.setupMapping(file, at, at, RANGE, 3);
          assertEquals(0, error(ask(frontEnd, 1, map)), what);
          if (random.nextBoolean()) {
            byte[] unmap = Requests.removeMapping(file, at, RANGE);
            assertEquals(0, error(ask(frontEnd, 1, unmap)), what);
          }
          byte[] read = Requests.read(Opcode.READ, file, (made % 64) * 4096L, 4096);
          byte[] reply = ask(frontEnd, 2, read);
          assertArrayEquals(content, Arrays.copyOfRange(reply, 16, reply.length), what);
          longestNs = Math.max(longestNs, System.nanoTime() - start);
        }
      }
      assertEquals(List.of(), shmem(frontEnd).breaches());
      assertTrue(shmem(frontEnd).unmapsOfNothing() <= kills, "one map in doubt for each kill");
      frontEnd.setMemoryTable();
      assertEquals(kills + 1, supervisor.starts());
    }
    System.out.printf("longest pause %d ms, %d directories%n", longestNs / 1_000_000, made);
    assertEquals(made + 1, entries());
  }

  private void killSoon(int delayMicros) {
    long until = System.nanoTime() + delayMicros * 1000L;
    while (System.nanoTime() < until) {
      Thread.onSpinWait();
    }
    supervisor.signal(9);
  }

  @Test
  void upgradeAndAReplacedWindowMapAreNotSeenByTheGuest() throws Exception {
    Path socket = serve(WINDOW);
    try (TestFrontEnd frontEnd = mounted(socket, WINDOW)) {
      long file = TestFrontEnd.longAt(ask(frontEnd, 1, Requests.lookup(ROOT, "file")), 16);
      assertEquals(0, error(ask(frontEnd, 1, Requests.setupMapping(file, 0, 0, RANGE, 3))));
      shmem(frontEnd).takeMessages();
      int starts = supervisor.starts();
      supervisor.signal(15);
      while (supervisor.starts() == starts) {
        Thread.onSpinWait();
      }
      // The map is live in the next process: nothing is sent for the same, and it goes whole.
      assertEquals(0, error(ask(frontEnd, 1, Requests.setupMapping(file, 0, 0, RANGE, 3))));
      assertEquals(starts + 1, supervisor.starts());
      assertEquals(List.of(), shmem(frontEnd).takeMessages());
      assertEquals(0, error(ask(frontEnd, 1, Requests.setupMapping(file, RANGE, 0, RANGE, 3))));
      List<Integer> kinds = new ArrayList<>();
      shmem(frontEnd).takeMessages().forEach(message -> kinds.add(message.id()));
      assertEquals(List.of(ShmemReceiver.UNMAP, ShmemReceiver.MAP, ShmemReceiver.BARRIER), kinds);
      // The guest unmounts; the front-end stops, starts anew and is served by the same process.
      assertEquals(0, error(ask(frontEnd, 1, Requests.handle24(Opcode.DESTROY, ROOT))));
      frontEnd.stop();
      frontEnd.start();
      assertEquals(0, error(ask(frontEnd, 1, Requests.init())));
      assertEquals(List.of(), shmem(frontEnd).breaches());
    }
  }

  @Test
  void newFileAndLocksOutliveTheServer() throws Exception {
    Path socket = serve(0);
    byte[] content = new byte[700_000];
    new SplittableRandom(5).nextBytes(content);
    try (TestFrontEnd frontEnd = mounted(socket, 0);
        TestFrontEnd other = mounted(socket, 0)) {
      byte[] made = ask(frontEnd, 1, numbered(Requests.create(ROOT, "new", 0640, 2), -2002));
      assertEquals(0, error(made));
      long file = TestFrontEnd.longAt(made, 16);
      Requests.Lock write = new Requests.Lock(7, 100, 199, 1, 33, 0);
      assertEquals(0, error(ask(frontEnd, 1, Requests.lock(Opcode.SETLK, file, 9, write))));
      for (int at = 0; at < content.length; at += 70_000) {
        if (at % 210_000 == 0) {
          supervisor.signal(at == 0 ? 15 : 9);
        }
        byte[] part = Arrays.copyOfRange(content, at, at + 7000);
        assertEquals(0, error(ask(frontEnd, 2, Requests.write(file, at, part))), "at " + at);
      }
      Requests.Lock wish = new Requests.Lock(8, 150, 150, 1, 44, 0);
      int refused = error(ask(other, 1, Requests.lock(Opcode.SETLK, file, 10, wish)));
      assertEquals(-Errno.EAGAIN, refused, "a lock of a process before is in the way");
      Requests.Lock none = new Requests.Lock(7, 0, Long.MAX_VALUE, 2, 33, 0);
      assertEquals(0, error(ask(frontEnd, 1, Requests.lock(Opcode.SETLK, file, 11, none))));
      supervisor.signal(9);
      assertEquals(0, error(ask(other, 1, Requests.lock(Opcode.SETLK, file, 12, wish))));
      assertEquals(0, error(ask(frontEnd, 1, numbered(Requests.release(file, 2), -2003))));
      for (int at = 0; at < content.length; at += 70_000) {
        byte[] reply = ask(other, 2, Requests.read(Opcode.READ, file, at, 7000));
        byte[] part = Arrays.copyOfRange(content, at, at + 7000);
        assertArrayEquals(part, Arrays.copyOfRange(reply, 16, reply.length), "at " + at);
      }
      byte[] late = ask(frontEnd, 1, Requests.write(file, 1 << 20, new byte[1]));
      assertEquals(
          -Errno.EFBIG, error(late), "it is in the log since its last handle was released");
    }
    assertEquals(2, entries());
  }

  /// All of them are done, the server is killed before the reply goes, and they come once more.
  @Test
  void openAndReleaseOfANewFileAreCountedOnceWhenTheServerIsKilledBehindThem() throws Exception {
    Path socket = serve(0);
    try (TestFrontEnd frontEnd = mounted(socket, 0)) {
      byte[] made = ask(frontEnd, 1, numbered(Requests.create(ROOT, "new", 0640, 2), -3002));
      assertEquals(0, error(made));
      long file = TestFrontEnd.longAt(made, 16);
      byte[] open = numbered(Requests.open(Opcode.OPEN, file, 2), -3004);
      assertEquals(0, error(ask(frontEnd, 1, open)));
      assertEquals(0, error(ask(frontEnd, 2, numbered(Requests.release(file, 2), -3006))));
      byte[] longer = Requests.write(file, 70_000, new byte[1]);
      assertEquals(0, error(ask(frontEnd, 1, longer)), "one handle is open: it is still new");
      assertEquals(0, error(ask(frontEnd, 1, numbered(Requests.release(file, 2), -3008))));
      byte[] late = Requests.write(file, 80_000, new byte[1]);
      assertEquals(-Errno.EFBIG, error(ask(frontEnd, 1, late)), "none is: it is in the log");
      byte[] node = numbered(Requests.mknod(ROOT, "node", 0100644), -3010);
      assertEquals(0, error(ask(frontEnd, 1, node)));
      assertEquals(6, supervisor.starts());
    }
    assertEquals(3, entries());
  }

  @Test
  void messageOfTheFrontEndThatNobodyHasAnsweredIsAnsweredByTheNextProcess() throws Exception {
    Path socket = serve(0);
    try (TestFrontEnd frontEnd = mounted(socket, 0)) {
      for (int round = 0; round < 3; round++) {
        int starts = supervisor.starts();
        supervisor.signal(9);
        frontEnd.send(18, TestFrontEnd.NEED_REPLY, TestFrontEnd.state(1, 1));
        byte[] answer = frontEnd.receive(18);
        assertEquals(0, MemorySegment.ofArray(answer).get(ValueLayout.JAVA_LONG_UNALIGNED, 0));
        assertEquals(starts + 1, supervisor.starts());
        assertEquals(0, error(ask(frontEnd, 1, Requests.getattr(ROOT))));
      }
      frontEnd.enable(0);
      frontEnd.vringBase(0);
      int base = frontEnd.vringBase(1);
      supervisor.signal(9);
      assertEquals(base, frontEnd.vringBase(1), "a stopped ring stays where it was");
      frontEnd.vringBase(2);
    }
  }

  @Test
  void frontEndThatGoesLeavesNothingBehind() throws Exception {
    Path socket = serve(0);
    int before = supervisor.kept();
    try (TestFrontEnd _ = mounted(socket, 0)) {
      assertTrue(supervisor.kept() > before + 8);
    }
    while (supervisor.kept() > before) {
      Thread.onSpinWait();
      assertFalse(Thread.interrupted(), "descriptors are left behind");
    }
    assertFalse(supervisor.isEnding());
    try (TestFrontEnd frontEnd = mounted(socket, 0)) {
      assertEquals(0, error(ask(frontEnd, 1, Requests.getattr(ROOT))));
    }
  }
}
