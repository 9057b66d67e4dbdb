package io.famfs.core.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.famfs.core.format.FormatVersion.Support;
import io.famfs.core.format.MediaFault.Rule;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class SuperblockRulesTest {
  /// The size of the device of the fresh golden image.
  private static final long DEVICE_BYTES = 256L << 20;

  private final MemorySegment bytes =
      MemorySegment.ofArray(new byte[SuperblockLayout.BYTES])
          .copyFrom(GoldenImage.load("g1-fresh-256M").superblock());

  @Test
  void checksComeInFixedOrder() {
    // Broken from the last check to the first: each new break must be the one that is named.
    setLong(SuperblockLayout.DEVICE_SIZE_AT, DEVICE_BYTES + 1);
    assertBroken(Rule.DEVICE_SIZE);
    setLong(SuperblockLayout.LOG_LENGTH_AT, 12 << 20);
    assertBroken(Rule.LOG_LENGTH);
    setLong(SuperblockLayout.LOG_OFFSET_AT, 4 << 20);
    assertBroken(Rule.LOG_OFFSET);
    bytes.set(LittleEndian.INT, SuperblockLayout.OMF_MAJOR_AT, 3);
    assertBroken(Rule.OMF_VERSION);
    setLong(SuperblockLayout.ALLOC_UNIT_AT, 8192);
    assertBroken(Rule.ALLOC_UNIT);
    bytes.set(LittleEndian.LONG, SuperblockLayout.CRC_AT, 1);
    assertEquals(Rule.SUPERBLOCK_CRC, broken().rule());
    bytes.set(LittleEndian.LONG, SuperblockLayout.VERSION_AT, 49);
    assertEquals(Rule.SUPERBLOCK_VERSION, broken().rule());
    bytes.set(LittleEndian.LONG, SuperblockLayout.MAGIC_AT, 0);
    assertEquals(Rule.SUPERBLOCK_MAGIC, broken().rule());
  }

  @Test
  void theUpperHalfOfTheChecksumCounts() {
    bytes.set(LittleEndian.INT, SuperblockLayout.CRC_AT + 4, 1);
    assertEquals(Rule.SUPERBLOCK_CRC, broken().rule());
  }

  @Test
  void undefinedFieldsMeanNothing() {
    bytes.set(LittleEndian.INT, SuperblockLayout.FLAGS_AT, -1);
    bytes.set(LittleEndian.INT, SuperblockLayout.FLAGS_AT + 4, -1);
    bytes.set(LittleEndian.LONG, SuperblockLayout.DAXDEV_UUID_AT, -1);
    bytes.asSlice(SuperblockLayout.DEVICE_NAME_AT).fill((byte) 0xff);
    assertNull(SuperblockRules.firstBroken(bytes, DEVICE_BYTES));
    assertNull(SuperblockRules.firstBroken(bytes, DEVICE_BYTES + 1));
  }

  @Test
  void impossibleLengthsAreRefused() {
    for (long length : new long[] {0, 1, 4 << 20, (8 << 20) + 1, -1, Long.MIN_VALUE}) {
      setLong(SuperblockLayout.LOG_LENGTH_AT, length);
      assertBroken(Rule.LOG_LENGTH);
    }
    // A log that reaches behind the device is a matter of the device size.
    for (long length : new long[] {256L << 20, 1L << 62}) {
      setLong(SuperblockLayout.LOG_LENGTH_AT, length);
      assertNotNull(SuperblockRules.firstBroken(bytes, DEVICE_BYTES));
    }
    setLong(SuperblockLayout.LOG_LENGTH_AT, 8 << 20);
    for (long size : new long[] {-1, 0, (10 << 20) - 1, DEVICE_BYTES + 1, Long.MAX_VALUE}) {
      setLong(SuperblockLayout.DEVICE_SIZE_AT, size);
      assertBroken(Rule.DEVICE_SIZE);
    }
  }

  @Test
  void versionsDecideWhatCanBeDone() {
    assertEquals(Support.READ_WRITE, new FormatVersion(48, 2, 2).support());
    assertEquals(Support.READ_WRITE, new FormatVersion(48, 2, 1).support());
    assertEquals(Support.READ_ONLY, new FormatVersion(48, 2, 3).support());
    assertEquals(Support.READ_ONLY, new FormatVersion(48, 2, -1).support());
    assertEquals(Support.READ_ONLY, new FormatVersion(47, 2, 1).support());
    assertEquals(Support.NONE, new FormatVersion(47, 1, 1).support());
    assertEquals(Support.NONE, new FormatVersion(48, 3, 0).support());
    assertEquals(Support.NONE, new FormatVersion(46, 2, 2).support());
    assertEquals(Support.NONE, new FormatVersion(-1, 2, 2).support());
  }

  @Test
  void theCapacityOfALogFollowsFromItsLength() {
    long[][] lastIndexes = {
      {8, 15419},
      {16, 30839},
      {32, 61679},
      {64, 123360},
      {128, 246722},
      {256, 493446},
      {512, 986893},
      {1024, 1973789}
    };
    for (long[] pair : lastIndexes) {
      assertEquals(pair[1], LogHeaderLayout.lastIndex(pair[0] << 20));
    }
    assertEquals(-1, LogHeaderLayout.lastIndex(0));
    assertEquals(-1, LogHeaderLayout.lastIndex(-1));
    assertEquals(-1, LogHeaderLayout.lastIndex(48 + 543));
    assertEquals(0, LogHeaderLayout.lastIndex(48 + 544));
  }

  private void setLong(int at, long value) {
    bytes.set(LittleEndian.LONG, at, value);
    SuperblockCodec.seal(bytes, 0);
  }

  private void assertBroken(Rule rule) {
    SuperblockCodec.seal(bytes, 0);
    assertEquals(rule, broken().rule());
  }

  private MediaFault broken() {
    MediaFault fault = SuperblockRules.firstBroken(bytes, DEVICE_BYTES);
    assertNotNull(fault);
    return fault;
  }
}
