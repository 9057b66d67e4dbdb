package io.famfs.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What servers in processes of their own show: traces, metrics, and what `famfs stats` finds.
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class SeenServersTest {
  /// As many as an endpoint serves at a time, and some more.
  private static final int CROWD = 24;

  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private MemoryFolder memory;
  private Path home;
  private Path device;
  private Path mountPoint;
  private final List<Process> servers = new ArrayList<>();

  @BeforeEach
  void makeVolume() throws Exception {
    memory = MemoryFolder.make();
    home = memory.path();
    device = home.resolve("device.img");
    mountPoint = Files.createDirectory(home.resolve("mnt"));
    Launched.mkfs(home, "--size", "64M", device).done();
  }

  @AfterEach
  void endServers() throws Exception {
    for (Process server : servers) {
      server.destroy();
      Launched.end(server);
    }
    while (Files.readString(Path.of("/proc/self/mounts")).contains(" " + mountPoint + " ")) {
      Launched.run(home, Map.of(), List.of("umount", "-l", mountPoint.toString()));
    }
    memory.close();
  }

  private Process start(Object... arguments) throws IOException {
    Process server = Launched.server(home, arguments);
    servers.add(server);
    return server;
  }

  private Process serve(Object... more) throws IOException {
    List<Object> all = new ArrayList<>(List.of("serve", "--device", device));
    all.addAll(List.of("--socket", home.resolve("s"), "--tag", "seen", "--warm-up", "0"));
    all.addAll(List.of(more));
    return start(all.toArray());
  }

  private static String get(SocketAddress address, String target) throws IOException {
    try (SocketChannel channel = SocketChannel.open(address)) {
      String request = "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n";
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
      return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void contains(String text, String... parts) {
    for (String part : parts) {
      assertTrue(text.contains(part), () -> "no '" + part + "' in\n" + text);
    }
  }

  /// The port that a server has logged.
  private int port() {
    return Integer.parseInt(
        Launched.errorsOf(home).replaceFirst("(?s).*metrics at 127\\.0\\.0\\.1:(\\d+).*", "$1"));
  }

  @Test
  void aMountShowsWhatProgramsDidThroughIt() throws Exception {
    Privileges.assumeMounts();
    Path trace = home.resolve("trace");
    Path metrics = home.resolve("metrics.sock");
    start(
        "mount",
        "--foreground",
        "--trace=" + trace,
        "--trace-ops=write,create",
        "--metrics",
        "unix:" + metrics,
        "--metrics",
        "127.0.0.1:0",
        device,
        mountPoint);
    Files.write(mountPoint.resolve("f"), new byte[10_000]);
    assertEquals(10_000, Files.readAllBytes(mountPoint.resolve("f")).length);
    String page = Launched.famfs(home, "stats", mountPoint).done().text();
    contains(
        page,
        "mount " + mountPoint + " (process ",
        "  copied     9.8k read, 9.8k written\n",
        "  client " + mountPoint + "\n");
    contains(
        Launched.famfs(home, "stats", "--file", mountPoint.resolve("f")).done().text(),
        "f\n",
        "  size       10000 bytes, nodeid ",
        "  device 0: 0x");
    contains(
        Launched.famfs(home, "stats", "--file", mountPoint.resolve("none")).refused(),
        "there is no file 'none'");
    contains(Launched.famfs(home, "stats", metrics).done().text(), "mount " + mountPoint);

    String exported = get(UnixDomainSocketAddress.of(metrics), "/metrics");
    contains(exported, "\nfamfs_written_bytes_total 10000\n", "\nfamfs_volume_files 1\n");
    contains(exported, "famfs_request_duration_seconds_bucket{opcode=\"WRITE\",le=");
    InetSocketAddress loopback = new InetSocketAddress(LOOPBACK, port());
    contains(get(loopback, "/metrics"), "\nfamfs_written_bytes_total 10000\n");
    contains(get(loopback, "/stats"), "HTTP/1.1 404 ");

    Launched.famfs(home, "umount", mountPoint).done();
    assertEquals(0, Launched.end(servers.getFirst()));
    List<String> lines = Files.readAllLines(trace);
    assertTrue(lines.size() >= 4 && lines.size() % 2 == 0, lines.toString());
    for (String line : lines) {
      assertTrue(line.matches("\\S+Z \"[^\"]+\" [<>] (WRITE|CREATE) unique=\\d+ .*"), line);
    }
    assertTrue(lines.stream().anyMatch(l -> l.contains("> CREATE") && l.endsWith("name=\"f\"")));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(trace)));
    assertFalse(Files.exists(metrics));
    assertEquals(List.of(), list(home.resolve("run")));
  }

  private static List<Path> list(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.toList();
    }
  }

  @Test
  void aMountInTheBackgroundIsFoundAndTracesIntoAFile() throws Exception {
    Privileges.assumeMounts();
    Path trace = home.resolve("trace");
    Launched refused = Launched.famfs(home, "mount", "--trace", device, mountPoint);
    assertEquals(2, refused.code());
    contains(refused.err(), "--trace=FILE");
    Launched.famfs(home, "mount", "--trace=" + trace, device, mountPoint).done();
    contains(Launched.famfs(home, "stats").done().text(), "mount " + mountPoint);
    Launched.famfs(home, "umount", mountPoint).done();
    contains(Files.readString(trace), "> INIT unique=", "major=7");
  }

  @Test
  void aKilledServerIsNotListedAndItsSocketIsReplaced() throws Exception {
    Process first = serve();
    Path socket = home.resolve("run/serve-" + first.pid() + ".sock");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
    contains(Launched.famfs(home, "stats", "seen").done().text(), "serve seen (process ");
    first.destroyForcibly();
    assertTrue(first.waitFor(30, TimeUnit.SECONDS));
    servers.clear();
    assertTrue(Files.exists(socket));
    contains(Launched.famfs(home, "stats").refused(), "no server runs");
    Process second = serve();
    assertEquals(
        List.of(home.resolve("run/serve-" + second.pid() + ".sock")), list(home.resolve("run")));
    second.destroy();
    assertEquals(0, Launched.end(second));
    assertEquals(List.of(), list(home.resolve("run")));
  }

  @Test
  void aServerThatIsStoppedDoesNotHoldStatsUp() throws Exception {
    Process server = serve();
    Launched.run(home, Map.of(), List.of("kill", "-STOP", Long.toString(server.pid()))).done();
    contains(Launched.famfs(home, "stats").refused(), "the server is stopped or stuck");
    Launched.run(home, Map.of(), List.of("kill", "-CONT", Long.toString(server.pid()))).done();
    Launched.famfs(home, "stats").done();
  }

  @Test
  void hostileClientsOfTheMetricsHoldNobodyUp() throws Exception {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    Process server = serve("--metrics", "127.0.0.1:0");
    InetSocketAddress address = new InetSocketAddress(LOOPBACK, port());
    List<SocketChannel> crowd = new ArrayList<>();
    for (int i = 0; i < CROWD; i++) {
      SocketChannel channel = SocketChannel.open(address);
      crowd.add(channel);
      byte[] garbage = new byte[random.nextInt(6000)];
      random.nextBytes(garbage);
      // Some send garbage, some nothing, some a request whose response they never read.
      ByteBuffer sent =
          switch (i % 3) {
            case 0 -> ByteBuffer.wrap(garbage);
            case 1 -> ByteBuffer.allocate(0);
            default -> StandardCharsets.US_ASCII.encode("GET /metrics HTTP/1.1\r\n\r\n");
          };
      try {
        channel.write(sent);
      } catch (IOException e) {
        // One too many: the server has closed it.
      }
    }
    // The control socket is another one.
    contains(Launched.famfs(home, "stats").done().text(), "serve seen");
    String answer = "";
    long start = System.nanoTime();
    while (!answer.startsWith("HTTP/1.1 200") && System.nanoTime() - start < 30_000_000_000L) {
      try {
        answer = get(address, "/metrics");
      } catch (IOException e) {
        answer = "";
      }
    }
    String said = answer;
    assertTrue(
        said.contains("\nfamfs_written_bytes_total 0\n"), () -> "seed " + seed + ": " + said);
    for (SocketChannel channel : crowd) {
      channel.close();
    }
    assertTrue(server.isAlive());
  }

  @Test
  void placesThatCannotBeHadAreNamedAndNothingIsOverwritten() throws Exception {
    Path file = Files.writeString(home.resolve("file"), "mine");
    String base = "--device=" + device + " --tag=t --warm-up=0 --socket=" + home.resolve("s");
    for (String[] wrong :
        new String[][] {
          {"--metrics=unix:" + file, "something that is no socket is there"},
          {"--metrics=unix:" + home.resolve("x".repeat(100)), "too long for a socket"},
          {"--metrics=unix:" + home.resolve("no/such"), "/no: no such file"},
          {"--trace=" + home, home.toString()},
        }) {
      List<String> command = Launched.command("famfs", "serve", wrong[0]);
      command.addAll(List.of(base.split(" ")));
      contains(Launched.run(home, Map.of(), command).refused(), wrong[1]);
      assertFalse(Files.exists(home.resolve("s")));
    }
    assertEquals("mine", Files.readString(file));
    // The device is free again.
    Launched.famfs(home, "mkdir", "d", "--device", device).done();
  }
}
