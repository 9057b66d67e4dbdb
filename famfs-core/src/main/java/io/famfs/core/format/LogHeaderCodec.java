package io.famfs.core.format;

import static io.famfs.core.format.LittleEndian.LONG;

import java.lang.foreign.MemorySegment;

/// Log headers between bytes and record.
public final class LogHeaderCodec {
  private LogHeaderCodec() {}

  /// Reads the [LogHeaderLayout#BYTES] bytes at an offset. Every content has a record.
  public static LogHeader decode(MemorySegment segment, long offset) {
    return new LogHeader(
        segment.get(LONG, offset + LogHeaderLayout.MAGIC_AT),
        segment.get(LONG, offset + LogHeaderLayout.LENGTH_AT),
        segment.get(LONG, offset + LogHeaderLayout.LAST_INDEX_AT),
        segment.get(LONG, offset + LogHeaderLayout.CRC_AT),
        segment.get(LONG, offset + LogHeaderLayout.NEXT_SEQNUM_AT),
        segment.get(LONG, offset + LogHeaderLayout.NEXT_INDEX_AT));
  }

  /// Writes [LogHeaderLayout#BYTES] bytes: every field as it stands in the record.
  public static void encode(LogHeader header, MemorySegment segment, long offset) {
    segment.set(LONG, offset + LogHeaderLayout.MAGIC_AT, header.magic());
    segment.set(LONG, offset + LogHeaderLayout.LENGTH_AT, header.lengthBytes());
    segment.set(LONG, offset + LogHeaderLayout.LAST_INDEX_AT, header.lastIndex());
    segment.set(LONG, offset + LogHeaderLayout.CRC_AT, header.crc());
    segment.set(LONG, offset + LogHeaderLayout.NEXT_SEQNUM_AT, header.nextSeqnum());
    segment.set(LONG, offset + LogHeaderLayout.NEXT_INDEX_AT, header.nextIndex());
  }

  /// The checksum that the bytes at an offset should carry.
  public static long computeCrc(MemorySegment segment, long offset) {
    return Crc.of(segment, offset, LogHeaderLayout.CRC_COVERS);
  }

  /// Stores the right checksum into the bytes at an offset.
  public static void seal(MemorySegment segment, long offset) {
    segment.set(LONG, offset + LogHeaderLayout.CRC_AT, computeCrc(segment, offset));
  }
}
