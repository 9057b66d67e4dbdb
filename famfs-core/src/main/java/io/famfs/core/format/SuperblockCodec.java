package io.famfs.core.format;

import static io.famfs.core.format.LittleEndian.INT;
import static io.famfs.core.format.LittleEndian.LONG;

import io.famfs.core.UuidCodec;
import java.lang.foreign.MemorySegment;

/// Superblocks between bytes and record.
public final class SuperblockCodec {
  private SuperblockCodec() {}

  /// Reads the [SuperblockLayout#BYTES] bytes at an offset. Every content has a record.
  public static Superblock decode(MemorySegment segment, long offset) {
    return new Superblock(
        segment.get(LONG, offset + SuperblockLayout.MAGIC_AT),
        new FormatVersion(
            segment.get(LONG, offset + SuperblockLayout.VERSION_AT),
            segment.get(INT, offset + SuperblockLayout.OMF_MAJOR_AT),
            segment.get(INT, offset + SuperblockLayout.OMF_MINOR_AT)),
        segment.get(LONG, offset + SuperblockLayout.LOG_OFFSET_AT),
        segment.get(LONG, offset + SuperblockLayout.LOG_LENGTH_AT),
        segment.get(LONG, offset + SuperblockLayout.ALLOC_UNIT_AT),
        UuidCodec.read(segment, offset + SuperblockLayout.FS_UUID_AT),
        UuidCodec.read(segment, offset + SuperblockLayout.DEVICE_UUID_AT),
        UuidCodec.read(segment, offset + SuperblockLayout.SYSTEM_UUID_AT),
        segment.get(LONG, offset + SuperblockLayout.CRC_AT),
        segment.get(INT, offset + SuperblockLayout.FLAGS_AT),
        segment.get(LONG, offset + SuperblockLayout.DEVICE_SIZE_AT),
        UuidCodec.read(segment, offset + SuperblockLayout.DAXDEV_UUID_AT),
        MediaText.read(
            segment, offset + SuperblockLayout.DEVICE_NAME_AT, SuperblockLayout.DEVICE_NAME_BYTES));
  }

  /// Writes [SuperblockLayout#BYTES] bytes: every field as it stands in the record, the checksum
  /// too, and zeros between them.
  public static void encode(Superblock superblock, MemorySegment segment, long offset) {
    for (int i = 0; i < SuperblockLayout.BYTES; i += Long.BYTES) {
      segment.set(LONG, offset + i, 0);
    }
    segment.set(LONG, offset + SuperblockLayout.MAGIC_AT, superblock.magic());
    segment.set(LONG, offset + SuperblockLayout.VERSION_AT, superblock.version().version());
    segment.set(LONG, offset + SuperblockLayout.LOG_OFFSET_AT, superblock.logOffset());
    segment.set(LONG, offset + SuperblockLayout.LOG_LENGTH_AT, superblock.logLengthBytes());
    segment.set(LONG, offset + SuperblockLayout.ALLOC_UNIT_AT, superblock.allocUnitBytes());
    segment.set(INT, offset + SuperblockLayout.OMF_MAJOR_AT, superblock.version().omfMajor());
    segment.set(INT, offset + SuperblockLayout.OMF_MINOR_AT, superblock.version().omfMinor());
    UuidCodec.write(segment, offset + SuperblockLayout.FS_UUID_AT, superblock.fsUuid());
    UuidCodec.write(segment, offset + SuperblockLayout.DEVICE_UUID_AT, superblock.deviceUuid());
    UuidCodec.write(segment, offset + SuperblockLayout.SYSTEM_UUID_AT, superblock.systemUuid());
    segment.set(LONG, offset + SuperblockLayout.CRC_AT, superblock.crc());
    segment.set(INT, offset + SuperblockLayout.FLAGS_AT, superblock.flags());
    segment.set(LONG, offset + SuperblockLayout.DEVICE_SIZE_AT, superblock.deviceSizeBytes());
    UuidCodec.write(segment, offset + SuperblockLayout.DAXDEV_UUID_AT, superblock.daxdevUuid());
    superblock
        .deviceName()
        .write(
            segment, offset + SuperblockLayout.DEVICE_NAME_AT, SuperblockLayout.DEVICE_NAME_BYTES);
  }

  /// The checksum that the bytes at an offset should carry.
  public static long computeCrc(MemorySegment segment, long offset) {
    return Crc.of(segment, offset, SuperblockLayout.CRC_COVERS);
  }

  /// Stores the right checksum into the bytes at an offset.
  public static void seal(MemorySegment segment, long offset) {
    segment.set(LONG, offset + SuperblockLayout.CRC_AT, computeCrc(segment, offset));
  }
}
