package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `famfs getmap`, `flush`, `chkread`, `mkmeta` and `ls`.
class FilesTest {
  @TempDir private Path folder;
  private Path device;

  @BeforeEach
  void makeVolume() {
    device = folder.resolve("volume.img");
    CommandRun.mkfs("--size", "64M", device).done();
    CommandRun.famfs("mkdir", "--device", device, "d").done();
    CommandRun.famfs("creat", "--device", device, "-s", "3M", "d/f").done();
    CommandRun.famfs("creat", "--device", device, "-s", "1", "d/.g").done();
  }

  @Test
  void getmapPrintsTheLinesOfTheReference() {
    assertEquals(
        """
        File:     d/f
        \tsize:    3145728
        \textents: 1
        \t\ta00000\t4194304
        famfs_getmap: good file d/f
        File:     d/.g
        \tsize:    1
        \textents: 1
        \t\te00000\t2097152
        famfs_getmap: good file d/.g
        """,
        CommandRun.famfs("getmap", "--device", device, "d/f", "d/.g").done().out());
    assertEquals("", CommandRun.famfs("getmap", "-q", "--device", device, "d/f").done().out());
  }

  @Test
  void getmapShowsStrips() throws IOException {
    Path golden = GoldenVolume.unpack("g3-interleaved-16G", folder);
    List<String> lines =
        CommandRun.famfs("getmap", "--device", golden, "striped/s3").done().out().lines().toList();
    assertEquals("\textents: 1", lines.get(2));
    assertEquals("Interleave_Param chunk_size: 2097152", lines.get(3));
    assertEquals("Interleaved extent has 4 strips:", lines.get(4));
    assertEquals("\t\t100400000\t4194304", lines.get(5));
    assertEquals(10, lines.size());
  }

  @Test
  void getmapStopsAtAnErrorUnlessToldToGoOn() throws IOException {
    CommandRun stopped = CommandRun.famfs("getmap", "--device", device, "d", "d/f");
    assertTrue(stopped.refused(1).contains("directory"));
    assertEquals("", stopped.out());
    CommandRun all =
        CommandRun.famfs("getmap", "-c", "--json", "--device", device, "d", "d/f", "none", "d/.g");
    assertEquals(1, all.code());
    assertEquals(2, all.err().lines().count());
    JsonNode json = new ObjectMapper().readTree(all.out());
    assertEquals("d/f", json.get(0).get("path").textValue());
    assertEquals("d/.g", json.get(1).get("path").textValue());
    CommandRun quiet = CommandRun.famfs("getmap", "-q", "--json", "--device", device, "none");
    assertEquals("", quiet.out());
    quiet.refused(1);
  }

  @Test
  void flushTakesFilesAndCountsFailures() {
    CommandRun run = CommandRun.famfs("flush", "-v", "--device", device, "d/f", "d/.g").done();
    assertEquals("d/f: 3145728 bytes flushed\nd/.g: 1 bytes flushed\n", run.out());
    CommandRun some = CommandRun.famfs("flush", "--device", device, "d", "d/f", "none");
    assertEquals(1, some.code());
    assertTrue(some.err().endsWith("2 of 3 files were not flushed\n"), some.err());
    CommandRun.famfs("flush", "--device", device, "none").refused(1);
  }

  @Test
  void chkreadComparesFileSuperblockAndLog() {
    assertEquals(
        "read(2) of the devices: match\n",
        CommandRun.famfs("chkread", "--device", device, "d/f").done().out());
    String meta = CommandRun.famfs("chkread", "-s", "-l", "--device", device, "/").done().out();
    assertTrue(meta.contains("superblock: match\n"), meta);
    assertTrue(meta.endsWith("log: match\n"), meta);
    assertTrue(meta.contains("next index 3 of 15420"), meta);
    CommandRun.famfs("chkread", "--device", device, "d").refused(1);
  }

  @Test
  void cloneMakesADamageThatIsFound() throws IOException {
    CommandRun.famfs("clone", "--device", device, "d/f", "d/clone").refused(2);
    assertEquals(0, CommandRun.famfs("fsck", device).code());
    String line =
        CommandRun.famfs("clone", "-v", "--allow-cross-link", "--device", device, "d/f", "d/clone")
            .done()
            .out();
    assertTrue(line.contains("d/clone shares 4194304 bytes with "), line);
    CommandRun fsck = CommandRun.famfs("fsck", device);
    assertTrue(fsck.code() != 0 && fsck.out().contains("cross-link"), fsck.out());
    String map =
        CommandRun.famfs("getmap", "--json", "--device", device, "d/f", "d/clone").done().out();
    JsonNode both = new ObjectMapper().readTree(map);
    assertEquals(both.get(0).get("extents"), both.get(1).get("extents"));
    String again = "--allow-cross-link";
    assertTrue(
        CommandRun.famfs("clone", again, "--device", device, "d/f", "d/clone")
            .refused(1)
            .contains("exists"));
    CommandRun.famfs("clone", again, "--device", device, "d", "x").refused(1);
    CommandRun.famfs("clone", again, "--device", device, "none", "x").refused(1);
  }

  @Test
  void mkmetaExplains() {
    assertTrue(CommandRun.famfs("mkmeta", "/dev/dax0.0").refused(1).contains("famfs mount"));
  }

  @Test
  void lsTakesTheLettersOfOthers() {
    assertEquals("./\n../\n.g\nf\n", CommandRun.famfs("ls", "-a", "--device", device, "d").out());
    assertEquals(".g\nf\n", CommandRun.famfs("ls", "--device", device, "d").done().out());
    String human = CommandRun.famfs("ls", "-lh", "--device", device, "d").done().out();
    assertTrue(human.contains(" 3M f\n"), human);
    assertTrue(human.contains(" 1 .g\n"), human);
  }
}
