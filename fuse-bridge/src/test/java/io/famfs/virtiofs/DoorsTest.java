package io.famfs.virtiofs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.doors.DoorException;
import io.famfs.doors.DoorPlan;
import io.famfs.doors.DoorReport;
import io.famfs.doors.Doors;
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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// One server with several doors: what comes in by one is seen by all, doors come and go.
@Timeout(60)
class DoorsTest {
  private static final int O_RDWR = 2;
  private static final ClientOptions CLIENTS =
      ClientOptions.standard().withArchitecture(ClientArchitecture.X86);

  @TempDir Path place;

  private TestVolume test;
  private MappedDaxDevice device;
  private Doors doors;

  @BeforeEach
  void serve() throws IOException {
    device = DaxDevices.memfd("doors", TestVolume.DEVICE_BYTES);
    test = TestVolume.on(device);
    FuseServer server =
        new FuseServer(new FamfsFileSystem(test.volume(), FamfsOptions.standard()), CLIENTS);
    doors = new Doors(server, List.of(device));
  }

  @AfterEach
  void close() {
    doors.close();
    test.close();
  }

  private DoorPlan.Socket socket(String name) {
    Path path = place.resolve(name);
    return new DoorPlan.Socket(new VirtioFsServer.Options(path, name, 1, 0), CLIENTS);
  }

  private Path open(String name) throws DoorException {
    DoorPlan plan = socket(name);
    doors.add(plan);
    return plan.path();
  }

  @Test
  void whatOneGuestStoresTheOtherSees() throws Exception {
    try (SmallGuest first = new SmallGuest(open("a"));
        SmallGuest second = new SmallGuest(open("b"))) {
      long hello = first.lookup(1, "hello");
      assertEquals(hello, second.lookup(1, "hello"));
      first.body(Requests.write(hello, 0, "HELLO".getBytes(StandardCharsets.US_ASCII)));
      byte[] seen = second.body(Requests.read(Opcode.READ, hello, 0, 5));
      assertEquals("HELLO", new String(seen, StandardCharsets.US_ASCII));
      long made = ByteBuffer.wrap(first.body(Requests.mkdir(1, "fresh", 0755))).getLong(0);
      assertEquals(made, ByteBuffer.wrap(second.body(Requests.lookup(1, "fresh"))).getLong(0));
    }
  }

  @Test
  void aMountOfTheSameProcessIsADoorToo() throws Exception {
    Mountable.assume(place);
    Path directory = Mountable.directory(place, "m");
    doors.add(new DoorPlan.Mount(MountOptions.at(directory, "doors"), CLIENTS));
    try (SmallGuest guest = new SmallGuest(open("a"))) {
      long hello = guest.lookup(1, "hello");
      guest.body(Requests.write(hello, 0, "guest".getBytes(StandardCharsets.US_ASCII)));
      assertEquals("guest", Files.readString(directory.resolve("hello")));
      Files.writeString(directory.resolve("hello"), "mount", StandardOpenOption.WRITE);
      byte[] seen = guest.body(Requests.read(Opcode.READ, hello, 0, 5));
      assertEquals("mount", new String(seen, StandardCharsets.US_ASCII));
    }
    assertEquals(1, doors.remove(directory, true).connected());
    assertFalse(Files.exists(directory.resolve("hello")));
  }

  @Test
  void aMountThatIsUnmountedByOthersIsNoDoorAnyMore() throws Exception {
    Mountable.assume(place);
    Path directory = Mountable.directory(place, "m");
    doors.add(new DoorPlan.Mount(MountOptions.at(directory, "doors"), CLIENTS));
    assertEquals(0, new ProcessBuilder("umount", directory.toString()).start().waitFor());
    while (!doors.list().isEmpty()) {
      Thread.onSpinWait();
    }
    doors.add(new DoorPlan.Mount(MountOptions.at(directory, "doors"), CLIENTS));
    assertTrue(Files.exists(directory.resolve("hello")));
  }

  @Test
  void doorsAreListedInTheirOrderWithWhoIsInside() throws Exception {
    Path a = open("a");
    Path b = open("b");
    try (SmallGuest _ = new SmallGuest(b);
        SmallGuest _ = new SmallGuest(b)) {
      List<DoorReport> list = doors.list();
      assertEquals(List.of(a, b), list.stream().map(DoorReport::path).toList());
      assertEquals(List.of(0, 2), list.stream().map(DoorReport::connected).toList());
    }
    awaitEmpty(b);
    assertEquals(2, doors.list().getLast().connections());
  }

  private void awaitEmpty(Path path) {
    while (doors.list().stream().anyMatch(d -> d.path().equals(path) && d.connected() > 0)) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aDoorInUseIsRemovedByForceOnlyAndItsGuestGetsErrors() throws Exception {
    Path a = open("a");
    Path b = open("b");
    try (SmallGuest guest = new SmallGuest(a);
        SmallGuest other = new SmallGuest(b)) {
      long hello = guest.lookup(1, "hello");
      DoorException refused = assertThrows(DoorException.class, () -> doors.remove(a, false));
      assertTrue(refused.getMessage().contains("in use by a guest"), refused.getMessage());
      assertEquals(0, guest.error(Requests.getattr(hello)), "and stays as it was");
      CountDownLatch removing = new CountDownLatch(1);
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        Future<DoorReport> removed =
            threads.submit(() -> {
              removing.countDown();
              return doors.remove(a, true);
            });
        removing.await();
        int error = 0;
        while (error == 0) {
          error = guest.error(Requests.getattr(hello));
          assertEquals(0, other.error(Requests.getattr(hello)), "the other door's guest goes on");
        }
        assertEquals(-Errno.ENOTCONN, error);
        assertEquals(1, removed.get().connected());
      }
      assertFalse(Files.exists(a));
      assertEquals(List.of(b), doors.list().stream().map(DoorReport::path).toList());
      assertEquals(0, other.error(Requests.getattr(hello)));
    }
    open("a");
    assertTrue(Files.exists(a));
  }

  @Test
  void whatCannotBeADoorLeavesTheOthersAlone() throws Exception {
    Path a = open("a");
    refused(socket("a"), "has a door at");
    refused(
        new DoorPlan.Socket(
            new VirtioFsServer.Options(place.resolve("x/../a"), "t", 1, 0), CLIENTS),
        "has a door at");
    refused(socket("missing/b"), "missing");
    Files.createFile(place.resolve("file"));
    refused(socket("file"), "no socket");
    DoorException unknown = assertThrows(DoorException.class, () -> doors.remove(place, true));
    assertTrue(unknown.getMessage().contains("no door"), unknown.getMessage());
    assertEquals(List.of(a), doors.list().stream().map(DoorReport::path).toList());
    doors.close();
    refused(socket("b"), "ending");
  }

  private void refused(DoorPlan plan, String reason) {
    DoorException refused = assertThrows(DoorException.class, () -> doors.add(plan));
    assertTrue(refused.getMessage().contains(reason), refused.getMessage());
  }

  @Test
  void bytesOfOneAreThoseOfAll() throws Exception {
    try (SmallGuest first = new SmallGuest(open("a"));
        SmallGuest second = new SmallGuest(open("b"))) {
      long made = TestFrontEnd.longAt(first.body(Requests.create(1, "f", 0644, O_RDWR)), 0);
      byte[] data = new byte[3000];
      for (int i = 0; i < data.length; i++) {
        data[i] = (byte) i;
      }
      first.body(Requests.write(made, 0, data));
      assertArrayEquals(data, second.body(Requests.read(Opcode.READ, made, 0, data.length)));
      assertEquals(0, first.error(Requests.release(made, O_RDWR)));
      assertArrayEquals(data, second.body(Requests.read(Opcode.READ, made, 0, data.length)));
    }
  }
}
