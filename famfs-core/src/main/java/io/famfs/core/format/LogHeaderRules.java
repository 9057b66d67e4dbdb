package io.famfs.core.format;

import io.famfs.core.format.MediaFault.Rule;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// What a log header has to look like before any entry is looked at.
public final class LogHeaderRules {
  private LogHeaderRules() {}

  /// The first broken rule, in fixed order: magic, checksum, length, last index, next index.
  ///
  /// @param copy a private copy of the header
  /// @param superblock a superblock that keeps its rules
  /// @return null when the entries can be read
  public static @Nullable MediaFault firstBroken(MemorySegment copy, Superblock superblock) {
    LogHeader header = LogHeaderCodec.decode(copy, 0);
    if (header.magic() != LogHeaderLayout.MAGIC) {
      return fault(Rule.LOG_MAGIC, LogHeaderLayout.MAGIC_AT, "no log where the log should start");
    }
    long computed = LogHeaderCodec.computeCrc(copy, 0);
    if (header.crc() != computed) {
      return fault(
          Rule.LOG_CRC,
          LogHeaderLayout.CRC_AT,
          String.format(
              "the log header is damaged: checksum 0x%x, computed 0x%x", header.crc(), computed));
    }
    if (header.lengthBytes() != superblock.logLengthBytes()) {
      return fault(
          Rule.LOG_HEADER_LENGTH,
          LogHeaderLayout.LENGTH_AT,
          "a log of "
              + Long.toUnsignedString(header.lengthBytes())
              + " bytes where the superblock says "
              + superblock.logLengthBytes());
    }
    long lastIndex = LogHeaderLayout.lastIndex(header.lengthBytes());
    if (header.lastIndex() != lastIndex) {
      return fault(
          Rule.LOG_LAST_INDEX,
          LogHeaderLayout.LAST_INDEX_AT,
          "last index " + Long.toUnsignedString(header.lastIndex()) + ", not " + lastIndex);
    }
    if (header.nextIndex() < 0 || header.nextIndex() > lastIndex + 1) {
      return fault(
          Rule.LOG_NEXT_INDEX,
          LogHeaderLayout.NEXT_INDEX_AT,
          Long.toUnsignedString(header.nextIndex())
              + " entries in a log that holds "
              + (lastIndex + 1));
    }
    return null;
  }

  /// Whether the next sequence number goes with the next index. A writer that died between the two
  /// stores leaves it one ahead, which is no fault; any other difference is one, but the entries
  /// can be read all the same.
  public static @Nullable MediaFault seqnumFault(LogHeader header) {
    long ahead = header.nextSeqnum() - header.nextIndex();
    if (ahead == 0 || ahead == 1) {
      return null;
    }
    return fault(
        Rule.LOG_NEXT_SEQNUM,
        LogHeaderLayout.NEXT_SEQNUM_AT,
        "next sequence number "
            + Long.toUnsignedString(header.nextSeqnum())
            + " with next index "
            + header.nextIndex());
  }

  private static MediaFault fault(Rule rule, int at, String message) {
    return new MediaFault(rule, LogHeaderLayout.MEDIA_OFFSET + at, message);
  }
}
