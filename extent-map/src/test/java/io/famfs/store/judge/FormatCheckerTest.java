package io.famfs.store.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.famfs.store.judge.Verdict.Extent;
import io.famfs.store.judge.Verdict.Node;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The second opinion agrees with the reference on its own images, and notices every rule that is
/// broken in them.
class FormatCheckerTest {
  private static final int LOG = 2 << 20;
  private static final int FIRST_ENTRY = LOG + 48;
  private static final int ENTRY = 544;

  private record Golden(ByteBuffer media, JsonNode truth) {
    static Golden load(String name) throws IOException {
      try (InputStream packed = open(name + ".img.gz");
          InputStream image = new GZIPInputStream(packed);
          InputStream json = open(name + ".json")) {
        return new Golden(
            ByteBuffer.wrap(image.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN),
            new ObjectMapper().readTree(json));
      }
    }

    private static InputStream open(String file) {
      return Objects.requireNonNull(
          FormatCheckerTest.class.getClassLoader().getResourceAsStream("golden/" + file), file);
    }

    Verdict judge() {
      return FormatChecker.judge(media, truth.get("superblock").get("dax_size").longValue());
    }

    int entry(String path) {
      for (JsonNode entry : truth.get("entries")) {
        if (entry.get("path").textValue().equals(path)) {
          return FIRST_ENTRY + ENTRY * entry.get("index").intValue();
        }
      }
      throw new IllegalArgumentException(path);
    }

    void seal(int at, int length) {
      CRC32 crc = new CRC32();
      crc.update(media.slice(at, length));
      media.putLong(at + length, crc.getValue());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"g1-fresh-256M", "g2-tree-512M", "g3-interleaved-16G"})
  void imagesOfTheReferenceAreFlawlessAndHaveItsTree(String name) throws Exception {
    Golden golden = Golden.load(name);
    Verdict verdict = golden.judge();
    assertTrue(verdict.flawless(), verdict.toString());
    List<Node> expected = new ArrayList<>();
    for (JsonNode entry : golden.truth().get("entries")) {
      expected.add(node(entry));
    }
    assertEquals(expected, verdict.nodes());
  }

  private static Node node(JsonNode entry) {
    boolean directory = entry.get("kind").textValue().equals("mkdir");
    List<Extent> extents = new ArrayList<>();
    if (!directory) {
      for (JsonNode extent : entry.get(entry.has("strips") ? "strips" : "extents")) {
        extents.add(
            new Extent(
                extent.get("dev").longValue(),
                extent.get("offset").longValue(),
                extent.get("len").longValue()));
      }
    }
    return new Node(
        entry.get("index").longValue(),
        entry.get("path").textValue(),
        directory,
        directory ? 0 : entry.get("size").longValue(),
        Integer.parseInt(entry.get("mode").textValue(), 8),
        entry.get("uid").longValue(),
        entry.get("gid").longValue(),
        entry.has("chunk_size") ? entry.get("chunk_size").longValue() : 0,
        extents);
  }

  @Test
  void theDamagedSuperblockIsNamed() throws Exception {
    Verdict verdict = Golden.load("g6-sb-crc-bad").judge();
    assertFalse(verdict.readable());
    assertEquals(List.of("superblock: checksum"), verdict.violations().get(Verdict.VOLUME));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, superblock: magic",
    "8, 49, superblock: version 49",
    "16, 4194304, superblock: log offset",
    "24, 12582912, superblock: log length",
    "24, 4194304, superblock: log length",
    "32, 8192, superblock: allocation unit",
    "40, 3, superblock: OMF major",
    "112, 1099511627776, superblock: device size",
  })
  void aWrongSuperblockFieldIsNamed(int at, long value, String finding) throws Exception {
    Golden golden = Golden.load("g1-fresh-256M");
    golden.media().putLong(at, value);
    golden.seal(0, 96);
    Verdict verdict = golden.judge();
    assertFalse(verdict.readable());
    assertEquals(List.of(finding), verdict.violations().get(Verdict.VOLUME));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, log: magic",
    "8, 16777216, log: length",
    "16, 15420, log: last index",
    "40, 15421, log: next index",
    "40, -1, log: next index",
  })
  void aWrongLogHeaderFieldIsNamed(int at, long value, String finding) throws Exception {
    Golden golden = Golden.load("g1-fresh-256M");
    golden.media().putLong(LOG + at, value);
    golden.seal(LOG, 24);
    Verdict verdict = golden.judge();
    assertFalse(verdict.readable());
    assertEquals(List.of(finding), verdict.violations().get(Verdict.VOLUME));
  }

  /// Changes the entry of `striped/s1`, one simple extent, or `striped/s0`, four strips.
  private static List<String> findings(String path, Consumer<Golden> change) throws Exception {
    Golden golden = Golden.load("g3-interleaved-16G");
    change.accept(golden);
    int at = golden.entry(path);
    golden.seal(at, 536);
    Verdict verdict = golden.judge();
    int index = (at - FIRST_ENTRY) / ENTRY;
    List<String> findings = new ArrayList<>();
    findings.addAll(verdict.violations().getOrDefault((long) index, List.of()));
    findings.addAll(verdict.deviations().getOrDefault((long) index, List.of()));
    return findings;
  }

  @ParameterizedTest
  @CsvSource({
    "striped/s1, 0, 7, seqnum",
    "striped/s1, 16, -1, size -1",
    "striped/s1, 16, 2097153, map too short",
    "striped/s1, 24, 1, flags",
    "striped/s1, 120, 2, map kind 2",
    "striped/s1, 124, 1, padding in the map",
    "striped/s1, 128, 0, extents 0",
    "striped/s1, 128, 17, extents 17",
    "striped/s1, 136, 1, 'device of Extent[device=1, offset=12582912, length=2097152]'",
    "striped/s1, 144, 4096, 'alignment of Extent[device=0, offset=4096, length=2097152]'",
    "striped/s1, 144, 8388608, 'reserved space in Extent[device=0, offset=8388608, length=2097152]'",
    "striped/s1, 152, 0, 'bounds of Extent[device=0, offset=12582912, length=0]'",
    "striped/s1, 152, 4194304, not one extent of the rounded size",
    "striped/s1, 160, 1, bytes behind the payload",
    "striped/s0, 128, 2, interleaved extents 2",
    "striped/s0, 136, 17, strips 17",
    "striped/s0, 136, 0, strips 0",
    "striped/s0, 144, 0, chunk 0",
    "striped/s0, 144, 6291456, chunk 6291456",
    "striped/s0, 168, 4194304, length of the strips",
  })
  void aWrongFileFieldIsNamed(String path, int at, long value, String finding) throws Exception {
    List<String> findings =
        findings(
            path,
            golden -> {
              boolean wide = at == 0 || at == 16 || at >= 136;
              if (wide) {
                golden.media().putLong(golden.entry(path) + at, value);
              } else {
                golden.media().putInt(golden.entry(path) + at, (int) value);
              }
            });
    assertTrue(findings.contains(finding), findings.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "/s1, path '/s1'",
    "'striped/../s1', path 'striped/../s1'",
    "striped//s1, path 'striped//s1'",
    "./s1, path './s1'",
    ".meta/s1, path '.meta/s1'",
    "striped/s0, duplicate of 'striped/s0'",
    "striped/s0/x, parent of 'striped/s0/x'",
    "nowhere/s1, parent of 'nowhere/s1'",
    "'', empty path",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx, path without end",
    "\u00e9-latin, path that is not UTF-8",
  })
  void aWrongPathIsNamed(String path, String finding) throws Exception {
    List<String> findings =
        findings(
            "striped/s1",
            golden -> {
              byte[] bytes =
                  path.getBytes(
                      path.endsWith("latin")
                          ? StandardCharsets.ISO_8859_1
                          : StandardCharsets.UTF_8);
              golden.media().put(golden.entry("striped/s1") + 40, new byte[80]);
              golden.media().put(golden.entry("striped/s1") + 40, bytes);
            });
    assertTrue(findings.contains(finding), findings.toString());
  }

  @Test
  void sharedSpaceADamagedEntryAndAnUnknownTypeAreNamed() throws Exception {
    List<String> shared =
        findings(
            "striped/s1",
            // The first strip of striped/s0.
            golden -> golden.media().putLong(golden.entry("striped/s1") + 144, 8589934592L));
    assertEquals(
        List.of("space that is taken: Extent[device=0, offset=8589934592, length=2097152]"),
        shared);
    assertEquals(
        List.of("type 2"),
        findings("striped/s1", golden -> golden.media().putInt(golden.entry("striped/s1") + 8, 2)));
    Golden golden = Golden.load("g2-tree-512M");
    golden.media().put(FIRST_ENTRY + 100, (byte) 1);
    assertEquals(List.of("checksum"), golden.judge().violations().get(0L));
  }

  @Test
  void addedDevicesAreAccumulated() throws Exception {
    Golden golden = Golden.load("g3-interleaved-16G");
    int index = golden.truth().get("entries").size();
    int at = FIRST_ENTRY + ENTRY * index;
    golden.media().putLong(at, index).putInt(at + 8, 3).putLong(at + 16, 64L << 20);
    golden.media().putLong(at + 24, 0x1122334455667788L).putInt(at + 40, 1);
    golden.seal(at, 536);
    golden.media().putLong(LOG + 32, index + 1L).putLong(LOG + 40, index + 1L);
    Verdict verdict = golden.judge();
    assertTrue(verdict.flawless(), verdict.toString());
    assertEquals(2, verdict.devices().size());
    golden.media().putInt(at + 40, 2);
    golden.seal(at, 536);
    assertEquals(List.of("device number 2"), golden.judge().violations().get((long) index));
  }
}
