package io.famfs.checks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The real launchers as processes, on devices in shared memory.
class LauncherTest {
  private MemoryFolder memory;
  private Path home;
  private Path device;

  @BeforeEach
  void makeFolder() throws IOException {
    memory = MemoryFolder.make();
    home = memory.path();
    device = home.resolve("device.img");
  }

  @AfterEach
  void removeFolder() throws IOException {
    memory.close();
  }

  @Test
  void aTreeGoesInAndComesOutUnchanged() throws Exception {
    Path tree = Files.createDirectories(home.resolve("tree/sub/deep")).getParent().getParent();
    byte[] large = new byte[7_654_321];
    new SplittableRandom(2).nextBytes(large);
    Files.write(tree.resolve("sub/large"), large);
    Files.writeString(tree.resolve("sub/deep/small"), "small");
    Files.createFile(tree.resolve("empty"));
    Launched.mkfs(home, "--size", "64M", device).done();
    Launched.famfs(home, "cp", "-r", tree, "/", "--device", device).done();
    Launched.famfs(home, "mkdir", "-p", "a/b", "--device", device).done();
    Launched.famfs(home, "creat", "-s", "1M", "a/b/zeros", "--device", device).done();
    assertEquals(
        "a/\na/b/\na/b/zeros\nempty\nsub/\nsub/deep/\nsub/deep/small\nsub/large\n",
        Launched.famfs(home, "ls", "-R", "--device", device).done().text());
    assertArrayEquals(
        large, Launched.famfs(home, "cat", "sub/large", "--device", device).done().out());
    assertEquals(
        "small",
        Launched.famfs(home, "cat", "sub/deep/small", "empty", "--device", device).done().text());
    assertArrayEquals(
        new byte[1 << 20],
        Launched.famfs(home, "cat", "a/b/zeros", "--device", device).done().out());
    JsonNode map =
        json(Launched.famfs(home, "getmap", "--json", "sub/large", "--device", device).done());
    assertEquals(8L << 20, map.get("extents").get(0).get("len").longValue());
    assertTrue(Launched.famfs(home, "fsck", device).done().text().endsWith("\nclean\n"));
    assertEquals(
        8, json(Launched.famfs(home, "dump", "--json", device).done()).get("entries").size());
    assertTrue(Files.exists(home.resolve("system_uuid")));
  }

  @Test
  void catIntoAPipeThatCloses() throws Exception {
    Launched.mkfs(home, "--size", "64M", device).done();
    Launched.famfs(home, "creat", "-s", "20M", "f", "--device", device).done();
    String script =
        Launched.launcher("famfs") + " cat f --device " + device + " | head -c 10 | wc -c";
    Launched run = Launched.run(home, java.util.Map.of(), List.of("sh", "-c", script)).done();
    assertEquals("10", run.text().strip());
  }

  @Test
  void dumpPrintsTheGoldenImages() throws Exception {
    for (String name :
        List.of("g1-fresh-256M", "g2-tree-512M", "g3-interleaved-16G", "g6-sb-crc-bad")) {
      Path image = Golden.unpack(name, home);
      Launched run = Launched.famfs(home, "dump", "--json", image);
      JsonNode dump = json(run);
      JsonNode truth = Golden.truth(name);
      for (String part : List.of("superblock", "log", "entries")) {
        assertEquals(stripped(truth.path(part)), stripped(dump.path(part)), name + " " + part);
      }
      boolean damaged = name.startsWith("g6");
      assertEquals(damaged ? 1 : 0, run.code(), name);
      assertEquals(damaged, run.err().contains("rule superblock-crc"), run.err());
      Files.delete(image);
    }
  }

  @Test
  void theAnnotatedDumpHasThePermissionsItNeeds() throws Exception {
    Launched.mkfs(home, "--size", "64M", device).done();
    String text = Launched.famfs(home, "dump", "--hex", device).done().text();
    assertTrue(text.startsWith("000000000000 ff 82 b2 87 00 00 00 00 "), text);
    assertTrue(text.contains("# magic 0xbadcafef00d\n"), text);
    text = Launched.famfs(home, "dump", "--raw", "0,16", device).done().text();
    assertTrue(text.endsWith(" # ........0.......\n"), text);
  }

  @Test
  void fsckJudgesTheGoldenImages() throws Exception {
    for (String name : List.of("g1-fresh-256M", "g2-tree-512M", "g3-interleaved-16G")) {
      Path image = Golden.unpack(name, home);
      assertTrue(Launched.famfs(home, "fsck", image).done().text().endsWith("\nclean\n"), name);
      assertTrue(
          json(Launched.famfs(home, "fsck", "--json", image).done()).get("clean").booleanValue());
      Files.delete(image);
    }
    Path damaged = Golden.unpack("g6-sb-crc-bad", home);
    assertTrue(Launched.famfs(home, "fsck", damaged).refused().contains("rule superblock-crc"));
    JsonNode report = json(Launched.famfs(home, "fsck", "--json", damaged));
    assertFalse(report.get("clean").booleanValue());
    assertEquals("superblock-crc", report.get("faults").get(0).get("rule").textValue());
  }

  @Test
  void lsListsTheGoldenTree() throws Exception {
    for (String name : List.of("g2-tree-512M", "g3-interleaved-16G")) {
      Path image = Golden.unpack(name, home);
      TreeSet<String> expected = new TreeSet<>();
      for (JsonNode entry : Golden.truth(name).get("entries")) {
        String path = entry.get("path").textValue();
        expected.add(entry.get("kind").textValue().equals("mkdir") ? path + "/" : path);
      }
      List<String> listed =
          Launched.famfs(home, "ls", "-R", "--device", image).done().text().lines().toList();
      assertEquals(new ArrayList<>(expected), new ArrayList<>(new TreeSet<>(listed)), name);
      assertEquals(expected.size(), listed.size());
      Files.delete(image);
    }
  }

  private static JsonNode json(Launched run) throws IOException {
    return new ObjectMapper().readTree(run.text());
  }

  /// The fields that the dump has: the truth carries the answers of the reference's ioctl, too.
  private static String stripped(JsonNode node) {
    JsonNode copy = node.deepCopy();
    if (copy.isArray()) {
      copy.forEach(
          entry -> ((com.fasterxml.jackson.databind.node.ObjectNode) entry).remove("get_fmap_msg"));
    }
    return copy.toPrettyString();
  }
}
