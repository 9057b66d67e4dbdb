package io.famfs.core.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.famfs.core.format.MediaFault.Rule;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class LogHeaderRulesTest {
  private final GoldenImage image = GoldenImage.load("g1-fresh-256M");
  private final Superblock superblock = SuperblockCodec.decode(image.superblock(), 0);
  private final MemorySegment bytes =
      MemorySegment.ofArray(new byte[LogHeaderLayout.BYTES]).copyFrom(image.logHeader());

  @Test
  void checksComeInFixedOrder() {
    set(LogHeaderLayout.NEXT_INDEX_AT, 15421);
    assertBroken(Rule.LOG_NEXT_INDEX, LogHeaderLayout.NEXT_INDEX_AT);
    set(LogHeaderLayout.LAST_INDEX_AT, 15420);
    assertBroken(Rule.LOG_LAST_INDEX, LogHeaderLayout.LAST_INDEX_AT);
    set(LogHeaderLayout.LENGTH_AT, 16 << 20);
    assertBroken(Rule.LOG_HEADER_LENGTH, LogHeaderLayout.LENGTH_AT);
    bytes.set(LittleEndian.LONG, LogHeaderLayout.CRC_AT, 0);
    assertBroken(Rule.LOG_CRC, LogHeaderLayout.CRC_AT);
    bytes.set(LittleEndian.LONG, LogHeaderLayout.MAGIC_AT, 0);
    assertBroken(Rule.LOG_MAGIC, LogHeaderLayout.MAGIC_AT);
  }

  @Test
  void theNextIndexStaysInTheLog() {
    set(LogHeaderLayout.NEXT_INDEX_AT, 15420);
    assertNull(LogHeaderRules.firstBroken(bytes, superblock));
    for (long next : new long[] {15421, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
      set(LogHeaderLayout.NEXT_INDEX_AT, next);
      assertBroken(Rule.LOG_NEXT_INDEX, LogHeaderLayout.NEXT_INDEX_AT);
    }
  }

  @Test
  void aSequenceNumberOneAheadIsAnInterruptedAppend() {
    assertNull(LogHeaderRules.seqnumFault(header(7, 7)));
    assertNull(LogHeaderRules.seqnumFault(header(8, 7)));
    for (long seqnum : new long[] {6, 9, 0, -1}) {
      MediaFault fault = LogHeaderRules.seqnumFault(header(seqnum, 7));
      assertNotNull(fault);
      assertEquals(Rule.LOG_NEXT_SEQNUM, fault.rule());
    }
  }

  private static LogHeader header(long nextSeqnum, long nextIndex) {
    return new LogHeader(LogHeaderLayout.MAGIC, 8 << 20, 15419, 0, nextSeqnum, nextIndex);
  }

  private void set(int at, long value) {
    bytes.set(LittleEndian.LONG, at, value);
    LogHeaderCodec.seal(bytes, 0);
  }

  private void assertBroken(Rule rule, int at) {
    MediaFault fault = LogHeaderRules.firstBroken(bytes, superblock);
    assertNotNull(fault);
    assertEquals(rule, fault.rule());
    assertEquals(LogHeaderLayout.MEDIA_OFFSET + at, fault.offset());
  }
}
