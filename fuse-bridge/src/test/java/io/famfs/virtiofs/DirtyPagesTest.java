package io.famfs.virtiofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.MigrationPolicy;
import io.famfs.fuse.server.Requests;
import io.famfs.os.Fd;
import io.famfs.os.Memfd;
import io.famfs.os.MemoryMap;
import io.famfs.store.FileCreation;
import io.famfs.store.FormatOptions;
import io.famfs.store.Volume;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The log of dirty pages has the pages that were written, all of them and no others.
@Timeout(60)
class DirtyPagesTest {
  private static final int PAGE = 4096;
  private static final int FILE_BYTES = 64 * 1024;
  private static final long LOG_ALL = 1L << 26;
  private static final long LOG_OFFSET = 8;

  /// Covers the memory and a part behind it, where the rings are logged.
  private static final long LOG_PAGES = (TestGuest.HIGH + 4 * TestGuest.MIB) / PAGE;

  private static final int LOG_BYTES = (int) (LOG_PAGES / 8);
  private static final long RINGS_AT = TestGuest.HIGH + 3 * TestGuest.MIB - 300;

  /// One ring only is logged: a worker that has gone round once more for nothing marks the end of
  /// that late, and the pages of it are those of every round.
  private static final int LOGGED = 1;

  @TempDir Path directory;

  private MigratingServer server;
  private TestFrontEnd frontEnd;
  private Fd logFile;
  private MemoryMap logMap;
  private long file;

  @BeforeEach
  void serve() throws IOException {
    Path path = directory.resolve("device");
    try (MappedDaxDevice device = DaxDevices.createFile(path, 64L << 20);
        Volume volume =
            Volume.format(List.of(device), FormatOptions.ownedBy(MigratingServer.OWNER));
        FileCreation creation = volume.create("file", FILE_BYTES, 0644, 0, 0)) {
      creation.commit();
    }
    server = new MigratingServer(path, directory.resolve("s"), false, MigrationPolicy.ABORT);
    frontEnd = new TestFrontEnd(server.socket, 0);
    frontEnd.features |= TestFrontEnd.EVENT_IDX;
    frontEnd.realize(3);
    frontEnd.start();
    assertTrue(ask(1, Requests.init()).length > 16);
    file = TestFrontEnd.longAt(ask(1, Requests.lookup(1, "file")), 16);
    logFile = Memfd.create("log", LOG_OFFSET + LOG_BYTES);
    logMap = MemoryMap.map(logFile, 0, LOG_OFFSET + LOG_BYTES, MemoryMap.Access.READ_WRITE);
  }

  @AfterEach
  void close() {
    frontEnd.close();
    server.close();
    logMap.close();
    logFile.close();
  }

  private byte[] ask(int ring, byte[] request) {
    frontEnd.prepare(ring, request, 8192);
    wanted(ring);
    frontEnd.rings.get(ring).submit(0);
    int length = frontEnd.rings.get(ring).take().length();
    return frontEnd.peek(TestFrontEnd.REPLY_AT, length);
  }

  /// Asks for a notification of the next answer.
  private void wanted(int ring) {
    TestRing on = frontEnd.rings.get(ring);
    on.usedEvent(on.usedIndexOnRing());
  }

  private BitSet marked() {
    return BitSet.valueOf(
        logMap.segment().asSlice(LOG_OFFSET, LOG_BYTES).toArray(ValueLayout.JAVA_BYTE));
  }

  private void clear() {
    logMap.segment().fill((byte) 0);
  }

  private static byte[] log(long bytes, long offset) {
    return TestFrontEnd.payload(16).putLong(bytes).putLong(offset).array();
  }

  /// What QEMU sends when a migration begins or ends while the guest runs.
  private void logging(boolean on) {
    if (on) {
      frontEnd.send(6, 0, log(LOG_BYTES, LOG_OFFSET), logFile);
      assertEquals(0, DeviceState.reply(frontEnd, 6));
    }
    long features = on ? frontEnd.features | LOG_ALL : frontEnd.features;
    TestFrontEnd.check(frontEnd.tell(2, TestFrontEnd.u64(features)));
    for (int i = 0; i < frontEnd.rings.size(); i++) {
      TestFrontEnd.check(frontEnd.tell(9, addresses(i, on && i == LOGGED)));
    }
  }

  private byte[] addresses(int index, boolean logged) {
    TestRing ring = frontEnd.rings.get(index);
    return TestFrontEnd.payload(40)
        .putInt(index)
        .putInt(logged ? 1 : 0)
        .putLong(TestGuest.user(ring.descriptorTable()))
        .putLong(TestGuest.user(ring.usedRing()))
        .putLong(TestGuest.user(ring.availRing()))
        .putLong(logged ? RINGS_AT + 2L * PAGE * index : 0)
        .array();
  }

  private static void pages(BitSet to, long at, long bytes) {
    if (bytes > 0) {
      to.set((int) (at / PAGE), (int) ((at + bytes - 1) / PAGE) + 1);
    }
  }

  @Test
  void bitmapIsThatOfTheModelForAnyFraming() {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    logging(true);
    int[] used = {
      0, frontEnd.rings.get(1).usedIndexOnRing(), frontEnd.rings.get(2).usedIndexOnRing()
    };
    for (int round = 0; round < 300; round++) {
      int on = LOGGED;
      TestRing ring = frontEnd.rings.get(on);
      List<TestRing.Buffer> reply = new ArrayList<>();
      int bytes = random.nextInt(1, 40_000);
      byte[] request = Requests.read(Opcode.READ, file, random.nextInt(FILE_BYTES), bytes);
      frontEnd.poke(1 << 20, request);
      int room = 0;
      long at = 2 * TestGuest.MIB + random.nextInt(5000);
      while (room < 16 + bytes) {
        int piece = random.nextInt(1, 9000);
        reply.add(new TestRing.Buffer(at, piece, true));
        at += piece + random.nextInt(9000);
        room += piece;
        at =
            random.nextInt(8) == 0 && at < TestGuest.HIGH
                ? TestGuest.HIGH + at - 2 * TestGuest.MIB
                : at;
        if (reply.size() == TestFrontEnd.QUEUE_SIZE - 2) {
          break;
        }
      }
      List<TestRing.Buffer> all = new ArrayList<>();
      all.add(new TestRing.Buffer(1 << 20, request.length, false));
      all.addAll(reply);
      ring.chain(ring.descriptorTable(), 0, all);
      clear();
      wanted(on);
      ring.submit(0);
      TestRing.Used answer = ring.take();
      BitSet expected = new BitSet();
      long left = answer.length();
      for (TestRing.Buffer buffer : reply) {
        pages(expected, buffer.address(), Math.min(left, buffer.length()));
        left -= Math.min(left, buffer.length());
      }
      rings(expected, on, used[on]++);
      awaitMarks(expected, "seed " + seed + " round " + round);
    }
    logging(false);
    clear();
    ask(1, Requests.getattr(1));
    ask(2, Requests.getattr(1));
    assertTrue(marked().isEmpty(), "nothing is marked when logging is off");
  }

  /// A mark follows its write, so the last ones come behind the answer.
  private void awaitMarks(BitSet expected, String what) {
    long start = System.nanoTime();
    while (!marked().equals(expected) && System.nanoTime() - start < 2_000_000_000L) {
      Thread.onSpinWait();
    }
    assertEquals(expected, marked(), what);
  }

  private void rings(BitSet to, int ring, int index) {
    long at = RINGS_AT + 2L * PAGE * ring;
    pages(to, at + 4 + 8L * (index % TestFrontEnd.QUEUE_SIZE), 8);
    pages(to, at + 2, 2);
    pages(to, at + 4 + 8L * TestFrontEnd.QUEUE_SIZE, 2);
  }

  @Test
  void logThatIsTooShortOrNoneIsRefused() {
    frontEnd.send(6, 0, log(LOG_BYTES, 4), logFile);
    assertNull(frontEnd.receive(6), "not at a multiple of 8");
    TestFrontEnd second = again();
    second.send(6, 0, log(LOG_BYTES + 8, LOG_OFFSET), logFile);
    assertNull(second.receive(6), "beyond the end of the file");
    second.close();
    TestFrontEnd third = again();
    third.send(6, 0, log(4096, 0), logFile);
    assertNull(third.receive(6), "shorter than the memory");
    third.close();
    TestFrontEnd fourth = again();
    fourth.send(6, 0, log(LOG_BYTES, LOG_OFFSET));
    assertNull(fourth.receive(6), "no descriptor");
    fourth.close();
  }

  private TestFrontEnd again() {
    try {
      TestFrontEnd next = new TestFrontEnd(server.socket, 0);
      next.realize(3);
      next.start();
      return next;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
