package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `famfs export` and `famfs import`.
class ExportTest {
  @TempDir private Path folder;

  private Path blank(String name, String size) {
    Path device = folder.resolve(name);
    CommandRun.mkfs("--size", size, device).done();
    CommandRun.mkfs("-k", "-f", device).done();
    return device;
  }

  @ParameterizedTest
  @ValueSource(strings = {"g1-fresh-256M", "g2-tree-512M"})
  void whatTheReferenceMadeComesBack(String name) throws IOException {
    Path device = GoldenVolume.unpack(name, folder);
    Path archive = folder.resolve("archive");
    CommandRun.famfs("export", "--device", device, "-o", archive).done();
    assertTrue(Files.size(archive) < 4000, Files.size(archive) + " bytes");
    Path target = blank("target", "512M");
    CommandRun.famfs("import", archive, "-n", "--device", target).done();
    CommandRun.famfs("dump", target).refused(1);
    CommandRun.famfs("import", archive, "--device", target).done();
    assertEquals(
        CommandRun.famfs("dump", "--json", device).done().out(),
        CommandRun.famfs("dump", "--json", target).done().out());
    assertEquals(0, CommandRun.famfs("fsck", target).code());
    CommandRun.famfs("import", archive, "--device", target).done();
  }

  @Test
  void anotherFileSystemIsDestroyedByForceOnly() throws IOException {
    Path device = GoldenVolume.unpack("g1-fresh-256M", folder);
    Path archive = folder.resolve("archive");
    CommandRun.famfs("export", device, "-o", archive).done();
    Path other = folder.resolve("other");
    CommandRun.mkfs("--size", "256M", other).done();
    String before = CommandRun.famfs("dump", "--json", other).done().out();
    String line = CommandRun.famfs("import", archive, "--device", other).refused(1);
    assertTrue(line.contains("another famfs") && line.endsWith("(option -f)"), line);
    assertEquals(before, CommandRun.famfs("dump", "--json", other).done().out());
    CommandRun.famfs("import", archive, "-f", "--device", other).done();
    Path small = blank("small", "128M");
    assertTrue(
        CommandRun.famfs("import", archive, "-f", "--device", small).refused(1).contains("128M"));
  }

  @Test
  void damagedArchivesAreRefused() throws IOException {
    Path device = GoldenVolume.unpack("g2-tree-512M", folder);
    Path archive = folder.resolve("archive");
    CommandRun.famfs("export", device, "-o", archive).done();
    byte[] bytes = Files.readAllBytes(archive);
    bytes[bytes.length / 2] ^= 4;
    Files.write(archive, bytes);
    Path target = blank("target", "512M");
    String line = CommandRun.famfs("import", archive, "-f", "--device", target).refused(1);
    assertTrue(line.contains(archive + ": ") && line.contains("damaged"), line);
    CommandRun.famfs("import", "--device", target, folder.resolve("none")).refused(1);
    CommandRun.famfs("import", archive).refused(2);
  }

  @Test
  void anOutputIsWholeAndNotOverwritten() throws IOException {
    Path device = GoldenVolume.unpack("g1-fresh-256M", folder);
    Path archive = Files.writeString(folder.resolve("archive"), "mine");
    assertTrue(CommandRun.famfs("export", device, "-o", archive).refused(1).contains("-f"));
    assertEquals("mine", Files.readString(archive));
    CommandRun.famfs("export", device, "-f", "-o", archive).done();
    assertTrue(Files.size(archive) > 100);
    assertFalse(Files.exists(folder.resolve("archive.part")));
    CommandRun.famfs("export", device).refused(2);
    Path nothing = Files.write(folder.resolve("nothing"), new byte[16 << 20]);
    CommandRun.famfs("export", nothing, "-o", folder.resolve("x")).refused(1);
    assertFalse(Files.exists(folder.resolve("x")) || Files.exists(folder.resolve("x.part")));
  }

  @Test
  void theTreeIsThereAsJson() throws IOException {
    Path device = GoldenVolume.unpack("g3-interleaved-16G", folder);
    JsonNode tree = CommandRun.famfs("export", "--json", "--device", device).json();
    JsonNode truth = GoldenVolume.json("g3-interleaved-16G.json");
    assertEquals(1, tree.get("schema").intValue());
    assertEquals(truth.get("superblock").get("fs_uuid"), tree.get("fs_uuid"));
    assertEquals(truth.get("entries").size(), tree.get("tree").size());
    for (int i = 0; i < truth.get("entries").size(); i++) {
      JsonNode entry = truth.get("entries").get(i);
      JsonNode found = tree.get("tree").get(i);
      for (String field :
          new String[] {"path", "size", "mode", "uid", "gid", "extents", "strips"}) {
        assertEquals(entry.get(field), found.get(field), field + " of entry " + i);
      }
    }
    Path file = folder.resolve("tree.json");
    CommandRun.famfs("export", "--json", device, "-o", file).done();
    assertEquals(tree, new ObjectMapper().readTree(file.toFile()));
  }
}
