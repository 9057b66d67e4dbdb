package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.famfs.core.format.LogEntryCodec;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogHeaderLayout;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `famfs stat`, `df` and `map`.
class LookTest {
  private static final long UNIT = 2 << 20;

  @TempDir private Path folder;

  /// 64 MiB: 2 superblock, 8 log, then a/x 4, y 2, a/z 6 MiB.
  private Path made() {
    Path device = folder.resolve("volume.img");
    CommandRun.mkfs("--size", "64M", device).done();
    CommandRun.famfs("mkdir", "--device", device, "-m", "0750", "a").done();
    CommandRun.famfs("creat", "--device", device, "-s", "3M", "a/x").done();
    CommandRun.famfs("creat", "--device", device, "-s", "1", "y").done();
    CommandRun.famfs("creat", "--device", device, "-s", "5M", "a/z").done();
    return device;
  }

  /// Changes the log entry of a slot and gives it the right checksum again.
  private static void patch(Path device, long slot, int at, byte[] bytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(device.toFile(), "rw")) {
      byte[] entry = new byte[LogEntryLayout.BYTES];
      file.seek(LogHeaderLayout.entryMediaOffset(slot));
      file.readFully(entry);
      System.arraycopy(bytes, 0, entry, at, bytes.length);
      LogEntryCodec.seal(MemorySegment.ofArray(entry), 0);
      file.seek(LogHeaderLayout.entryMediaOffset(slot));
      file.write(entry);
    }
  }

  private static List<String> runs(JsonNode map) {
    List<String> runs = new ArrayList<>();
    long at = 0;
    for (JsonNode run : map.get("devices").get(0).get("runs")) {
      assertEquals(at, run.get("offset").longValue());
      at += run.get("len").longValue();
      List<String> owners = new ArrayList<>();
      run.get("owners").forEach(owner -> owners.add(owner.textValue()));
      runs.add(run.get("len").longValue() / UNIT + " " + run.get("kind").textValue() + owners);
    }
    assertEquals(map.get("devices").get(0).get("size").longValue(), at);
    return runs;
  }

  @Test
  void theMapTellsEveryRun() throws IOException {
    Path device = made();
    assertEquals(
        List.of(
            "1 superblock[]", "4 log[]", "2 files[a/x]", "1 files[y]", "3 files[a/z]", "21 free[]"),
        runs(CommandRun.famfs("map", "--json", device).json()));
    CommandRun.mkfs("-f", device).done();
    assertEquals(
        List.of("1 superblock[]", "4 log[]", "27 free[]"),
        runs(CommandRun.famfs("map", "--json", "--device", device).json()));
  }

  @Test
  void thePictureIsDrawnToScale() {
    Path device = made();
    List<String> lines =
        CommandRun.famfs("map", "--width", "32", device).done().out().lines().toList();
    assertEquals("SLLLLaabaaa.....................", lines.get(1));
    assertTrue(lines.get(0).startsWith("device 0  " + device + "  64M"), lines.get(0));
    assertTrue(lines.containsAll(List.of("a      10M  a/", "b       2M  y", ".      42M  free")));
    lines = CommandRun.famfs("map", "--files", "--width=64", device).done().out().lines().toList();
    assertEquals("SSLLLLLLLLbbbbccaaaaaa" + ".".repeat(42), lines.get(1));
    lines = CommandRun.famfs("map", "--width", "3", device).done().out().lines().toList();
    assertEquals("Sa.", lines.get(1));
    String all = CommandRun.famfs("map", "-v", device).done().out();
    assertTrue(all.contains("\n0:0xa00000+0x400000 files a/x\n"), all);
    CommandRun.famfs("map", "--width", "0", device).refused(2);
  }

  @Test
  void sharedAndQuarantinedSpaceIsShown() throws IOException {
    Path device = made();
    // y moves to the second half of a/x; a/z gets a path that no volume may have.
    byte[] offset = {0, 0, (byte) 0xc0, 0};
    patch(device, 2, 144, offset);
    patch(device, 3, LogEntryLayout.FILE_PATH_AT, new byte[] {'.', '.', '/'});
    CommandRun run = CommandRun.famfs("map", "--json", device);
    assertEquals(0, run.code());
    assertTrue(run.err().contains("warning"), run.err());
    List<String> runs = runs(new com.fasterxml.jackson.databind.ObjectMapper().readTree(run.out()));
    assertEquals(
        List.of(
            "1 superblock[]",
            "4 log[]",
            "1 files[a/x]",
            "1 cross-linked[a/x, y]",
            "1 free[]",
            "3 quarantined[entry 3: ../]",
            "21 free[]"),
        runs.stream().map(text -> text.replaceFirst("\\.\\./.*]", "../]")).toList());
    assertTrue(CommandRun.famfs("map", "--width", "32", device).out().contains("SLLLLaX.QQQ..."));
    JsonNode df =
        new com.fasterxml.jackson.databind.ObjectMapper()
            .readTree(CommandRun.famfs("df", "--json", device).out());
    assertEquals(10 * UNIT, df.get(0).get("devices").get(0).get("used").longValue());
    assertEquals(3 * UNIT, df.get(0).get("quarantined_bytes").longValue());
  }

  @Test
  void dfHasARowForEachDevice() throws IOException {
    Path device = made();
    JsonNode df = CommandRun.famfs("df", "--json", device).json();
    assertEquals(1, df.size());
    assertEquals(3, df.get(0).get("files").intValue());
    assertEquals(4, df.get(0).get("log_entries_used").intValue());
    JsonNode row = df.get(0).get("devices").get(0);
    assertEquals(64 << 20, row.get("size").longValue());
    assertEquals(22 << 20, row.get("used").longValue());
    assertEquals(42 << 20, row.get("free").longValue());
    List<String> text = CommandRun.famfs("df", device).done().out().lines().toList();
    assertTrue(text.get(0).matches("Device +Size +Used +Avail +Use%  Mounted on"), text.get(0));
    assertTrue(text.get(1).matches(device + " +64M +22M +42M +35%  -"), text.get(1));
    String bytes = CommandRun.famfs("df", "-b", "--device", device).done().out();
    assertTrue(bytes.contains(" 67108864 "), bytes);
  }

  @Test
  void statTellsAll() throws IOException {
    Path device = made();
    JsonNode all = CommandRun.famfs("stat", "--json", "--device", device, "a", "a/x", "/").json();
    assertEquals("directory", all.get(0).get("type").textValue());
    assertEquals("0750", all.get(0).get("mode").textValue());
    assertEquals(2, all.get(0).get("children").intValue());
    JsonNode file = all.get(1);
    assertEquals(3 << 20, file.get("size").longValue());
    assertEquals(4 << 20, file.get("allocated").longValue());
    assertEquals(2, file.get("flags").intValue());
    assertEquals(1, file.get("log_index").intValue());
    assertEquals("simple", file.get("map").textValue());
    assertEquals(1, file.get("extents").intValue());
    assertEquals(0, file.get("devices").get(0).intValue());
    assertEquals(1, all.get(2).get("nodeid").intValue());
    assertEquals(-1, all.get(2).get("log_index").intValue());
    String text = CommandRun.famfs("stat", "--device", device, "a/x", "a").done().out();
    assertTrue(text.contains("  size 3145728 bytes, 4194304 allocated, flags 2\n"), text);
    assertTrue(text.contains("log entry 1 at byte " + (2097152 + 48 + 544)), text);
    CommandRun some = CommandRun.famfs("stat", "--device", device, "none", "a/x");
    assertEquals(some.out(), CommandRun.famfs("stat", "--device", device, "a/x").done().out());
    assertTrue(some.refused(1).contains("none"));
  }

  @Test
  void interleavedFilesOfTheReferenceAreShown() throws IOException {
    Path device = GoldenVolume.unpack("g3-interleaved-16G", folder);
    JsonNode stat = CommandRun.famfs("stat", "--json", "--device", device, "striped/s3").json();
    assertEquals("interleaved", stat.get(0).get("map").textValue());
    assertEquals(4, stat.get(0).get("extents").intValue());
    assertEquals(16 << 20, stat.get(0).get("allocated").longValue());
    JsonNode truth = GoldenVolume.json("g3-interleaved-16G.json").get("reference_verdict");
    JsonNode row = CommandRun.famfs("df", "--json", device).json().get(0).get("devices").get(0);
    assertEquals(truth.get("real_devdax_linux6.1").get("allocated_bytes"), row.get("used"));
    assertEquals(truth.get("real_devdax_linux6.1").get("free_bytes"), row.get("free"));
  }
}
