package io.famfs.core.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.famfs.core.JsonWriter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class MediaDumpTest {
  private static final long NEXT_INDEX_AT =
      LogHeaderLayout.MEDIA_OFFSET + LogHeaderLayout.NEXT_INDEX_AT;

  private final MemorySegment media = GoldenImage.load("g2-tree-512M").media();

  @Test
  void aNextIndexBeyondTheLogPrintsTheLog() throws Exception {
    for (long next : new long[] {-1, Long.MAX_VALUE, 15421}) {
      media.set(LittleEndian.LONG, NEXT_INDEX_AT, next);
      assertEquals(15420, dump(media).get("entries").size());
    }
  }

  @Test
  void aShortCopyOfTheMediaPrintsWhatItHolds() throws Exception {
    MemorySegment part = media.asSlice(0, LogHeaderLayout.entryMediaOffset(7) + 100);
    assertEquals(7, dump(part).get("entries").size());
    assertThrows(
        MediaException.class, () -> dump(media.asSlice(0, LogHeaderLayout.MEDIA_OFFSET + 47)));
  }

  @Test
  void pathsThatAreNotTextShowTheirBytes() throws Exception {
    media.set(
        ValueLayout.JAVA_BYTE,
        LogHeaderLayout.entryMediaOffset(0) + LogEntryLayout.MKDIR_PATH_AT,
        (byte) 0xff);
    JsonNode entry = dump(media).get("entries").get(0);
    assertEquals("ff6c706861", entry.get("path_hex").textValue());
    assertEquals(false, entry.get("crc_ok").booleanValue());
  }

  @Test
  void memoryThatIsNoLogPrintsNoEntries() throws Exception {
    assertEquals(0, dump(MemorySegment.ofArray(new byte[3 << 20])).get("entries").size());
  }

  private static JsonNode dump(MemorySegment media) throws Exception {
    StringBuilder text = new StringBuilder();
    MediaDump.write(media, new JsonWriter(text));
    return new ObjectMapper().readTree(text.toString());
  }
}
