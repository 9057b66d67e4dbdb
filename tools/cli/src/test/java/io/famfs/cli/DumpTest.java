package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `famfs dump` of images that the reference made, whole and damaged.
class DumpTest {
  private static final String TREE = "g2-tree-512M";
  private static final long LOG_AT = 2 << 20;

  @TempDir private Path folder;

  /// The bytes of an annotated dump, in order, with their first offset.
  private static byte[] bytes(String hex, long firstOffset) {
    StringBuilder digits = new StringBuilder();
    long at = firstOffset;
    for (String line : hex.lines().toList()) {
      if (line.startsWith("entry ") || line.isBlank()) {
        continue;
      }
      assertEquals(at, Long.parseLong(line.substring(0, 12), 16), line);
      String row = line.substring(12).replaceFirst("#.*", "").replace(" ", "");
      digits.append(row);
      at += row.length() / 2;
    }
    return HexFormat.of().parseHex(digits);
  }

  private static byte[] media(Path device, long offset, int lengthBytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(device.toFile(), "r")) {
      byte[] bytes = new byte[lengthBytes];
      file.seek(offset);
      file.readFully(bytes);
      return bytes;
    }
  }

  private static void assertBytes(byte[] expected, byte[] found) {
    assertEquals(HexFormat.of().formatHex(expected), HexFormat.of().formatHex(found));
  }

  @Test
  void partsAreTheSameAsInTheWhole() throws IOException {
    Path device = GoldenVolume.unpack(TREE, folder);
    JsonNode truth = GoldenVolume.json(TREE + ".json");
    ObjectNode whole = (ObjectNode) CommandRun.famfs("dump", "--json", device).json();
    for (String part : List.of("superblock", "log")) {
      assertEquals(truth.get(part), whole.get(part));
    }
    String option = "--superblock";
    JsonNode superblock = CommandRun.famfs("dump", "--json", option, device).json();
    assertEquals(whole.deepCopy().retain("superblock"), superblock);
    JsonNode some =
        CommandRun.famfs("dump", "--json", "--log-header", "--entry", "3-5", device).json();
    assertEquals(whole.get("log"), some.get("log"));
    assertEquals(3, some.get("entries").size());
    for (int i = 0; i < 3; i++) {
      assertEquals(whole.get("entries").get(3 + i), some.get("entries").get(i));
    }
    assertFalse(some.has("superblock"));
  }

  @Test
  void theTextTellsTheSame() throws IOException {
    Path device = GoldenVolume.unpack(TREE, folder);
    String all = CommandRun.famfs("dump", "--device", device).done().out();
    String parts =
        CommandRun.famfs("dump", "--superblock", "--log-header", "--entry", "0-28", device)
            .done()
            .out();
    assertEquals(all, parts);
    assertEquals(1, CommandRun.famfs("dump", "--entry", "28", device).done().out().lines().count());
  }

  @Test
  void theAnnotatedFormHoldsEveryByte() throws IOException {
    Path device = GoldenVolume.unpack("g3-interleaved-16G", folder);
    String superblock = CommandRun.famfs("dump", "--hex", "--superblock", device).done().out();
    assertBytes(media(device, 0, 200), bytes(superblock, 0));
    assertTrue(superblock.contains("# version 48"), superblock);
    String header = CommandRun.famfs("dump", "--hex", "--log-header", device).done().out();
    assertBytes(media(device, LOG_AT, 48), bytes(header, LOG_AT));
    String entries = CommandRun.famfs("dump", "--hex", "--entry", "1-3", device).done().out();
    long at = LOG_AT + 48 + 544;
    assertBytes(media(device, at, 3 * 544), bytes(entries, at));
    assertTrue(entries.contains("# path 'striped/"), entries);
    assertTrue(entries.contains("# strip 0 offset 0x"), entries);
  }

  @Test
  void rawBytesAreThoseOfTheDevice() throws IOException {
    Path device = GoldenVolume.unpack(TREE, folder);
    String raw = CommandRun.famfs("dump", "--raw", "0x200001,10001", device).done().out();
    assertBytes(media(device, LOG_AT + 1, 10001), bytes(raw, LOG_AT + 1));
    assertEquals("", CommandRun.famfs("dump", "--raw", "512M,0", device).done().out());
    for (String range : List.of("512M,1", "0,513M", "8191T,8191T")) {
      CommandRun.famfs("dump", "--raw", range, device).refused(1);
    }
    for (String range : List.of("1", "1,2,3", "-1,2", "a,b", ",")) {
      CommandRun.famfs("dump", "--raw", range, device).refused(2);
    }
    for (String slots : List.of("x", "-1", "3-2", "1-2-3", "", "99999999999999999999")) {
      CommandRun.famfs("dump", "--entry=" + slots, device).refused(2);
    }
    CommandRun.famfs("dump", "--json", "--hex", device).refused(2);
    CommandRun.famfs("dump").refused(2);
  }

  @Test
  void damageIsShownAndToldWhateverItIs() throws IOException {
    long seed = 11;
    SplittableRandom random = new SplittableRandom(seed);
    Path device = GoldenVolume.unpack("g1-fresh-256M", folder);
    byte[] superblock = media(device, 0, 200);
    byte[] log = media(device, LOG_AT, 48 + 3 * 544);
    for (int round = 0; round < 60; round++) {
      byte[] first = superblock.clone();
      byte[] second = log.clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        first[random.nextInt(first.length)] ^= (byte) (1 << random.nextInt(8));
        second[random.nextInt(second.length)] ^= (byte) (1 << random.nextInt(8));
      }
      try (RandomAccessFile file = new RandomAccessFile(device.toFile(), "rw")) {
        file.write(first);
        file.seek(LOG_AT);
        file.write(second);
      }
      String form = List.of("--hex", "--json", "--log-header").get(round % 3);
      String entry = "--entry=0-" + random.nextInt(3);
      CommandRun run = CommandRun.famfs("dump", form, "--superblock", entry, device);
      assertTrue(run.code() == 0 || run.code() == 1, "seed " + seed + " round " + round);
      assertEquals(run.code(), run.err().lines().count(), run.err());
      assertFalse(run.out().isEmpty(), "seed " + seed + " round " + round);
    }
  }

  @Test
  void anythingElseIsRefusedButItsBytesCanBeSeen() throws IOException {
    Path other = Files.write(folder.resolve("other"), new byte[4 << 20]);
    assertTrue(CommandRun.famfs("dump", other).refused(1).contains("no famfs superblock"));
    CommandRun hex = CommandRun.famfs("dump", "--hex", "--superblock", other);
    assertEquals(1, hex.code());
    assertBytes(new byte[200], bytes(hex.out(), 0));
    CommandRun.famfs("dump", "--raw", "0,16", other).done();
    Path small = Files.write(folder.resolve("small"), new byte[4096]);
    CommandRun.famfs("dump", small).refused(1);
    CommandRun.famfs("dump", "--superblock", small).refused(1);
    CommandRun.famfs("dump", folder).refused(1);
  }
}
