package io.famfs.virtiofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.famfs.TestVolume;
import io.famfs.fuse.protocol.ClientArchitecture;
import io.famfs.fuse.protocol.InitFlag;
import io.famfs.fuse.protocol.SetupMappingIn;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.Requests;
import io.famfs.fuse.server.ServerIdentity;
import io.famfs.fuse.server.StatsPage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the window of a front-end shows, as whoever looks at the server is told.
@Timeout(60)
class SeenWindowTest {
  private static final long MIB = ByteSize.MIB;
  private static final long WINDOW_BYTES = 32 * MIB;

  @TempDir private Path place;

  private static String page(FuseServer server, Map<String, String> query) throws IOException {
    StringBuilder out = new StringBuilder();
    ServerIdentity identity = new ServerIdentity("serve", "seen", "1", Map.of());
    StatsPage.of(server, identity).source().write(query, out);
    return out.toString().replaceAll("\\s", "");
  }

  @Test
  void everyRangeIsShownWithItsPlaceInTheFile() throws IOException {
    try (TestVolume test = TestVolume.inMemory();
        MappedDaxDevice device = DaxDevices.memfd("seen", TestVolume.DEVICE_BYTES)) {
      FuseServer server =
          new FuseServer(
              new FamfsFileSystem(test.volume(), FamfsOptions.standard()),
              ClientOptions.standard().withArchitecture(ClientArchitecture.X86));
      Path socket = place.resolve("seen");
      VirtioFsServer.Options options = new VirtioFsServer.Options(socket, "seen", 1, WINDOW_BYTES);
      try (VirtioFsServer door = new VirtioFsServer(options, List.of(device), server)) {
        door.start();
        try (TestFrontEnd frontEnd = new TestFrontEnd(socket, WINDOW_BYTES)) {
          frontEnd.realize(2);
          frontEnd.start();
          look(test, server, new GuestLocks(frontEnd, test.nodeid("hello")));
        }
      }
    }
  }

  private static void look(TestVolume test, FuseServer server, GuestLocks guest)
      throws IOException {
    int flags = 1 << InitFlag.MAP_ALIGNMENT.bit();
    guest.send(0, Requests.init(7, 45, flags, 0));
    assertEquals(0, guest.take(0));
    long striped = test.nodeid("striped");
    // The second chunk and the third one, which lie in different strips.
    guest.send(1, Requests.setupMapping(striped, 2 * MIB, 8 * MIB, 4 * MIB, SetupMappingIn.READ));
    assertEquals(0, guest.take(1));
    String all = page(server, Map.of("window", "1"));
    String slot = "{\"nodeid\":" + striped + ",\"path\":\"striped\",\"fileOffset\":";
    assertTrue(
        all.contains(
            slot + 2 * MIB + ",\"windowOffset\":" + 8 * MIB + ",\"lengthBytes\":" + 2 * MIB),
        all);
    assertTrue(
        all.contains(
            slot + 4 * MIB + ",\"windowOffset\":" + 10 * MIB + ",\"lengthBytes\":" + 2 * MIB),
        all);
    assertTrue(all.contains("\"name\":\"seenfront-end1\""), all);
    String one = page(server, Map.of("file", "striped"));
    String file = one.substring(one.indexOf("\"file\":{"));
    assertTrue(file.contains("\"mappedBytes\":" + 4 * MIB), file);
    assertTrue(file.contains("{\"session\":\"seenfront-end1\",\"nodeid\":" + striped), file);
  }
}
