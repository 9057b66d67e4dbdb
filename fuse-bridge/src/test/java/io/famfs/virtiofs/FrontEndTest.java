package io.famfs.virtiofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.famfs.TestVolume;
import io.famfs.fuse.protocol.InitFlag;
import io.famfs.fuse.protocol.SetupMappingIn;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.EchoSession;
import io.famfs.fuse.server.Export;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.Requests;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What differs between kinds of front-ends.
@Timeout(60)
class FrontEndTest {
  private static final long MIB = ByteSize.MIB;
  private static final long WINDOW_BYTES = 32 * MIB;
  private static final long RANGE = 2 * MIB;

  @TempDir private Path place;

  /// Asks for maps of a file and sees what reaches the front-end.
  @FunctionalInterface
  private interface Look {
    void at(GuestLocks guest, long nodeid, ShmemReceiver receiver) throws Exception;
  }

  private void serve(FrontEnd kind, boolean readOnly, Look look) throws Exception {
    try (TestVolume test = TestVolume.inMemory();
        MappedDaxDevice device = DaxDevices.memfd("kinds", TestVolume.DEVICE_BYTES)) {
      FuseServer server =
          new FuseServer(
              new FamfsFileSystem(test.volume(), FamfsOptions.standard()),
              ClientOptions.standard().withExport(Export.all().withReadOnly(readOnly)));
      Path socket = place.resolve("kind");
      VirtioFsServer.Options options =
          new VirtioFsServer.Options(socket, "kind", 1, WINDOW_BYTES).withFrontEnd(kind);
      try (VirtioFsServer door = new VirtioFsServer(options, List.of(device), server)) {
        door.start();
        try (TestFrontEnd frontEnd = new TestFrontEnd(socket, WINDOW_BYTES)) {
          frontEnd.realize(2);
          frontEnd.start();
          long nodeid = test.nodeid("striped");
          GuestLocks guest = new GuestLocks(frontEnd, nodeid);
          guest.send(0, Requests.init(7, 45, 1 << InitFlag.MAP_ALIGNMENT.bit(), 0));
          assertEquals(0, guest.take(0));
          ShmemReceiver receiver = frontEnd.shmem;
          assertNotNull(receiver);
          look.at(guest, nodeid, receiver);
          assertEquals(List.of(), receiver.breaches());
        }
      }
    }
  }

  private static int map(GuestLocks guest, long nodeid, long flags) {
    guest.send(1, Requests.setupMapping(nodeid, 0, 4 * MIB, RANGE, flags));
    return guest.take(1);
  }

  private static ShmemReceiver.Message message(long flags, ShmemReceiver receiver) {
    ShmemReceiver.Mapped mapped = receiver.maps().get(4 * MIB);
    assertNotNull(mapped);
    return new ShmemReceiver.Message(ShmemReceiver.MAP, mapped.fdOffset(), 4 * MIB, RANGE, flags);
  }

  @Test
  void readOnlyExportHasAWindowOfReadOnlyMapsWhereTheyAreObeyed() throws Exception {
    serve(
        FrontEnd.SPECIFICATION,
        true,
        (guest, nodeid, receiver) -> {
          assertEquals(0, map(guest, nodeid, SetupMappingIn.READ));
          assertEquals(List.of(message(0, receiver)), receiver.takeMessages());
          long stores = SetupMappingIn.READ | SetupMappingIn.WRITE;
          assertTrue(map(guest, nodeid, stores) < 0, "stores into what is read-only");
          assertEquals(List.of(), receiver.takeMessages());
        });
  }

  @Test
  void readOnlyExportHasNoWindowWhereTheyAreNot() throws Exception {
    serve(
        FrontEnd.QEMU,
        true,
        (guest, nodeid, receiver) -> {
          assertTrue(map(guest, nodeid, SetupMappingIn.READ) < 0);
          assertEquals(List.of(), receiver.takeMessages());
        });
  }

  /// Otherwise what another processor of the guest is reading would be gone for a moment.
  @Test
  void mapThatIsReadFirstCanBeStoredThroughWithoutBeingTakenOut() throws Exception {
    for (FrontEnd kind : FrontEnd.values()) {
      serve(
          kind,
          false,
          (guest, nodeid, receiver) -> {
            assertEquals(0, map(guest, nodeid, SetupMappingIn.READ));
            List<ShmemReceiver.Message> first = receiver.takeMessages();
            assertEquals(message(1, receiver), first.getFirst());
            assertEquals(kind == FrontEnd.QEMU ? 2 : 1, first.size(), "a barrier for QEMU");
            assertEquals(0, map(guest, nodeid, SetupMappingIn.WRITE));
            assertEquals(List.of(), receiver.takeMessages());
          });
    }
  }

  @Test
  void readOnlyDeviceIsShownOnlyWhereReadOnlyMapsAreObeyed() throws IOException {
    Path file = place.resolve("device");
    DaxDevices.createFile(file, 4 * MIB).close();
    try (MappedDaxDevice device = DaxDevices.open(file, Mode.READ_ONLY)) {
      VirtioFsServer.Options options =
          new VirtioFsServer.Options(place.resolve("ro"), "ro", 1, WINDOW_BYTES);
      assertThrows(
          IllegalArgumentException.class,
          () -> new VirtioFsServer(options, List.of(device), EchoSession::new));
      new VirtioFsServer(
              options.withFrontEnd(FrontEnd.SPECIFICATION), List.of(device), EchoSession::new)
          .close();
    }
  }

  @Test
  void windowsOfAnySizeThatRangesOfAGuestFillGoWithTheSpecification() {
    VirtioFsServer.Options options = new VirtioFsServer.Options(place, "size", 1, 0);
    for (long window : new long[] {RANGE, 3 * RANGE, 1000 * RANGE}) {
      VirtioFsServer.Options _ = ofSpecification(options, window);
    }
    for (long window : new long[] {-RANGE, 1, RANGE + 4096}) {
      assertThrows(IllegalArgumentException.class, () -> ofSpecification(options, window));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> new VirtioFsServer.Options(place, "size", 1, 3 * RANGE));
  }

  private static VirtioFsServer.Options ofSpecification(VirtioFsServer.Options like, long window) {
    return new VirtioFsServer.Options(
        like.socket(),
        like.tag(),
        like.requestQueues(),
        window,
        FrontEnd.SPECIFICATION,
        like.listening(),
        like.service(),
        like.notifications());
  }
}
