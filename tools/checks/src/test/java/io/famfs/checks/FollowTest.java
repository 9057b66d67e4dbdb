package io.famfs.checks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// One process writes a volume, others follow it: processes and mounts as an operator has them.
class FollowTest {
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long PROMISED_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final int SAMPLES = 11;

  private MemoryFolder memory;
  private Path home;
  private Path elsewhere;
  private Path device;
  private Path writer;
  private Path reader;
  private final List<Process> servers = new ArrayList<>();

  @BeforeEach
  void makeVolume() throws Exception {
    Privileges.assumeMounts();
    memory = MemoryFolder.make();
    home = memory.path();
    elsewhere = Files.createDirectory(home.resolve("another-host"));
    device = home.resolve("device.img");
    writer = Files.createDirectory(home.resolve("writer"));
    reader = Files.createDirectory(home.resolve("reader"));
    Launched.mkfs(home, "--size", "128M", device).done();
  }

  @AfterEach
  void removeEverything() throws Exception {
    if (memory == null) {
      return;
    }
    for (Process server : servers) {
      server.destroyForcibly().waitFor();
    }
    for (Path mount : List.of(writer, reader)) {
      Launched.run(home, Map.of(), List.of("umount", "-l", mount.toString()));
    }
    memory.close();
  }

  private Process serve(Path host, Object... arguments) throws IOException {
    Process server = Launched.server(host, arguments);
    servers.add(server);
    return server;
  }

  private static long waitFor(Path path) {
    long start = System.nanoTime();
    while (!Files.exists(path)) {
      assertTrue(System.nanoTime() - start < LIMIT_NANOS, path + " does not become visible");
    }
    return System.nanoTime();
  }

  @Test
  void namesBecomeVisibleByThemselves() throws Exception {
    serve(home, "mount", "--foreground", device, writer);
    serve(home, "mount", "--foreground", "-r", device, reader);
    Launched.famfs(home, "mkdir", writer.resolve("d")).done();
    waitFor(reader.resolve("d"));
    long[] latencies = new long[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      String name = "d/file" + i;
      // The kernel has asked for the name before: what it keeps of the answer must not hide it.
      assertFalse(Files.exists(reader.resolve(name)));
      Process making =
          Launched.prepared(
                  home,
                  Map.of(),
                  Launched.command("famfs", "creat", "-s", "2M", writer.resolve(name)))
              .start();
      long made = waitFor(writer.resolve(name));
      latencies[i] = waitFor(reader.resolve(name)) - made;
      assertEquals(0, making.waitFor());
    }
    Arrays.sort(latencies);
    System.out.printf(
        "names visible in a following mount after: median %d us, longest %d us (%d names)%n",
        latencies[SAMPLES / 2] / 1000, latencies[SAMPLES - 1] / 1000, SAMPLES);
    assertTrue(latencies[SAMPLES / 2] < PROMISED_NANOS, Arrays.toString(latencies));
    try (var list = Files.list(reader.resolve("d"))) {
      assertEquals(SAMPLES, list.count());
    }
    byte[] content = "from the writer".getBytes(StandardCharsets.UTF_8);
    Files.write(writer.resolve("d/file3"), content, StandardOpenOption.WRITE);
    byte[] read = Files.readAllBytes(reader.resolve("d/file3"));
    assertArrayEquals(content, Arrays.copyOf(read, content.length));
    assertTrue(Launched.famfs(home, "fsck", device).done().text().endsWith("\nclean\n"));
  }

  @Test
  void anotherHostFollowsStoresAndCreatesNothing() throws Exception {
    serve(home, "mount", "--foreground", device, writer);
    serve(elsewhere, "mount", "--foreground", device, reader);
    Launched.famfs(home, "creat", "-s", "2M", writer.resolve("f")).done();
    waitFor(reader.resolve("f"));
    byte[] content = "from another host".getBytes(StandardCharsets.UTF_8);
    Files.write(reader.resolve("f"), content, StandardOpenOption.WRITE);
    byte[] read = Files.readAllBytes(writer.resolve("f"));
    assertArrayEquals(content, Arrays.copyOf(read, content.length));
    String line = Launched.famfs(elsewhere, "mkdir", reader.resolve("d")).refused();
    assertTrue(line.contains("not permitted"), line);
    assertFalse(Files.exists(writer.resolve("d")));
  }

  @Test
  void theOwnersHostFollowsWhenAskedTo() throws Exception {
    serve(home, "mount", "--foreground", "--follow", device, reader);
    serve(home, "mount", "--foreground", device, writer);
    Launched.famfs(home, "mkdir", "-p", writer.resolve("a/b/c")).done();
    waitFor(reader.resolve("a/b/c"));
    Launched.famfs(home, "mkdir", reader.resolve("d")).refused();
  }

  @Test
  void aSecondWriterIsToldWhoTheFirstIs() throws Exception {
    Process first = serve(home, "mount", "--foreground", device, writer);
    String holder = "process " + first.pid() + " (famfs mount --foreground " + device;
    for (Launched second :
        List.of(
            Launched.famfs(home, "mount", device, reader),
            Launched.famfs(home, "mkdir", "d", "--device", device),
            Launched.mkfs(home, "-f", device))) {
      String line = second.refused();
      assertTrue(line.contains(holder), line);
    }
  }

  @Test
  void whatAMountShowsIsNotReplaced() throws Exception {
    serve(home, "mount", "--foreground", "-r", device, reader);
    for (Launched replacing :
        List.of(Launched.mkfs(home, "-f", device), Launched.mkfs(home, "-k", "-f", device))) {
      String line = replacing.refused();
      assertTrue(line.contains("is mounted at " + reader), line);
    }
    Launched.famfs(home, "mkdir", "d", "--device", device).done();
    waitFor(reader.resolve("d"));
  }

  @Test
  void aKilledWriterLeavesACleanVolumeThatTheNextOneTakesAtOnce() throws Exception {
    serve(home, "mount", "--foreground", "-r", device, reader);
    Process first = serve(home, "mount", "--foreground", device, writer);
    List<String> making = Launched.command("famfs", "mkdir");
    for (int i = 0; i < 500; i++) {
      making.add(writer.resolve("d" + i).toString());
    }
    Process maker =
        Launched.prepared(home, Map.of(), making)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    waitFor(reader.resolve("d20"));
    first.destroyForcibly().waitFor();
    maker.waitFor();
    Launched.run(home, Map.of(), List.of("umount", "-l", writer.toString())).done();
    assertTrue(Launched.famfs(home, "fsck", device).done().text().endsWith("\nclean\n"));
    serve(home, "mount", "--foreground", device, writer);
    assertTrue(Files.isDirectory(writer.resolve("d20")));
    Launched.famfs(home, "creat", "-s", "2M", writer.resolve("after")).done();
    waitFor(reader.resolve("after"));
    try (var old = Files.list(writer);
        var followed = Files.list(reader)) {
      assertEquals(
          old.map(Path::getFileName).sorted().toList(),
          followed.map(Path::getFileName).sorted().toList());
    }
  }
}
