package io.famfs.checks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// `famfs mount` and `famfs umount` with the real kernel.
class MountTest {
  private static final byte[] LARGE = new byte[5_000_000];

  static {
    new SplittableRandom(3).nextBytes(LARGE);
  }

  private MemoryFolder memory;
  private Path home;
  private Path device;
  private Path mountPoint;

  @BeforeEach
  void makeVolume() throws Exception {
    Privileges.assumeMounts();
    memory = MemoryFolder.make();
    home = memory.path();
    device = home.resolve("device.img");
    mountPoint = Files.createDirectory(home.resolve("mnt with blank"));
    Path source = Files.write(home.resolve("large"), LARGE);
    Launched.mkfs(home, "--size", "64M", device).done();
    Launched.famfs(home, "mkdir", "d", "--device", device).done();
    Launched.famfs(home, "cp", source, "d", "--device", device).done();
  }

  @AfterEach
  void removeEverything() throws Exception {
    if (memory == null) {
      return;
    }
    while (mounted()) {
      Launched.run(home, Map.of(), List.of("umount", "-l", mountPoint.toString()));
    }
    memory.close();
  }

  private boolean mounted() throws IOException {
    String escaped = mountPoint.toString().replace(" ", "\\040");
    return Files.readAllLines(Path.of("/proc/self/mounts")).stream()
        .anyMatch(line -> line.contains(" " + escaped + " "));
  }

  /// The process that serves the mount: the one that holds the device.
  private ProcessHandle holder() throws Exception {
    return holder(home, device);
  }

  static ProcessHandle holder(Path home, Path device) throws Exception {
    String line = Launched.famfs(home, "mkdir", "x", "--device", device).refused();
    String pid = line.replaceFirst(".*in use by process (\\d+).*", "$1");
    return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
  }

  @Test
  void aMountInTheBackgroundServesUntilItIsUnmounted() throws Exception {
    Launched.famfs(home, "mount", device, mountPoint).done();
    ProcessHandle server = holder();
    Path large = mountPoint.resolve("d/large");
    assertArrayEquals(LARGE, Files.readAllBytes(large));
    try (var list = Files.list(mountPoint)) {
      assertEquals(List.of(mountPoint.resolve("d")), list.toList());
    }
    FileStore store = Files.getFileStore(mountPoint);
    assertEquals(64L << 20, store.getTotalSpace());
    assertEquals((64L << 20) - (2L << 20) - (8L << 20) - (6L << 20), store.getUsableSpace());
    // Inside the file, by another program.
    String dd = "printf changed | dd of=\"$0\" bs=1 seek=1000 conv=notrunc status=none";
    Launched.run(home, Map.of(), List.of("sh", "-c", dd, large.toString())).done();
    byte[] expected = LARGE.clone();
    System.arraycopy(
        "changed".getBytes(java.nio.charset.StandardCharsets.UTF_8), 0, expected, 1000, 7);
    assertArrayEquals(expected, Files.readAllBytes(large));
    assertArrayEquals(expected, Launched.famfs(home, "cat", large).done().out());
    assertEquals("d/\nd/large\n", Launched.famfs(home, "ls", "-R", mountPoint).done().text());
    assertTrue(
        Launched.famfs(home, "getmap", large)
            .done()
            .text()
            .startsWith("File:     " + large + "\n\tsize:    5000000\n"));
    assertTrue(Launched.famfs(home, "fsck", mountPoint).done().text().endsWith("\nclean\n"));
    Launched.famfs(home, "umount", mountPoint).done();
    assertFalse(server.isAlive());
    assertFalse(mounted());
    assertArrayEquals(
        expected, Launched.famfs(home, "cat", "d/large", "--device", device).done().out());
  }

  @Test
  void filesOnAMissingDeviceGiveErrorsAndAllOthersWork() throws Exception {
    Path primary = Files.createDirectory(home.resolve("one")).resolve("primary.img");
    Path further = Files.createDirectory(home.resolve("two")).resolve("further.img");
    Launched.mkfs(home, "--size", "32M", primary, further).done();
    String both = primary + "," + further;
    Launched.famfs(home, "creat", "-s", "20M", "here", "--device", both).done();
    Launched.famfs(home, "creat", "-s", "20M", "there", "--device", both).done();
    Path here = mountPoint.resolve("here");
    Path there = mountPoint.resolve("there");

    Launched half = Launched.famfs(home, "mount", primary, mountPoint);
    assertEquals(0, half.code(), half.err());
    assertTrue(half.err().contains("device 1 is missing"), half.err());
    assertEquals(20 << 20, Files.readAllBytes(here).length);
    assertEquals(20L << 20, Files.size(there));
    IOException refused = assertThrows(IOException.class, () -> Files.readAllBytes(there));
    assertTrue(refused.getMessage().contains("Input/output error"), refused.getMessage());
    Launched.famfs(home, "umount", mountPoint).done();

    Map<String, String> found = Map.of("FAMFS_DEVICES", further.toString());
    Launched.run(home, found, Launched.command("famfs", "mount", primary, mountPoint)).done();
    assertEquals(20 << 20, Files.readAllBytes(there).length);
    Launched.famfs(home, "umount", mountPoint).done();
  }

  @Test
  void aSecondMountIsRefusedWithTheHolder() throws Exception {
    Launched.famfs(home, "mount", device, mountPoint).done();
    Path other = Files.createDirectory(home.resolve("other"));
    String line = Launched.famfs(home, "mount", device, other).refused();
    assertTrue(line.contains("already in use by process " + holder().pid()), line);
    assertArrayEquals(LARGE, Files.readAllBytes(mountPoint.resolve("d/large")));
  }

  @Test
  void aReadOnlyMountRefusesWrites() throws Exception {
    Launched.famfs(home, "mount", "-o", "ro", device, mountPoint).done();
    Path large = mountPoint.resolve("d/large");
    assertArrayEquals(LARGE, Files.readAllBytes(large));
    String dd = "printf changed | dd of=\"$0\" bs=1 conv=notrunc 2>&1";
    Launched run = Launched.run(home, Map.of(), List.of("sh", "-c", dd, large.toString()));
    assertTrue(run.code() != 0 && run.text().contains("Read-only"), run.text());
    Launched make = Launched.famfs(home, "mkdir", mountPoint.resolve("new"));
    assertTrue(make.refused().contains("read-only"), make.err());
    Launched.famfs(home, "umount", mountPoint).done();
  }

  @Test
  void filesAreMadeInsideTheMountAndStay() throws Exception {
    Launched.famfs(home, "mount", device, mountPoint).done();
    Path tree = Files.createDirectories(home.resolve("tree/sub"));
    Files.write(tree.resolve("copied"), LARGE);
    Files.createFile(tree.resolve("empty"));
    Launched.famfs(home, "cp", "-r", tree.getParent(), mountPoint.resolve("d")).done();
    assertArrayEquals(LARGE, Files.readAllBytes(mountPoint.resolve("d/sub/copied")));
    assertEquals(0, Files.size(mountPoint.resolve("d/sub/empty")));
    Launched.famfs(home, "mkdir", "-p", mountPoint.resolve("a/b/c")).done();
    assertTrue(Files.isDirectory(mountPoint.resolve("a/b/c")));
    Launched.famfs(home, "creat", "-s", "3M", "-m", "0600", mountPoint.resolve("a/f")).done();
    assertArrayEquals(new byte[3 << 20], Files.readAllBytes(mountPoint.resolve("a/f")));
    String refused = Launched.famfs(home, "mkdir", mountPoint.resolve("a")).refused();
    assertTrue(refused.contains("exists"), refused);
    Launched.famfs(home, "creat", "-s", "1T", mountPoint.resolve("huge")).refused();
    Launched.famfs(home, "mkdir", mountPoint.resolve("no/parent")).refused();
    Launched.famfs(home, "umount", mountPoint).done();
    assertEquals(
        List.of(
            "a/",
            "a/b/",
            "a/b/c/",
            "a/f",
            "d/",
            "d/large",
            "d/sub/",
            "d/sub/copied",
            "d/sub/empty"),
        Launched.famfs(home, "ls", "-R", "--device", device).done().text().lines().toList());
    assertArrayEquals(
        LARGE, Launched.famfs(home, "cat", "d/sub/copied", "--device", device).done().out());
    assertTrue(Launched.famfs(home, "fsck", device).done().text().endsWith("\nclean\n"));
  }

  @Test
  void unmountingByOtherMeansEndsTheServer() throws Exception {
    Process server = Launched.server(home, "mount", "--foreground", device, mountPoint);
    Launched.run(home, Map.of(), List.of("umount", mountPoint.toString())).done();
    assertEquals(0, Launched.end(server), Launched.errorsOf(home));
  }

  @Test
  void sigtermUnmounts() throws Exception {
    Process server = Launched.server(home, "mount", "--foreground", device, mountPoint);
    assertTrue(mounted());
    server.destroy();
    assertEquals(0, Launched.end(server), Launched.errorsOf(home));
    assertFalse(mounted());
  }

  @Test
  void aMountInUseStays() throws Exception {
    Launched.famfs(home, "mount", device, mountPoint).done();
    try (var open = Files.newInputStream(mountPoint.resolve("d/large"))) {
      assertEquals(LARGE[0], (byte) open.read());
      String line = Launched.famfs(home, "umount", mountPoint).refused();
      assertTrue(line.contains("in use") && line.contains("--lazy"), line);
      assertTrue(mounted());
    }
    Launched.famfs(home, "umount", mountPoint).done();
  }

  @Test
  void aMountWhoseServerWasKilledCanBeCleanedUp() throws Exception {
    Process server = Launched.server(home, "mount", "--foreground", device, mountPoint);
    server.destroyForcibly();
    assertTrue(server.waitFor(30, TimeUnit.SECONDS));
    assertTrue(mounted());
    String line = Launched.famfs(home, "mount", device, mountPoint).refused();
    assertTrue(line.contains("run famfs umount"), line);
    Launched.famfs(home, "umount", mountPoint).done();
    assertFalse(mounted());
    Launched.famfs(home, "mount", device, mountPoint).done();
    assertArrayEquals(LARGE, Files.readAllBytes(mountPoint.resolve("d/large")));
    Launched.famfs(home, "umount", mountPoint).done();
  }

  @Test
  void linksToTheMountPointWork() throws Exception {
    Launched.famfs(home, "mount", device, mountPoint).done();
    Path link = Files.createSymbolicLink(home.resolve("link"), mountPoint);
    assertEquals("large\n", Launched.famfs(home, "ls", link.resolve("d")).done().text());
    Launched.famfs(home, "umount", link).done();
    assertFalse(mounted());
  }
}
