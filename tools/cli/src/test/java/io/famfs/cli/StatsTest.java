package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `famfs stats` against a server over its socket.
@Timeout(60)
class StatsTest {
  private static final long MIB = 1 << 20;
  private static final long PID = ProcessHandle.current().pid();

  @TempDir(factory = MemoryDirectory.class)
  private Path folder;

  @BeforeEach
  void ownRuntimeDirectory() {
    System.setProperty("famfs.runtime.dir", folder.resolve("run").toString());
  }

  @AfterEach
  void noRuntimeDirectory() {
    System.clearProperty("famfs.runtime.dir");
  }

  private static void contains(String text, String... parts) {
    for (String part : parts) {
      assertTrue(text.contains(part), () -> part + " in\n" + text);
    }
  }

  private static void work(SeenServer seen, SomeClient client) {
    long plain = seen.server.nodeid("d/plain");
    client.read(plain, 4096);
    client.map(plain, 2 * MIB, 2 * MIB, 8 * MIB);
    assertEquals(-2, client.lookup("nothing"));
  }

  @Test
  void aPageShowsOperationsErrorsTimesAndWindows() throws IOException {
    try (SeenServer seen = new SeenServer(folder);
        SomeClient client = new SomeClient(seen.server, "guest 1")) {
      work(seen, client);
      String text = CommandRun.famfs("stats").done().out();
      contains(
          text,
          "serve seen (process " + PID + ", famfs-server ",
          "  devices    " + folder.resolve("device.img") + "\n",
          " of 64M free, ",
          "; 1 file, 1 directory\n",
          "  memory     none known to be bad\n",
          "  requests   5, 1 error\n",
          "  errors     ENOENT 1\n",
          "  copied     4k read, 0 written\n",
          "  mapped     2M, 100% of all; 0 unmapped\n",
          "  client guest 1\n",
          "2M of 64M (3%) in 1 map; 1 mapped, 0 unmapped, 0 refused so far\n",
          "d/plain\n");
      assertTrue(text.lines().anyMatch(l -> l.matches(" +READ +1 +\\S+s +\\S+s +\\S+s")), text);
      assertTrue(text.lines().anyMatch(l -> l.matches(" +operation +count +p50 +p99 +max")), text);
      contains(
          CommandRun.famfs("stats", "--window").done().out(),
          "  window of guest 1\n",
          "        0x800000       2M       0x200000        0 ");
    }
  }

  @Test
  void aServerIsFoundByEverythingItIsCalled() throws IOException {
    try (SeenServer seen = new SeenServer(folder)) {
      String expected = CommandRun.famfs("stats").done().out().lines().findFirst().orElseThrow();
      for (Object name :
          new Object[] {PID, "seen", folder.resolve("fs.sock"), seen.socket(), "--all"}) {
        String text = CommandRun.famfs("stats", name).done().out();
        assertEquals(expected, text.lines().findFirst().orElseThrow(), name.toString());
      }
      String refused = CommandRun.famfs("stats", "other").refused(1);
      contains(refused, "no server is called 'other': there are serve seen (process " + PID + ")");
      assertTrue(CommandRun.famfs("stats", "--all", "seen").refused(2).contains("exclude"));
      assertTrue(CommandRun.famfs("stats", "--all", "--file", "x").refused(2).contains("exclude"));
      assertEquals(
          "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(seen.socket())));
    }
    assertTrue(Files.notExists(folder.resolve("run/serve-" + PID + ".sock")));
  }

  @Test
  void jsonIsWhatTheServerSays() throws IOException {
    try (SeenServer seen = new SeenServer(folder);
        SomeClient client = new SomeClient(seen.server, "guest \u001b[2J")) {
      work(seen, client);
      JsonNode page = CommandRun.famfs("stats", "--json", "--window").json();
      assertEquals(1, page.get("errors").get("ENOENT").asInt());
      JsonNode session = page.get("sessions").get(0);
      assertEquals("guest \u001b[2J", session.get("name").asText());
      assertEquals(2 * MIB, session.get("window").get("slots").get(0).get("fileOffset").asLong());
      JsonNode all = CommandRun.famfs("stats", "--json", "--all").json();
      assertEquals(1, all.size());
      assertEquals(PID, all.get(0).get("server").get("pid").asLong());
      // What people read has nothing in it that a terminal obeys.
      assertEquals(-1, CommandRun.famfs("stats", "--window").done().out().indexOf('\u001b'));
    }
    assertEquals(0, CommandRun.famfs("stats", "--json", "--all").json().size());
  }

  @Test
  void aFileIsShownWithItsExtentsAndWindows() throws IOException {
    try (SeenServer seen = new SeenServer(folder);
        SomeClient client = new SomeClient(seen.server, "guest 1")) {
      work(seen, client);
      for (String path : List.of("d/plain", "/d/plain")) {
        contains(
            CommandRun.famfs("stats", "--file", path).done().out(),
            "d/plain\n",
            "  size       " + SeenServer.PLAIN_BYTES + " bytes, nodeid ",
            "  copied     4k read, 0 written\n",
            "  mapped     2M so far\n",
            "  now        2M in 1 map of windows\n",
            "  device 0: 0x",
            "  window of guest 1\n");
      }
      JsonNode file = CommandRun.famfs("stats", "--json", "--file", "d/plain").json().get("file");
      assertEquals(2 * MIB, file.get("slots").get(0).get("fileOffset").asLong());
      for (String path : List.of("d/none", "d", "")) {
        contains(CommandRun.famfs("stats", "--file", path).refused(1), "there is no file '");
      }
    }
  }

  @Test
  void withoutAServerItSaysWhatToDo() throws IOException {
    contains(CommandRun.famfs("stats").refused(1), "no server runs: start one with 'famfs mount'");
    contains(CommandRun.famfs("stats", "--all").refused(1), "no server runs");
    contains(CommandRun.famfs("stats", "7").refused(1), "'7': no server runs");
    Path run = RuntimeDirectory.make();
    Path dead = run.resolve("mount-77.sock");
    try (ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      left.bind(UnixDomainSocketAddress.of(dead));
    }
    contains(CommandRun.famfs("stats").refused(1), "no server runs");
    contains(CommandRun.famfs("stats", dead).refused(1), dead + ": nobody listens there");
    assertTrue(Files.exists(dead), "looking removes nothing");
    try (SeenServer _ = new SeenServer(folder)) {
      assertTrue(Files.notExists(dead), "the next server does");
    }
  }

  @Test
  void whoDoesNotAnswerOrSaysSomethingElseIsNamed() throws IOException {
    Path run = RuntimeDirectory.make();
    Path socket = run.resolve("mount-77.sock");
    try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      silent.bind(UnixDomainSocketAddress.of(socket));
      CliException e =
          assertThrows(
              CliException.class,
              () -> new ServerClient(socket, Duration.ofMillis(200)).get("/stats"));
      contains(e.getMessage(), "the server is stopped or stuck");
      Thread.ofVirtual().start(() -> greetAll(silent));
      contains(CommandRun.famfs("stats", socket).refused(1), "is no famfs server's");
    }
  }

  private static void greetAll(ServerSocketChannel listener) {
    while (listener.isOpen()) {
      try (var client = listener.accept()) {
        client.write(ByteBuffer.wrap("hello\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
      } catch (IOException e) {
        // That one has gone already, or the listener was closed.
      }
    }
  }

  @Test
  void theControlSocketIsOptionalAndItsAbsenceIsNoError() throws IOException {
    try (SeenServer seen = new SeenServer(folder, "--no-control")) {
      assertTrue(Files.notExists(seen.socket()));
      contains(CommandRun.famfs("stats").refused(1), "no server runs");
    }
    Files.delete(folder.resolve("device.img"));
    Path file = Files.writeString(folder.resolve("run"), "a file");
    try (SeenServer seen = new SeenServer(folder)) {
      assertEquals(0, seen.server.stats().requestCount());
    }
    assertEquals("a file", Files.readString(file));
  }
}
