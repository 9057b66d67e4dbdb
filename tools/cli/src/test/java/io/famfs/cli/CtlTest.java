package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.doors.Doors;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.metrics.EndpointAddress;
import io.famfs.fuse.metrics.MetricsEndpoint;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.store.FormatOptions;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Doors of a server that runs, added, listed and removed by the command.
@Timeout(60)
class CtlTest {
  private static final long DEVICE_BYTES = 64L << 20;

  @TempDir Path directory;

  private MappedDaxDevice device;
  private Volume volume;
  private Doors doors;
  private MetricsEndpoint endpoint;
  private String socket;

  @BeforeEach
  void serve() throws IOException {
    device = DaxDevices.memfd("ctl", DEVICE_BYTES);
    UUID host = new UUID(1, 2);
    Volume.format(List.of(device), FormatOptions.ownedBy(host)).close();
    volume = Volume.open(List.of(device), OpenOptions.forHost(host));
    doors =
        new Doors(
            new FuseServer(new FamfsFileSystem(volume, FamfsOptions.standard())), List.of(device));
    DoorValues defaults = DoorValues.parse("--defaults", "x,tag=all").values();
    DoorPlans planner = new DoorPlans(ClientOptions.standard(), defaults);
    DoorActions actions =
        new DoorActions(
            doors,
            door -> planner.socket(door.path(), door.values()),
            door -> planner.mount(door.path(), door.values(), ClientOptions.standard(), "ctl"));
    Path control = directory.resolve("control");
    endpoint =
        MetricsEndpoint.listen(
            new EndpointAddress.Unix(control),
            Map.of(DoorActions.LIST, actions.page()),
            actions.actions());
    socket = control.toString();
  }

  @AfterEach
  void close() {
    endpoint.close();
    doors.close();
    volume.close();
    device.close();
  }

  private CommandRun ctl(String command, String... more) {
    Object[] all = new Object[4 + more.length];
    System.arraycopy(new Object[] {"ctl", command, "--server", socket}, 0, all, 0, 4);
    System.arraycopy(more, 0, all, 4, more.length);
    return CommandRun.famfs(all);
  }

  @Test
  void doorsComeAndGo() throws IOException {
    String a = directory.resolve("a").toString();
    String b = directory.resolve("b c&d").toString();
    ctl("add", a).done();
    JsonNode made = ctl("add", b + ",tag=own,ro,queues=2", "--json").json();
    assertEquals("own", made.get("tag").asText());
    assertTrue(made.get("readOnly").asBoolean());
    assertTrue(Files.exists(Path.of(a)) && Files.exists(Path.of(b)));
    assertEquals(
        "socket "
            + a
            + " tag=all window=0 guests=0\n"
            + "socket "
            + b
            + " tag=own window=0 guests=0 ro\n",
        ctl("list").done().out());
    assertEquals(2, ctl("list", "--json").json().get("doors").size());
    ctl("remove", a).done();
    assertFalse(Files.exists(Path.of(a)));
    assertEquals(1, doors.list().size());
  }

  @Test
  void whatCannotBeIsRefusedWithAReason() {
    String a = directory.resolve("a").toString();
    ctl("add", a).done();
    assertTrue(ctl("add", a).refused(1).contains("has a door at"));
    assertTrue(ctl("add", a + "2,wndow=3").refused(1).contains("did you mean window"));
    assertTrue(ctl("add", a + "2,subdir=none").refused(1).contains("no directory"));
    assertTrue(ctl("add", a + "2,ro,window=64M").refused(1).contains("exclude each other"));
    assertTrue(ctl("remove", a + "2").refused(1).contains("no door at"));
    assertTrue(ctl("add", "").refused(2).contains("path is empty"));
    assertEquals(1, doors.list().size());
  }

  @Test
  void aDoorInUseGoesByForceOnly() throws IOException {
    String a = directory.resolve("a").toString();
    ctl("add", a).done();
    try (SocketChannel guest = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      guest.connect(UnixDomainSocketAddress.of(a));
      while (doors.list().getFirst().connected() == 0) {
        Thread.onSpinWait();
      }
      assertTrue(ctl("remove", a).refused(1).contains("in use by a guest"));
      JsonNode removed = ctl("remove", a, "--force", "--json").json();
      assertEquals(1, removed.get("connected").asInt());
      assertEquals(-1, guest.read(ByteBuffer.allocate(1)), "its connection ends");
    }
  }

  /// Requests of every kind that is none, each on a connection of its own, and clients that say
  /// nothing: the next one is served.
  @Test
  void hostileClientsHurtNobody() throws IOException {
    String a = directory.resolve("a").toString();
    List<String> requests =
        List.of(
            "POST /doors/add HTTP/1.1\r\n\r\n",
            "POST /doors/add?door=%zz HTTP/1.1\r\n\r\n",
            "POST /doors/add?kind=x&door=/a HTTP/1.1\r\n\r\n",
            "POST /doors/add?door=relative,tag=t HTTP/1.1\r\n\r\n",
            "POST /doors/remove HTTP/1.1\r\n\r\n",
            "POST /doors/other HTTP/1.1\r\n\r\n",
            "POST\r\n\r\n",
            "GET /doors/add?door=" + a + " HTTP/1.1\r\n\r\n",
            "POST /doors/add?door=" + "x".repeat(5000) + " HTTP/1.1\r\n\r\n");
    for (String request : requests) {
      try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
        client.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
        ByteBuffer answer = ByteBuffer.allocate(4096);
        readToEnd(client, answer);
        String said = new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
        assertTrue(said.startsWith("HTTP/1.1 4"), request + said);
      }
    }
    try (SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      ctl("add", a).done();
    }
    assertEquals(1, doors.list().size());
  }

  /// A server that hangs up on a request that is too long has not read all of it: what it said
  /// comes first, then a reset.
  private static void readToEnd(SocketChannel client, ByteBuffer answer) throws IOException {
    try {
      while (client.read(answer) > 0) {}
    } catch (SocketException e) {
      assertTrue(answer.position() > 0, "reset before an answer");
    }
  }
}
