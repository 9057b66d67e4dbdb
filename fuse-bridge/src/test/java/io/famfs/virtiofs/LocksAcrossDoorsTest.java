package io.famfs.virtiofs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.famfs.core.Errno;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.device.FuseMount;
import io.famfs.fuse.device.LockingProcess;
import io.famfs.fuse.device.MountOptions;
import io.famfs.fuse.device.Mountable;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.famfs.TestVolume;
import io.famfs.fuse.protocol.ClientArchitecture;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.Requests;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Locks of a guest: requests that wait in a ring, and those of a mount of the same server.
@Timeout(60)
class LocksAcrossDoorsTest {
  private static final int SETLK = Opcode.SETLK;
  private static final int SETLKW = Opcode.SETLKW;
  private static final int WRITE = 1;
  private static final int UNLOCK = 2;

  @TempDir Path place;

  private TestVolume test;
  private FuseServer server;
  private VirtioFsServer door;
  private MappedDaxDevice device;
  private TestFrontEnd frontEnd;
  private GuestLocks guest;

  @BeforeEach
  void serve() throws IOException {
    test = TestVolume.inMemory();
    device = DaxDevices.memfd("locks", TestVolume.DEVICE_BYTES);
    server =
        new FuseServer(
            new FamfsFileSystem(test.volume(), FamfsOptions.standard()),
            ClientOptions.standard().withArchitecture(ClientArchitecture.X86));
    Path socket = place.resolve("s");
    door =
        new VirtioFsServer(
            new VirtioFsServer.Options(socket, "locks", 1, 0), List.of(device), server);
    door.start();
    frontEnd = new TestFrontEnd(socket, 0);
    frontEnd.realize(2);
    frontEnd.start();
    guest = new GuestLocks(frontEnd, test.nodeid("hello"));
    guest.init(0);
  }

  @AfterEach
  void close() {
    frontEnd.close();
    door.close();
    device.close();
    test.close();
  }

  private static Requests.Lock lock(long owner, int type) {
    return GuestLocks.whole(owner, type);
  }

  @Test
  void aRequestThatWaitsDoesNotHoldUpTheRing() {
    assertEquals(0, guest.call(0, SETLK, lock(1, WRITE)));
    guest.send(1, SETLKW, lock(2, WRITE));
    guest.send(2, SETLKW, lock(3, WRITE));
    guest.barrier(3);
    assertEquals(2, server.waitingForLocks());
    guest.send(0, SETLK, lock(1, UNLOCK));
    assertEquals(0, guest.take(0));
    assertEquals(0, guest.take(1));
    guest.send(0, SETLK, lock(2, UNLOCK));
    assertEquals(0, guest.take(0));
    assertEquals(0, guest.take(2));
    assertEquals(0, server.waitingForLocks());
  }

  /// Each takes two descriptors of the 64; 16 of them are half of the ring.
  @Test
  void theRingIsNeverFullOfRequestsThatWait() {
    assertEquals(0, guest.call(0, SETLK, lock(100, WRITE)));
    for (int slot = 1; slot <= 16; slot++) {
      guest.send(slot, SETLKW, lock(slot, WRITE));
    }
    assertEquals(-Errno.ENOLCK, guest.call(17, SETLKW, lock(17, WRITE)));
    guest.barrier(18);
    frontEnd.stop();
    frontEnd.start();
    guest.init(0);
    assertEquals(0, guest.call(0, SETLK, lock(100, WRITE)), "INIT has ended all locks");
    guest.send(1, SETLKW, lock(1, WRITE));
    guest.barrier(2);
    assertEquals(1, server.waitingForLocks());
  }

  @Test
  void aPausedGuestGoesOnWaiting() {
    assertEquals(0, guest.call(0, SETLK, lock(1, WRITE)));
    guest.send(1, SETLKW, lock(2, WRITE));
    guest.barrier(2);
    frontEnd.enable(0);
    assertEquals(0, frontEnd.vringBase(0));
    assertEquals(4, frontEnd.vringBase(1));
    for (int ring = 0; ring < 2; ring++) {
      frontEnd.place(ring, 4 * ring);
      TestFrontEnd.check(
          frontEnd.tell(12, TestFrontEnd.u64(ring), frontEnd.rings.get(ring).kick.fd()));
    }
    frontEnd.enable(1);
    guest.send(0, SETLK, lock(1, UNLOCK));
    assertEquals(0, guest.take(0));
    assertEquals(0, guest.take(1));
  }

  @Test
  void theEndOfTheServerAnswersThoseWhoWait() {
    assertEquals(0, guest.call(0, SETLK, lock(1, WRITE)));
    guest.send(1, SETLKW, lock(2, WRITE));
    guest.barrier(2);
    door.close();
    assertEquals(-Errno.ENOTCONN, guest.take(1));
  }

  @Test
  void aGuestAndAMountSeeEachOthersLocks() throws Exception {
    Mountable.assume(place);
    LockingProcess.assumePython();
    Path directory = Mountable.directory(place, "m");
    try (FuseMount mount = FuseMount.mount(MountOptions.at(directory, "locks"), server)) {
      Path hello = mount.directory().resolve("hello");
      assertEquals(0, guest.call(0, SETLK, lock(1, WRITE)));
      try (LockingProcess waiter = LockingProcess.record(hello, "0", "10")) {
        while (server.waitingForLocks() != 1) {
          Thread.onSpinWait();
        }
        assertEquals("1 0 0 0", LockingProcess.query(hello, "5", "100"));
        assertEquals(0, guest.call(0, SETLK, lock(1, UNLOCK)));
        waiter.requireLine("have");
        guest.send(1, SETLKW, lock(1, WRITE));
        guest.barrier(2);
        assertEquals(1, server.waitingForLocks());
        waiter.finish();
        assertEquals(0, guest.take(1));
      }
    }
  }
}
