package io.famfs.core.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.famfs.core.JsonWriter;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.core.format.LogEntry.FileEntry;
import io.famfs.core.format.LogEntry.MkdirEntry;
import io.famfs.core.format.MediaFault.Rule;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GoldenImageTest {
  /// Larger than any golden device, so that the size is not what a check stops at.
  private static final long LARGE_DEVICE_BYTES = 1L << 40;

  static Stream<GoldenImage> images() {
    return GoldenImage.NAMES.stream().map(GoldenImage::load);
  }

  @ParameterizedTest
  @MethodSource("images")
  void everySuperblockFieldIsWhatTheReferenceReads(GoldenImage image) {
    Superblock superblock = SuperblockCodec.decode(image.superblock(), 0);
    JsonNode truth = image.truth().get("superblock");
    assertEquals(hex(truth, "magic"), superblock.magic());
    assertEquals(
        new FormatVersion(
            truth.get("version").longValue(),
            truth.get("omf_major").intValue(),
            truth.get("omf_minor").intValue()),
        superblock.version());
    assertEquals(truth.get("log_offset").longValue(), superblock.logOffset());
    assertEquals(truth.get("log_len").longValue(), superblock.logLengthBytes());
    assertEquals(truth.get("alloc_unit").longValue(), superblock.allocUnitBytes());
    assertEquals(truth.get("fs_uuid").textValue(), superblock.fsUuid().toString());
    assertEquals(truth.get("dev_uuid").textValue(), superblock.deviceUuid().toString());
    assertEquals(truth.get("system_uuid").textValue(), superblock.systemUuid().toString());
    assertEquals(hex(truth, "crc"), superblock.crc());
    assertEquals(truth.get("sb_flags").intValue(), superblock.flags());
    assertEquals(truth.get("dax_size").longValue(), superblock.deviceSizeBytes());
    assertEquals(truth.get("dax_uuid").textValue(), superblock.daxdevUuid().toString());
    assertEquals(truth.get("dax_name").textValue(), superblock.deviceName().toString());
    assertEquals(hex(truth, "crc_recomputed"), SuperblockCodec.computeCrc(image.superblock(), 0));
  }

  @ParameterizedTest
  @MethodSource("images")
  void everyLogHeaderFieldIsWhatTheReferenceReads(GoldenImage image) {
    LogHeader header = LogHeaderCodec.decode(image.logHeader(), 0);
    JsonNode truth = image.truth().get("log");
    assertEquals(hex(truth, "magic"), header.magic());
    assertEquals(truth.get("len").longValue(), header.lengthBytes());
    assertEquals(truth.get("last_index").longValue(), header.lastIndex());
    assertEquals(hex(truth, "crc"), header.crc());
    assertEquals(hex(truth, "crc_recomputed"), LogHeaderCodec.computeCrc(image.logHeader(), 0));
    assertEquals(truth.get("next_seqnum").longValue(), header.nextSeqnum());
    assertEquals(truth.get("next_index").longValue(), header.nextIndex());
    assertNull(LogHeaderRules.seqnumFault(header));
    Superblock superblock = SuperblockCodec.decode(image.superblock(), 0);
    assertNull(LogHeaderRules.firstBroken(image.logHeader(), superblock));
  }

  @ParameterizedTest
  @MethodSource("images")
  void everyEntryIsWhatTheReferenceReadsAndKeepsTheRules(GoldenImage image) {
    Superblock superblock = SuperblockCodec.decode(image.superblock(), 0);
    MediaBounds bounds =
        new MediaBounds(
            superblock.allocUnitBytes(),
            superblock.reservedBytes(),
            List.of(superblock.deviceSizeBytes()));
    int index = 0;
    for (JsonNode truth : image.truth().get("entries")) {
      MemorySegment bytes = image.entry(index);
      assertNull(LogEntryRules.integrity(bytes, index));
      Decoded<LogEntry> decoded =
          LogEntryCodec.decode(bytes, 0, LogHeaderLayout.entryMediaOffset(index));
      assertNull(decoded.fault());
      assertNull(LogEntryRules.meaning(decoded, bounds));
      assertEquals(truth.get("seqnum").longValue(), decoded.value().seqnum());
      assertEquals(hex(truth, "crc"), decoded.value().crc());
      switch (decoded.value()) {
        case FileEntry file -> assertFile(truth, file);
        case MkdirEntry mkdir -> {
          assertEquals("mkdir", truth.get("kind").textValue());
          assertEquals(truth.get("path").textValue(), mkdir.path().toString());
          assertEquals(truth.get("uid").longValue(), Integer.toUnsignedLong(mkdir.uid()));
          assertEquals(truth.get("gid").longValue(), Integer.toUnsignedLong(mkdir.gid()));
          assertEquals(octal(truth), mkdir.mode());
        }
        case LogEntry.AddDaxdevEntry other -> throw new AssertionError(other);
        case LogEntry.UnknownEntry other -> throw new AssertionError(other);
      }
      index++;
    }
  }

  private static void assertFile(JsonNode truth, FileEntry file) {
    assertEquals("file", truth.get("kind").textValue());
    assertEquals(truth.get("path").textValue(), file.path().toString());
    assertEquals(truth.get("size").longValue(), file.sizeBytes());
    assertEquals(truth.get("flags").intValue(), file.flags());
    assertEquals(truth.get("uid").longValue(), Integer.toUnsignedLong(file.uid()));
    assertEquals(truth.get("gid").longValue(), Integer.toUnsignedLong(file.gid()));
    assertEquals(octal(truth), file.mode());
    switch (file.fmap()) {
      case Fmap.Simple simple -> {
        assertEquals(0, truth.get("ext_type").intValue());
        assertEquals(truth.get("nextents").intValue(), simple.ranges().size());
        assertRanges(truth.get("extents"), simple.ranges());
      }
      case Fmap.Interleaved interleaved -> {
        assertEquals(1, truth.get("ext_type").intValue());
        assertEquals(truth.get("nstrips").intValue(), interleaved.ranges().size());
        assertEquals(truth.get("chunk_size").longValue(), interleaved.chunkBytes());
        assertRanges(truth.get("strips"), interleaved.ranges());
      }
    }
  }

  private static void assertRanges(JsonNode truth, List<DeviceRange> ranges) {
    assertEquals(truth.size(), ranges.size());
    for (int i = 0; i < ranges.size(); i++) {
      assertEquals(truth.get(i).get("dev").intValue(), ranges.get(i).daxdevIndex());
      assertEquals(truth.get(i).get("offset").longValue(), ranges.get(i).offset());
      assertEquals(truth.get(i).get("len").longValue(), ranges.get(i).lengthBytes());
    }
  }

  @ParameterizedTest
  @MethodSource("images")
  void encodingWhatWasDecodedGivesTheSameBytes(GoldenImage image) {
    MemorySegment superblock = scratch(SuperblockLayout.BYTES);
    SuperblockCodec.encode(SuperblockCodec.decode(image.superblock(), 0), superblock, 0);
    assertEquals(-1, superblock.mismatch(image.superblock()));

    MemorySegment header = scratch(LogHeaderLayout.BYTES);
    LogHeaderCodec.encode(LogHeaderCodec.decode(image.logHeader(), 0), header, 0);
    assertEquals(-1, header.mismatch(image.logHeader()));

    int entries = image.truth().get("entries").size();
    for (int i = 0; i < entries; i++) {
      MemorySegment entry = scratch(LogEntryLayout.BYTES);
      LogEntryCodec.encode(LogEntryCodec.decode(image.entry(i), 0, 0).value(), entry, 0);
      assertEquals(-1, entry.mismatch(image.entry(i)), "entry " + i);
      LogEntryCodec.seal(entry, 0);
      assertEquals(-1, entry.mismatch(image.entry(i)), "sealed entry " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("images")
  void theDumpHasTheFieldsOfTheGoldenFile(GoldenImage image) throws Exception {
    StringBuilder text = new StringBuilder();
    MediaDump.write(image.media(), new JsonWriter(text));
    ObjectNode expected = (ObjectNode) image.truth().deepCopy();
    expected.retain("superblock", "log", "entries");
    for (JsonNode entry : expected.get("entries")) {
      ((ObjectNode) entry).remove("get_fmap_msg");
    }
    assertEquals(expected, new ObjectMapper().readTree(text.toString()));
  }

  @Test
  void aFlippedByteInTheSuperblockIsNamedAsAChecksumFault() {
    GoldenImage image = GoldenImage.load("g6-sb-crc-bad");
    MediaFault fault = SuperblockRules.firstBroken(image.superblock(), LARGE_DEVICE_BYTES);
    assertNotNull(fault);
    assertEquals(Rule.SUPERBLOCK_CRC, fault.rule());
    assertEquals(96, fault.offset());
    assertTrue(new MediaException(fault).getMessage().contains("superblock-crc"));
  }

  @Test
  void soundSuperblocksKeepTheRules() {
    for (String name : List.of("g1-fresh-256M", "g2-tree-512M", "g3-interleaved-16G")) {
      assertNull(
          SuperblockRules.firstBroken(GoldenImage.load(name).superblock(), LARGE_DEVICE_BYTES));
    }
  }

  private static MemorySegment scratch(int lengthBytes) {
    // Not zero: what encoding leaves out would show.
    return MemorySegment.ofArray(new byte[lengthBytes]).fill((byte) 0x5a);
  }

  private static long hex(JsonNode node, String field) {
    return Long.parseUnsignedLong(node.get(field).textValue().substring(2), 16);
  }

  private static int octal(JsonNode node) {
    return Integer.parseInt(node.get("mode").textValue(), 8);
  }
}
