package io.famfs.checks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The verbs that look at a file system, through a mount of the real kernel.
class MountedVerbsTest {
  private static final byte[] LARGE = new byte[5_000_000];

  static {
    new SplittableRandom(4).nextBytes(LARGE);
  }

  private MemoryFolder memory;
  private Path home;
  private Path device;
  private Path mountPoint;
  private Path large;

  @BeforeEach
  void makeVolume() throws Exception {
    Privileges.assumeMounts();
    memory = MemoryFolder.make();
    home = memory.path();
    device = home.resolve("device.img");
    mountPoint = Files.createDirectory(home.resolve("mnt"));
    large = mountPoint.resolve("d/large");
    Launched.mkfs(home, "--size", "64M", device).done();
    Launched.famfs(home, "mount", device, mountPoint).done();
    Launched.famfs(home, "mkdir", large.getParent()).done();
    Path source = Files.write(home.resolve("large"), LARGE);
    Launched.famfs(home, "cp", source, large).done();
  }

  @AfterEach
  void removeEverything() throws Exception {
    if (memory == null) {
      return;
    }
    Launched.run(home, Map.of(), List.of("umount", "-l", mountPoint.toString()));
    memory.close();
  }

  private JsonNode json(Object... arguments) throws Exception {
    return new ObjectMapper().readTree(Launched.famfs(home, arguments).done().text());
  }

  @Test
  void everyVerbLooksThroughTheMount() throws Exception {
    assertEquals(
        large + ": 5000000 bytes flushed\n",
        Launched.famfs(home, "flush", "-v", large).done().text());
    String check = Launched.famfs(home, "chkread", large).done().text();
    assertEquals(
        List.of(
            "read(2) through the mount: match",
            "mmap(2) of the mount: match",
            "read(2) of the devices: match"),
        check.lines().toList());
    assertTrue(Launched.famfs(home, "chkread", "-s", mountPoint).done().text().contains("match"));
    assertEquals(6 << 20, json("stat", "--json", large).get(0).get("allocated").intValue());
    assertEquals(
        6 << 20, json("getmap", "--json", large).get("extents").get(0).get("len").intValue());
    JsonNode df = json("df", "--json", mountPoint);
    assertEquals(mountPoint.toString(), df.get(0).get("mount").textValue());
    assertEquals(16 << 20, df.get(0).get("devices").get(0).get("used").intValue());
    String all = Launched.famfs(home, "df").done().text();
    assertTrue(all.contains(device + " ") && all.contains(" " + mountPoint + "\n"), all);
    List<String> map =
        Launched.famfs(home, "map", "--width", "32", large).done().text().lines().toList();
    assertEquals("SLLLLaaa........................", map.get(1));
    assertEquals(2, json("dump", "--json", mountPoint).get("entries").size());
    Path shadow = Files.createDirectory(home.resolve("shadow"));
    JsonNode play = json("logplay", "--json", "-S", shadow, "-s", mountPoint);
    assertEquals(1, play.get("shadow_files").get("made").intValue());
    assertTrue(Files.exists(shadow.resolve("root/d/large")));
    Launched.famfs(home, "umount", mountPoint).done();
  }

  @Test
  void catTakesPartsAndLeavesHolesAlone() throws Exception {
    assertArrayEquals(
        Arrays.copyOfRange(LARGE, 4_000_001, 4_500_001),
        Launched.famfs(home, "cat", "-o", "4000001", "-n", "500000", large).done().out());
    assertEquals(0, Launched.famfs(home, "cat", "-o", "5000000", large).done().out().length);
    assertArrayEquals(
        Arrays.copyOfRange(LARGE, 4_999_999, 5_000_000),
        Launched.famfs(home, "cat", "-o", "4999999", "-n", "2", large).done().out());
    Path sparse = mountPoint.resolve("sparse");
    Launched.famfs(home, "creat", "-s", "20M", sparse).done();
    Launched.famfs(home, "umount", mountPoint).done();
    long before = blocks();
    assertArrayEquals(
        new byte[20 << 20], Launched.famfs(home, "cat", "sparse", "--device", device).done().out());
    assertEquals(before, blocks());
  }

  @Test
  void theOptionsOfTheReferenceAreTakenOrRefused() throws Exception {
    Launched.famfs(home, "umount", mountPoint).done();
    Launched mount =
        Launched.famfs(home, "mount", "-fvup", "-t", "0", "-M", "-S", home, device, mountPoint);
    assertEquals(0, mount.code(), mount.err());
    assertEquals(device + " mounted on " + mountPoint + "\n", mount.text());
    assertEquals(2, mount.err().lines().count(), mount.err());
    assertTrue(mount.err().contains("--shadow has no effect"), mount.err());
    assertArrayEquals(LARGE, Files.readAllBytes(large));
    String options =
        Files.readAllLines(Path.of("/proc/self/mounts")).stream()
            .filter(line -> line.contains(" " + mountPoint + " "))
            .findFirst()
            .orElseThrow();
    assertTrue(!options.contains("allow_other") && !options.contains("default_perm"), options);
    Launched.famfs(home, "umount", mountPoint).done();
    for (String when : List.of("always", "normal", "never")) {
      Launched.famfs(home, "mount", "-c", when, device, mountPoint).done();
      assertArrayEquals(LARGE, Files.readAllBytes(large));
      Launched.famfs(home, "umount", mountPoint).done();
    }
  }

  private long blocks() throws Exception {
    return Long.parseLong(
        Launched.run(home, Map.of(), List.of("stat", "-c", "%b", device.toString()))
            .done()
            .text()
            .strip());
  }
}
