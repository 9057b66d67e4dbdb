package io.famfs.core.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.format.MediaFields.Field;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MediaFieldsTest {
  private static void assertCovers(List<Field> fields, int lengthBytes) {
    int at = 0;
    for (Field field : fields) {
      assertEquals(at, field.at(), field.toString());
      assertTrue(field.lengthBytes() > 0, field.toString());
      at += field.lengthBytes();
    }
    assertEquals(lengthBytes, at);
  }

  private static List<String> texts(List<Field> fields) {
    return fields.stream().map(Field::text).toList();
  }

  @Test
  void theFieldsOfGoldenImagesSayWhatTheReferenceWrote() {
    GoldenImage image = GoldenImage.load("g3-interleaved-16G");
    List<Field> superblock = MediaFields.superblock(image.superblock());
    assertCovers(superblock, SuperblockLayout.BYTES);
    String uuid = image.truth().get("superblock").get("fs_uuid").textValue();
    assertTrue(texts(superblock).contains("file-system uuid " + uuid), superblock.toString());
    assertTrue(texts(superblock).contains("version 48"));
    List<Field> header = MediaFields.logHeader(image.logHeader());
    assertCovers(header, LogHeaderLayout.BYTES);
    assertTrue(texts(header).contains("next index " + image.truth().get("entries").size()));
    for (int i = 0; i < image.truth().get("entries").size(); i++) {
      var truth = image.truth().get("entries").get(i);
      List<Field> entry = MediaFields.entry(image.entry(i));
      assertCovers(entry, LogEntryLayout.BYTES);
      assertTrue(texts(entry).contains("path '" + truth.get("path").textValue() + "'"));
      assertTrue(entry.getLast().text().endsWith(" ok"), entry.getLast().text());
      if (truth.has("strips")) {
        String last =
            "strip "
                + (truth.get("strips").size() - 1)
                + " offset 0x"
                + Long.toHexString(
                    truth.get("strips").get(truth.get("strips").size() - 1).get("offset").asLong());
        assertTrue(texts(entry).contains(last), last);
      }
    }
  }

  @Test
  void everyContentHasFields() {
    long seed = 20;
    SplittableRandom random = new SplittableRandom(seed);
    byte[] bytes = new byte[LogEntryLayout.BYTES];
    for (int round = 0; round < 20_000; round++) {
      random.nextBytes(bytes);
      MemorySegment entry = MemorySegment.ofArray(bytes);
      if (round % 2 == 0) {
        entry.set(LittleEndian.INT, LogEntryLayout.TYPE_AT, random.nextInt(5));
        entry.set(LittleEndian.INT, LogEntryLayout.MAP_KIND_AT, random.nextInt(3));
        entry.set(LittleEndian.INT, LogEntryLayout.MAP_COUNT_AT, random.nextInt(18));
      }
      assertCovers(MediaFields.entry(entry), LogEntryLayout.BYTES);
      assertCovers(MediaFields.superblock(entry), SuperblockLayout.BYTES);
      assertCovers(MediaFields.logHeader(entry), LogHeaderLayout.BYTES);
    }
  }
}
