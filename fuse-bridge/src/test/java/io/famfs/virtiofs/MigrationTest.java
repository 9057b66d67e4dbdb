package io.famfs.virtiofs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.MigrationPolicy;
import io.famfs.fuse.server.Requests;
import io.famfs.store.FileCreation;
import io.famfs.store.FormatOptions;
import io.famfs.store.Volume;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A guest goes from one server of a volume to another.
@Timeout(120)
class MigrationTest {
  private static final long ROOT = 1;
  private static final int FILE_BYTES = 64 * 1024;
  private static final int READ = 0;
  private static final int WRITE = 1;
  private static final int NONE = 2;

  @TempDir Path directory;

  private Path deviceFile;
  private final List<AutoCloseable> open = new ArrayList<>();
  private int sockets;

  @BeforeEach
  void makeVolume() throws IOException {
    deviceFile = volume("device", "file", "other");
  }

  private Path volume(String name, String... files) throws IOException {
    Path path = directory.resolve(name);
    try (MappedDaxDevice device = DaxDevices.createFile(path, 64L << 20);
        Volume volume =
            Volume.format(List.of(device), FormatOptions.ownedBy(MigratingServer.OWNER))) {
      for (String file : files) {
        try (FileCreation creation = volume.create(file, FILE_BYTES, 0644, 0, 0)) {
          creation.commit();
        }
      }
    }
    return path;
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T opened(T what) {
    open.add(what);
    return what;
  }

  private MigratingServer serve(Path device, boolean incoming, MigrationPolicy policy)
      throws IOException {
    Path socket = directory.resolve("s" + sockets++);
    return opened(new MigratingServer(device, socket, incoming, policy));
  }

  private TestFrontEnd mounted(MigratingServer server) throws IOException {
    TestFrontEnd frontEnd = opened(new TestFrontEnd(server.socket, 0));
    frontEnd.realize(3);
    frontEnd.start();
    assertEquals(0, error(frontEnd, 1, Requests.init()));
    return frontEnd;
  }

  private static byte[] ask(TestFrontEnd frontEnd, int ring, byte[] request) {
    frontEnd.prepare(ring, request, 8192);
    frontEnd.rings.get(ring).submit(0);
    int length = frontEnd.rings.get(ring).take().length();
    return frontEnd.peek(TestFrontEnd.REPLY_AT, length);
  }

  private static int error(byte[] reply) {
    return ByteBuffer.wrap(reply).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
  }

  private static int error(TestFrontEnd frontEnd, int ring, byte[] request) {
    return error(ask(frontEnd, ring, request));
  }

  private static long nodeid(TestFrontEnd frontEnd, String name) {
    byte[] reply = ask(frontEnd, 1, Requests.lookup(ROOT, name));
    assertEquals(0, error(reply), name);
    return TestFrontEnd.longAt(reply, 16);
  }

  private static byte[] lock(int opcode, long nodeid, long owner, int type) {
    int pid = type == NONE ? 0 : 7;
    return Requests.lock(opcode, nodeid, 40 + owner, new Requests.Lock(owner, 0, 99, type, pid, 0));
  }

  private static int posix(TestFrontEnd frontEnd, long nodeid, long owner, int type) {
    return error(frontEnd, 1, lock(Opcode.SETLK, nodeid, owner, type));
  }

  private static int flock(TestFrontEnd frontEnd, long nodeid, long owner, int type) {
    Requests.Lock whole = new Requests.Lock(owner, 0, Long.MAX_VALUE, type, 7, 1);
    return error(frontEnd, 1, Requests.lock(Opcode.SETLK, nodeid, 60 + owner, whole));
  }

  /// A stopped guest's state, and the guest at another server.
  private TestFrontEnd moved(TestFrontEnd from, MigratingServer to) throws IOException {
    int[] bases = from.pause();
    byte[] state = DeviceState.save(from);
    assertEquals(0, DeviceState.check(from));
    TestFrontEnd there = opened(new TestFrontEnd(to.socket, from));
    assertEquals(0, DeviceState.load(there, state));
    there.goOn(bases);
    return there;
  }

  @Test
  void guestGoesOnAtAnotherServerWithItsFilesAndLocks() throws Exception {
    MigratingServer source = serve(deviceFile, false, MigrationPolicy.ABORT);
    MigratingServer target = serve(deviceFile, true, MigrationPolicy.ABORT);
    TestFrontEnd here = mounted(source);
    long file = nodeid(here, "file");
    long other = nodeid(here, "other");
    assertEquals(0, error(here, 1, Requests.open(Opcode.OPEN, file, 2)));
    assertEquals(0, error(here, 1, Requests.mkdir(ROOT, "made before", 0755)));
    byte[] content = new byte[4096];
    new SplittableRandom(3).nextBytes(content);
    assertEquals(0, error(here, 2, Requests.write(file, 8192, content)));
    assertEquals(0, posix(here, file, 1, WRITE));
    assertEquals(0, flock(here, other, 2, READ));

    TestFrontEnd there = moved(here, target);
    here.socket.close();
    byte[] read = ask(there, 2, Requests.read(Opcode.READ, file, 8192, 4096));
    assertArrayEquals(content, Arrays.copyOfRange(read, 16, read.length));
    assertEquals(0, error(there, 1, Requests.mkdir(ROOT, "made behind", 0755)));
    assertNotEquals(0, error(there, 1, Requests.mkdir(ROOT, "made before", 0755)));
    TestFrontEnd rival = mounted(target);
    assertEquals(-Errno.EAGAIN, posix(rival, file, 1, READ), "locks still exclude");
    assertEquals(-Errno.EAGAIN, flock(rival, other, 2, WRITE));
    assertEquals(0, posix(there, file, 1, NONE));
    assertEquals(0, posix(rival, file, 1, READ), "they can be given back");
    assertEquals(0, error(there, 1, Requests.release(file, 2)));

    // And back again: the first server has let go, and knows what the second has appended.
    rival.socket.close();
    TestFrontEnd back = moved(there, source);
    assertNotEquals(0, error(back, 1, Requests.mkdir(ROOT, "made behind", 0755)));
    assertEquals(0, error(back, 1, Requests.mkdir(ROOT, "made back", 0755)));
    assertEquals(3 + 2, source.volume.namespace().root().childCount());
  }

  @Test
  void requestThatWaitsForALockWaitsOnAtTheOtherServer() throws Exception {
    MigratingServer source = serve(deviceFile, false, MigrationPolicy.ABORT);
    MigratingServer target = serve(deviceFile, true, MigrationPolicy.ABORT);
    TestFrontEnd here = mounted(source);
    long file = nodeid(here, "file");
    assertEquals(0, posix(here, file, 1, WRITE));
    TestRing waiting = here.rings.get(2);
    here.prepare(2, lock(Opcode.SETLKW, file, 2, WRITE), 16);
    waiting.submit(0);
    source.awaitWaiting();
    int before = waiting.usedIndexOnRing();
    int[] bases = here.pause();
    byte[] state = DeviceState.save(here);
    assertEquals(0, DeviceState.check(here));
    TestFrontEnd there = opened(new TestFrontEnd(target.socket, here));
    assertEquals(0, DeviceState.load(there, state));
    there.goOn(bases);
    target.awaitWaiting();
    TestFrontEnd rival = mounted(target);
    assertEquals(-Errno.EAGAIN, posix(rival, file, 9, READ));
    assertEquals(before, waiting.usedIndexOnRing());
    assertEquals(0, posix(there, file, 1, NONE));
    assertEquals(0, waiting.take().id());
    assertEquals(-Errno.EAGAIN, posix(rival, file, 9, READ), "it has the lock now");
  }

  @Test
  void guestOfAFailedMigrationGoesOnWhereItWas() throws Exception {
    MigratingServer source = serve(deviceFile, false, MigrationPolicy.ABORT);
    TestFrontEnd here = mounted(source);
    long file = nodeid(here, "file");
    assertEquals(0, posix(here, file, 1, WRITE));
    int[] bases = here.pause();
    byte[] state = DeviceState.save(here);
    assertEquals(0, DeviceState.check(here));
    assertTrue(state.length < 1000, "a small state of " + state.length + " bytes");
    Path elsewhere = volume("elsewhere", "file");
    MigratingServer target = serve(elsewhere, true, MigrationPolicy.ABORT);
    TestFrontEnd there = opened(new TestFrontEnd(target.socket, here));
    assertEquals(1, DeviceState.load(there, state), "another store is refused");
    state[state.length - 1] ^= 1;
    assertEquals(1, DeviceState.load(there, state));
    there.close();
    here.goOn(bases);
    assertEquals(0, error(here, 1, Requests.mkdir(ROOT, "created", 0755)));
    TestFrontEnd rival = mounted(source);
    assertEquals(-Errno.EAGAIN, posix(rival, file, 1, READ));
  }

  @Test
  void lockThatSomebodyElseHasIsTheEndOfAMigrationOrOfThatFileInTheGuest() throws Exception {
    for (MigrationPolicy policy : MigrationPolicy.values()) {
      Path device = volume("device " + policy, "file", "other");
      MigratingServer source = serve(device, false, policy);
      MigratingServer target = serve(device, true, policy);
      TestFrontEnd here = mounted(source);
      long file = nodeid(here, "file");
      long other = nodeid(here, "other");
      assertEquals(0, posix(here, file, 1, WRITE));
      assertEquals(0, posix(here, other, 1, WRITE));
      int[] bases = here.pause();
      byte[] state = DeviceState.save(here);
      assertEquals(0, DeviceState.check(here));
      TestFrontEnd rival = mounted(target);
      assertEquals(0, posix(rival, file, 1, WRITE));
      TestFrontEnd there = opened(new TestFrontEnd(target.socket, here));
      long checked = DeviceState.load(there, state);
      if (policy == MigrationPolicy.ABORT) {
        assertEquals(1, checked);
        assertEquals(0, posix(rival, other, 1, WRITE), "nothing is left of the attempt");
        continue;
      }
      assertEquals(0, checked);
      there.goOn(bases);
      assertEquals(-Errno.EIO, error(there, 1, Requests.read(Opcode.READ, file, 0, 16)));
      assertEquals(-Errno.EIO, posix(there, file, 1, NONE));
      assertEquals(0, error(there, 1, Requests.read(Opcode.READ, other, 0, 16)));
      assertEquals(-Errno.EAGAIN, posix(rival, other, 1, READ));
      assertEquals(0, error(there, 1, Requests.release(file, 0)), "it can be let go of");
    }
  }

  @Test
  void filesThatAreGoneAreGoneOneByOne() throws Exception {
    MigratingServer source = serve(deviceFile, false, MigrationPolicy.GUEST_ERROR);
    TestFrontEnd here = mounted(source);
    long file = nodeid(here, "file");
    assertEquals(0, error(here, 1, Requests.open(Opcode.OPEN, file, 0)));
    int[] bases = here.pause();
    byte[] state = DeviceState.save(here);
    Path elsewhere = volume("elsewhere", "file", "third");
    MigratingServer target = serve(elsewhere, false, MigrationPolicy.GUEST_ERROR);
    TestFrontEnd there = opened(new TestFrontEnd(target.socket, here));
    assertEquals(0, DeviceState.load(there, state));
    there.goOn(bases);
    assertEquals(-Errno.ESTALE, error(there, 1, Requests.read(Opcode.READ, file, 0, 16)));
    assertEquals(0, error(there, 1, Requests.getattr(nodeid(there, "third"))));
  }

  @Test
  void stateInAFileIsGoneOnWithByALaterServer() throws Exception {
    byte[] state;
    int[] bases;
    TestFrontEnd here;
    long file;
    try (MigratingServer source =
        new MigratingServer(deviceFile, directory.resolve("s"), false, MigrationPolicy.ABORT)) {
      here = mounted(source);
      file = nodeid(here, "file");
      assertEquals(0, posix(here, file, 1, WRITE));
      bases = here.pause();
      state = DeviceState.save(here);
      assertEquals(0, DeviceState.check(here));
      here.socket.close();
    }
    Path saved = Files.write(directory.resolve("state"), state);
    MigratingServer later = serve(deviceFile, false, MigrationPolicy.ABORT);
    TestFrontEnd there = opened(new TestFrontEnd(later.socket, here));
    assertEquals(0, DeviceState.load(there, Files.readAllBytes(saved)));
    there.goOn(bases);
    assertEquals(0, error(there, 1, Requests.getattr(file)));
    TestFrontEnd rival = mounted(later);
    assertEquals(-Errno.EAGAIN, posix(rival, file, 1, READ));
    assertEquals(0, error(there, 1, Requests.mkdir(ROOT, "later", 0755)));
  }

  @Test
  void guestMovesBetweenSocketsOfOneServerAndKeepsItsLocks() throws Exception {
    MigratingServer both = serve(deviceFile, false, MigrationPolicy.ABORT);
    TestFrontEnd here = mounted(both);
    TestFrontEnd rival = mounted(both);
    long file = nodeid(here, "file");
    assertEquals(0, posix(here, file, 1, WRITE));
    TestFrontEnd there = moved(here, both);
    assertEquals(-Errno.EAGAIN, posix(rival, file, 1, READ));
    here.socket.close();
    assertEquals(0, error(there, 1, Requests.mkdir(ROOT, "d", 0755)));
    assertEquals(-Errno.EAGAIN, posix(rival, file, 1, READ));
    assertEquals(0, posix(there, file, 1, NONE));
    assertEquals(0, posix(rival, file, 1, READ));
  }

  @Test
  void pausedGuestGoesOnAsIfNothingHadBeen() throws Exception {
    MigratingServer source = serve(deviceFile, false, MigrationPolicy.ABORT);
    TestFrontEnd here = mounted(source);
    long file = nodeid(here, "file");
    assertEquals(0, posix(here, file, 1, WRITE));
    for (int round = 0; round < 3; round++) {
      here.goOn(here.pause());
      assertEquals(0, error(here, 1, Requests.mkdir(ROOT, "round " + round, 0755)));
    }
    assertEquals(-Errno.EAGAIN, posix(mounted(source), file, 1, READ));
  }

  @Test
  void newFileThatIsBeingWrittenKeepsItsGuestOrGoesIntoTheLog() throws Exception {
    for (MigrationPolicy policy : MigrationPolicy.values()) {
      Path device = volume("device " + policy);
      MigratingServer source = serve(device, false, policy);
      TestFrontEnd here = mounted(source);
      byte[] made = ask(here, 1, Requests.create(ROOT, "new", 0644, 2));
      assertEquals(0, error(made));
      long file = TestFrontEnd.longAt(made, 16);
      assertEquals(0, error(here, 1, Requests.write(file, 0, new byte[5000])));
      int[] bases = here.pause();
      here.send(DeviceState.SET_FD, 0, DeviceState.parameters(0, 0), here.guest.fd);
      long begun = DeviceState.reply(here, DeviceState.SET_FD);
      assertEquals(policy == MigrationPolicy.ABORT ? 0x101 : 0x100, begun);
      long checked = DeviceState.check(here);
      assertEquals(policy == MigrationPolicy.ABORT ? 1 : 0, checked);
      here.goOn(bases);
      int grown = error(here, 1, Requests.write(file, 5000, new byte[5000]));
      assertEquals(policy == MigrationPolicy.ABORT ? 0 : -Errno.EFBIG, grown);
      assertEquals(0, error(here, 1, Requests.release(file, 2)));
    }
  }

  @Test
  void wrongTransfersAreRefusedAndHurtNobody() throws Exception {
    MigratingServer source = serve(deviceFile, false, MigrationPolicy.ABORT);
    TestFrontEnd here = mounted(source);
    assertEquals(1, DeviceState.check(here), "nothing was transferred");
    here.send(DeviceState.SET_FD, 0, DeviceState.parameters(0, 0), here.guest.fd);
    assertEquals(0x101, DeviceState.reply(here, DeviceState.SET_FD), "rings run");
    assertEquals(0, error(here, 1, Requests.getattr(ROOT)));
    TestFrontEnd waiting = mounted(source);
    int[] bases = waiting.pause();
    assertEquals(1, DeviceState.load(waiting, new byte[100]), "it has a client");
    waiting.goOn(bases);
    assertEquals(0, error(waiting, 1, Requests.getattr(ROOT)));
    TestFrontEnd fresh = opened(new TestFrontEnd(source.socket, 0));
    fresh.realize(3);
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    for (int length : new int[] {0, 1, 47, 48, 87, 100, 300_000}) {
      byte[] nonsense = new byte[length];
      random.nextBytes(nonsense);
      assertEquals(1, DeviceState.load(fresh, nonsense), "seed " + seed);
    }
    fresh.start();
    assertEquals(0, error(fresh, 1, Requests.init()));
    TestFrontEnd bad = opened(new TestFrontEnd(source.socket, 0));
    bad.realize(3);
    bad.send(DeviceState.SET_FD, 0, DeviceState.parameters(2, 0), bad.guest.fd);
    assertNull(bad.receive(DeviceState.SET_FD), "there are two directions");
    assertEquals(0, error(here, 1, Requests.getattr(ROOT)));
  }

  @Test
  void serverThatOnlyWaitsCreatesWhenTheOtherOneHasGone() throws Exception {
    MigratingServer target;
    try (MigratingServer source =
        new MigratingServer(deviceFile, directory.resolve("s"), false, MigrationPolicy.ABORT)) {
      target = serve(deviceFile, true, MigrationPolicy.ABORT);
      assertFalse(target.volume.canCreate());
      assertTrue(source.volume.canCreate());
    }
    TestFrontEnd guest = mounted(target);
    assertEquals(0, error(guest, 1, Requests.mkdir(ROOT, "d", 0755)));
  }
}
