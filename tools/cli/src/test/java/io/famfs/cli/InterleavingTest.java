package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files laid out over strips, by option and by a file of defaults.
class InterleavingTest {
  private static final long GIB = 1L << 30;
  private static final long MIB = 1L << 20;
  private static final long DEVICE_BYTES = 8 * GIB;

  @TempDir(factory = MemoryDirectory.class)
  private Path directory;

  private Path device = Path.of("");

  @BeforeEach
  void makeVolume() {
    device = directory.resolve("volume.img");
    CommandRun.mkfs("--size", "8G", device).done();
  }

  private CommandRun run(String command, Object... arguments) {
    List<Object> all = new ArrayList<>(List.of(command, "--device", device));
    all.addAll(List.of(arguments));
    return CommandRun.famfs(all.toArray());
  }

  private JsonNode map(String file) throws IOException {
    return run("getmap", "--json", file).json();
  }

  /// Checks a map by the rules for strips in buckets and returns the buckets in their order.
  private List<Long> buckets(JsonNode map, int strips, int buckets, long chunk) {
    long size = map.get("size").longValue();
    assertEquals(strips, map.get("nstrips").intValue());
    assertEquals(chunk, map.get("chunk_size").longValue());
    long units = (size + 2 * MIB - 1) / (2 * MIB);
    long stripeUnits = strips * chunk / (2 * MIB);
    long length = (units + stripeUnits - 1) / stripeUnits * chunk;
    long bucketBytes = DEVICE_BYTES / (2 * MIB) / buckets * (2 * MIB);
    List<Long> order = new ArrayList<>();
    for (JsonNode strip : map.get("strips")) {
      long offset = strip.get("offset").longValue();
      assertEquals(0, strip.get("dev").intValue());
      assertEquals(0, offset % (2 * MIB));
      assertEquals(length, strip.get("len").longValue());
      order.add(offset / bucketBytes);
      assertEquals(offset / bucketBytes, (offset + length - 1) / bucketBytes, map::toString);
      assertTrue(offset >= 10 * MIB, map::toString);
    }
    assertEquals(strips, order.size());
    assertEquals(strips, Set.copyOf(order).size(), map::toString);
    return order;
  }

  @Test
  void stripsLieInBucketsOfTheirOwnInTheOrderOfTheSeed() throws IOException {
    Object[] options = {"-N", "4", "-B", "8", "-C", "2M", "--placement-seed", "1"};
    Set<List<Long>> orders = new HashSet<>();
    for (int round = 0; round < 2; round++) {
      List<Object> creat = new ArrayList<>(List.of(options));
      creat.addAll(List.of("-M", "s15,15M,3", "-M", "s64,64M", "-M", "odd,9000001", "-M", "s1,1M"));
      run("creat", creat.toArray()).done();
      List<Long> first = buckets(map("s15"), 4, 8, 2 * MIB);
      List<Long> second = buckets(map("s64"), 4, 8, 2 * MIB);
      orders.add(List.of(first.hashCode() + 0L, second.hashCode() + 0L));
      assertFalse(first.equals(second), "files of one command spread: " + first);
      buckets(map("odd"), 4, 8, 2 * MIB);
      assertEquals(1, map("s1").get("extents").size());
      run("verify", "-S", "3", "s15").done();
      CommandRun.famfs("fsck", device).done();
      CommandRun.mkfs("-f", device).done();
    }
    assertEquals(1, orders.size(), "the same seed gives the same order");
  }

  @Test
  void copiesAreLaidOutTooAndReadBackEqual() throws IOException {
    Path source = directory.resolve("source");
    byte[] bytes = new byte[20_000_001];
    new java.util.SplittableRandom(9).nextBytes(bytes);
    Files.write(source, bytes);
    run("cp", "-N", "3", "-B", "3", "-C", "4M", "-t", "3", source, "copy").done();
    buckets(map("copy"), 3, 3, 4 * MIB);
    run("cp", "-c", source, "copy").done();
    // What exists keeps its place.
    run("cp", source, "copy").done();
    buckets(map("copy"), 3, 3, 4 * MIB);
  }

  @Test
  void whatTheVolumeCannotHaveIsRefused() {
    Map.of(
            "17 strips", List.of("-N", "17", "-B", "17"),
            "0 strips", List.of("-N", "0", "-B", "1"),
            "on 1 devices", List.of("-N", "2"),
            "9 buckets", List.of("-N", "2", "-B", "9"),
            "2 buckets for 3 strips", List.of("-N", "3", "-B", "2"),
            "chunk of 3145728", List.of("-N", "1", "-B", "1", "-C", "3M"),
            "chunk of 1048576", List.of("-N", "1", "-B", "1", "-C", "1M"))
        .forEach((message, options) -> {
          List<Object> creat = new ArrayList<>(options);
          creat.addAll(List.of("-s", "64M", "f"));
          String line = run("creat", creat.toArray()).refused(1);
          assertTrue(line.contains(message), line);
        });
    assertTrue(run("creat", "-s1M", "-C", "2M", "f").refused(2).contains("-N"));
    assertTrue(run("creat", "-s1M", "-B", "2", "f").refused(2).contains("-N"));
    assertEquals("", run("ls").done().out());
  }

  @Test
  void defaultsComeFromAFileUnlessTheCommandLineSaysMore() throws IOException {
    Path config = directory.resolve("alloc.cfg");
    Files.writeString(
        config, "interleaved_alloc:\n  nbuckets: 8\n  nstrips: 4\n  chunk_size: 2M  # text\n");
    run("creat", "--alloc-cfg", config, "-s", "30M", "f").done();
    buckets(map("f"), 4, 8, 2 * MIB);
    run("creat", "--alloc-cfg", config, "-N", "2", "-B", "2", "-s", "30M", "g").done();
    buckets(map("g"), 2, 2, 2 * MIB);
    Files.writeString(config, "interleaved_alloc: {nstrips: 1, chunk_size: 0x400000}\n");
    run("creat", "--alloc-cfg", config, "-s", "30M", "h").done();
    assertEquals(4 * MIB, map("h").get("chunk_size").longValue());
  }

  @Test
  void everyMistakeInTheFileIsNamed() throws IOException {
    Path config = directory.resolve("alloc.cfg");
    String good = "interleaved_alloc:\n  nbuckets: 8\n  nstrips: 4\n  chunk_size: 2M\n";
    Map.ofEntries(
            Map.entry("'nstrips' is 17, not 1 to 16", good.replace("4", "17")),
            Map.entry("'nstrips' is 0, not 1 to 16", good.replace("4", "0")),
            Map.entry("'nbuckets' is 3, not 4 to 64", good.replace("8", "3")),
            Map.entry("'nbuckets' is 65, not 4 to 64", good.replace("8", "65")),
            Map.entry("'nstrips': '-1' is not a size", good.replace("4", "-1")),
            Map.entry("'nstrips' is 99999999999,", good.replace("4", "99999999999")),
            Map.entry("'chunk_size': '2X' is not a size", good.replace("2M", "2X")),
            Map.entry("has no 'chunk_size'", good.replace("  chunk_size: 2M\n", "")),
            Map.entry("has no 'nstrips'", good.replace("  nstrips: 4\n", "")),
            Map.entry("unknown key 'stripes'", good + "  stripes: 2\n"),
            Map.entry("unknown key 'more'", good + "more: 2\n"),
            Map.entry("'nbuckets' is not a number", good.replace("8", "[8]")),
            Map.entry("no keys and values", "- 1\n- 2\n"),
            Map.entry("no keys and values below", ""),
            Map.entry("no keys and values below '", "interleaved_alloc: 7\n"),
            Map.entry("is no YAML: ", "interleaved_alloc: {{\n"),
            Map.entry("more than 65536 bytes", good + "#".repeat(1 << 16)))
        .forEach((message, text) -> {
          write(config, text);
          String line = run("creat", "--alloc-cfg", config, "-s", "30M", "f").refused(1);
          assertTrue(line.contains(config + ": ") && line.contains(message), line);
        });
    run("creat", "--alloc-cfg", directory.resolve("gone"), "-s", "30M", "f").refused(1);
    assertEquals("", run("ls").done().out());
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
