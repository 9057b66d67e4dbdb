package io.famfs.core.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.core.format.LogEntry.AddDaxdevEntry;
import io.famfs.core.format.LogEntry.FileEntry;
import io.famfs.core.format.LogEntry.MkdirEntry;
import io.famfs.core.format.LogEntry.UnknownEntry;
import io.famfs.core.format.MediaFault.Rule;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogEntryRulesTest {
  private static final long UNIT = 2L << 20;
  private static final long DEVICE_BYTES = 64L << 20;
  private static final MediaBounds BOUNDS = new MediaBounds(UNIT, 10L << 20, List.of(DEVICE_BYTES));

  private final MemorySegment bytes = MemorySegment.ofArray(new byte[LogEntryLayout.BYTES]);

  @Test
  void aChangedByteOrAWrongSlotIsSeen() {
    write(file("a", UNIT, simple(new DeviceRange(0, 10L << 20, UNIT))));
    assertNull(LogEntryRules.integrity(bytes, 3));
    assertIntegrity(Rule.ENTRY_SEQNUM, 4);
    for (int at : new int[] {8, 12, 16, 100, 535}) {
      byte before = bytes.get(ValueLayout.JAVA_BYTE, at);
      bytes.set(ValueLayout.JAVA_BYTE, at, (byte) (before ^ 0x10));
      assertIntegrity(Rule.ENTRY_CRC, 3);
      bytes.set(ValueLayout.JAVA_BYTE, at, before);
    }
    bytes.set(LittleEndian.INT, LogEntryLayout.CRC_AT + 4, 1);
    assertIntegrity(Rule.ENTRY_CRC, 3);
  }

  private void assertIntegrity(Rule rule, long index) {
    MediaFault fault = LogEntryRules.integrity(bytes, index);
    assertNotNull(fault);
    assertEquals(rule, fault.rule());
  }

  @ParameterizedTest
  @CsvSource({
    "'', PATH_EMPTY",
    "/a, PATH_ABSOLUTE",
    "/, PATH_ABSOLUTE",
    ".., PATH_COMPONENT",
    "., PATH_COMPONENT",
    "a/../b, PATH_COMPONENT",
    "../x, PATH_COMPONENT",
    "a/., PATH_COMPONENT",
    "a//b, PATH_COMPONENT",
    "a/, PATH_COMPONENT",
    ".meta, PATH_META",
    ".meta/.log, PATH_META"
  })
  void pathsThatAreNoPathsAreNamed(String path, Rule rule) {
    assertBroken(rule, file(path, UNIT, simple(new DeviceRange(0, 10L << 20, UNIT))));
    assertBroken(rule, new MkdirEntry(3, 0, MediaText.of(path), 0, 0, 0755));
  }

  @Test
  void pathsThatOnlyLookOddArePaths() {
    for (String path : List.of(".a", "..a", "a..", "...", "a/.meta", ".metal", "é/\u0001 \n")) {
      assertSound(new MkdirEntry(3, 0, MediaText.of(path), 0, 0, 0755));
    }
    assertSound(new MkdirEntry(3, 0, MediaText.of("x".repeat(79)), 0, 0, 0755));
    assertBroken(
        Rule.PATH_UNTERMINATED, new MkdirEntry(3, 0, MediaText.of("x".repeat(80)), 0, 0, 0755));
  }

  @Test
  void aPathThatIsNotUtf8IsNamed() {
    for (String hex : List.of("ff", "c0af", "eda080", "c3")) {
      byte[] name = HexFormat.of().parseHex(hex);
      write(new MkdirEntry(3, 0, MediaText.of("abcd"), 0, 0, 0755));
      MemorySegment.copy(
          name, 0, bytes, ValueLayout.JAVA_BYTE, LogEntryLayout.MKDIR_PATH_AT, name.length);
      assertBroken(Rule.PATH_ENCODING);
    }
  }

  @Test
  void sizesAreNotNegative() {
    Fmap map = simple(new DeviceRange(0, 10L << 20, UNIT));
    for (long size : new long[] {-1, Long.MIN_VALUE}) {
      assertBroken(Rule.FILE_SIZE, file("a", size, map));
    }
    assertSound(file("a", 0, map));
    assertSound(file("a", 1, map));
    assertSound(file("a", UNIT, map));
    assertBroken(Rule.MAP_TOO_SHORT, file("a", UNIT + 1, map));
  }

  @Test
  void extentsStayInsideTheirDevice() {
    assertRange(Rule.EXTENT_DEVICE, new DeviceRange(1, 10L << 20, UNIT));
    assertRange(Rule.EXTENT_ALIGNMENT, new DeviceRange(0, (10L << 20) + 4096, UNIT));
    assertRange(Rule.EXTENT_ALIGNMENT, new DeviceRange(0, 10L << 20, UNIT + 1));
    assertRange(Rule.EXTENT_BOUNDS, new DeviceRange(0, 10L << 20, 0));
    assertRange(Rule.EXTENT_BOUNDS, new DeviceRange(0, 10L << 20, -UNIT));
    assertRange(Rule.EXTENT_BOUNDS, new DeviceRange(0, -UNIT, UNIT));
    assertRange(Rule.EXTENT_BOUNDS, new DeviceRange(0, DEVICE_BYTES, UNIT));
    assertRange(Rule.EXTENT_BOUNDS, new DeviceRange(0, 10L << 20, DEVICE_BYTES));
    assertRange(
        Rule.EXTENT_BOUNDS, new DeviceRange(0, Long.MAX_VALUE - UNIT + 1, Long.MAX_VALUE + 1));
    assertRange(Rule.EXTENT_BOUNDS, new DeviceRange(0, 1L << 62, (1L << 62) + (1L << 61)));
    assertRange(Rule.EXTENT_RESERVED, new DeviceRange(0, 0, UNIT));
    assertRange(Rule.EXTENT_RESERVED, new DeviceRange(0, 8L << 20, 2 * UNIT));
    assertSound(file("a", UNIT, simple(new DeviceRange(0, DEVICE_BYTES - UNIT, UNIT))));
  }

  private void assertRange(Rule rule, DeviceRange range) {
    assertBroken(rule, file("a", 1, simple(range)));
    assertBroken(rule, file("a", 1, new Fmap.Interleaved(UNIT, List.of(range))));
  }

  @Test
  void everyDeviceHasItsSizeAndItsReservedArea() {
    MediaBounds two = BOUNDS.withDevice(DEVICE_BYTES / 2);
    assertEquals(10L << 20, two.reservedBytes(0));
    assertEquals(UNIT, two.reservedBytes(1));
    assertOn(two, null, new DeviceRange(1, UNIT, DEVICE_BYTES / 2 - UNIT));
    assertOn(two, Rule.EXTENT_RESERVED, new DeviceRange(1, 0, UNIT));
    assertOn(two, Rule.EXTENT_BOUNDS, new DeviceRange(1, DEVICE_BYTES / 2, UNIT));
    assertOn(two, Rule.EXTENT_DEVICE, new DeviceRange(2, 10L << 20, UNIT));
  }

  private void assertOn(MediaBounds bounds, @Nullable Rule rule, DeviceRange range) {
    write(file("a", 1, simple(range)));
    MediaFault fault = LogEntryRules.meaning(decode(), bounds);
    assertEquals(rule, fault == null ? null : fault.rule());
  }

  @Test
  void addedDevicesHaveASizeThatCanBe() {
    for (long size : new long[] {2 * UNIT, 1L << 40, MediaBounds.MAX_ADDED_UNITS * UNIT}) {
      assertSound(new AddDaxdevEntry(3, 0, size, new UUID(1, 2), 1));
    }
    for (long size :
        new long[] {
          0, UNIT, 2 * UNIT - 1, (MediaBounds.MAX_ADDED_UNITS + 1) * UNIT, 1L << 62, -1
        }) {
      assertBroken(Rule.DAXDEV_SIZE, new AddDaxdevEntry(3, 0, size, new UUID(1, 2), 1));
    }
  }

  @Test
  void countsOutsideTheEntryAreNamedAndNotFollowed() {
    for (int count : new int[] {0, 17, 255, -1, Integer.MIN_VALUE}) {
      write(file("a", UNIT, simple(new DeviceRange(0, 10L << 20, UNIT))));
      bytes.set(LittleEndian.INT, LogEntryLayout.MAP_COUNT_AT, count);
      assertBroken(Rule.EXTENT_COUNT);
    }
    Fmap striped = new Fmap.Interleaved(UNIT, List.of(new DeviceRange(0, 10L << 20, UNIT)));
    for (int count : new int[] {0, 2, -1}) {
      write(file("a", UNIT, striped));
      bytes.set(LittleEndian.INT, LogEntryLayout.MAP_COUNT_AT, count);
      assertBroken(Rule.EXTENT_COUNT);
    }
    for (long count : new long[] {0, 17, 64, -1, Long.MIN_VALUE, 1L << 32}) {
      write(file("a", UNIT, striped));
      bytes.set(LittleEndian.LONG, LogEntryLayout.STRIP_COUNT_AT, count);
      assertBroken(Rule.STRIP_COUNT);
    }
    write(file("a", UNIT, striped));
    bytes.set(LittleEndian.INT, LogEntryLayout.MAP_KIND_AT, 2);
    assertBroken(Rule.MAP_KIND);
    write(file("a", UNIT, striped));
    bytes.set(LittleEndian.LONG, LogEntryLayout.STRIPS_AT, 1L << 32);
    assertBroken(Rule.EXTENT_DEVICE);
  }

  @Test
  void chunksAreWholePages() {
    DeviceRange strip = new DeviceRange(0, 10L << 20, 6 * UNIT);
    for (long chunk : new long[] {0, -4096, 1, 4095, 4097}) {
      assertBroken(Rule.CHUNK_SIZE, file("a", UNIT, new Fmap.Interleaved(chunk, List.of(strip))));
    }
    for (long chunk : new long[] {4096, 3 * 4096, UNIT, 3 * UNIT, 1L << 62}) {
      assertSound(file("a", UNIT, new Fmap.Interleaved(chunk, List.of(strip))));
    }
  }

  @Test
  void entriesWeDoNotActOnAreNamed() {
    assertBroken(Rule.ENTRY_TYPE, new UnknownEntry(3, 0, 2, "00".repeat(520)));
    assertBroken(Rule.ENTRY_TYPE, new UnknownEntry(3, 0, -1, "ab".repeat(520)));
    assertSound(new AddDaxdevEntry(3, 0, 1L << 40, new UUID(1, 2), 1));
  }

  @Test
  void everyKindOfEntryReadsBack() {
    List<LogEntry> entries =
        List.of(
            new AddDaxdevEntry(3, 9, 1L << 40, new UUID(1, 2), 1),
            new UnknownEntry(3, 9, 77, "ab".repeat(520)),
            new MkdirEntry(3, 9, MediaText.of("a/b"), -2, 5, 01777),
            file("a", 7, simple(new DeviceRange(0, 1, 2), new DeviceRange(5, 3, 4))));
    for (LogEntry entry : entries) {
      LogEntryCodec.encode(entry, bytes, 0);
      assertEquals(entry, LogEntryCodec.decode(bytes, 0, 0).value());
    }
  }

  @Test
  void noBytesMakeReadingThrow() {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    byte[] raw = new byte[LogEntryLayout.BYTES];
    for (int round = 0; round < 20_000; round++) {
      random.nextBytes(raw);
      bytes.copyFrom(MemorySegment.ofArray(raw));
      bytes.set(LittleEndian.INT, LogEntryLayout.TYPE_AT, random.nextInt(5));
      bytes.set(LittleEndian.INT, LogEntryLayout.MAP_KIND_AT, random.nextInt(3));
      if (random.nextBoolean()) {
        bytes.set(LittleEndian.INT, LogEntryLayout.MAP_COUNT_AT, random.nextInt(20));
        bytes.set(LittleEndian.LONG, LogEntryLayout.STRIP_COUNT_AT, random.nextInt(20));
      }
      LogEntryRules.integrity(bytes, round);
      Decoded<LogEntry> decoded = LogEntryCodec.decode(bytes, 0, 0);
      LogEntryRules.meaning(decoded, BOUNDS);
      if (decoded.value() instanceof FileEntry file) {
        assertTrue(file.fmap().ranges().size() <= Fmap.MAX_RANGES, "seed " + seed);
      }
    }
  }

  private static Fmap simple(DeviceRange... ranges) {
    return new Fmap.Simple(List.of(ranges));
  }

  private static FileEntry file(String path, long sizeBytes, Fmap fmap) {
    return new FileEntry(3, 9, MediaText.of(path), sizeBytes, 2, 1000, -2, 0644, fmap);
  }

  private Decoded<LogEntry> decode() {
    return LogEntryCodec.decode(bytes, 0, LogHeaderLayout.entryMediaOffset(3));
  }

  private void write(LogEntry entry) {
    LogEntryCodec.encode(entry, bytes, 0);
    LogEntryCodec.seal(bytes, 0);
  }

  private void assertSound(LogEntry entry) {
    write(entry);
    assertNull(LogEntryRules.meaning(decode(), BOUNDS));
  }

  private void assertBroken(Rule rule, LogEntry entry) {
    write(entry);
    assertBroken(rule);
  }

  private void assertBroken(Rule rule) {
    MediaFault fault = LogEntryRules.meaning(decode(), BOUNDS);
    assertNotNull(fault);
    assertEquals(rule, fault.rule());
    long at = LogHeaderLayout.entryMediaOffset(3);
    assertTrue(fault.offset() >= at && fault.offset() < at + LogEntryLayout.BYTES);
    assertTrue(fault.message().contains("entry 3"));
  }
}
