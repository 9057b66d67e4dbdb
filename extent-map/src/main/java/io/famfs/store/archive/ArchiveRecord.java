package io.famfs.store.archive;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/// A piece of media in an archive, compressed, with a checksum:
///
/// ```
/// offset size field, little-endian
///      0    4 kind: SUPERBLOCK, LOG_HEADER, ENTRIES
///      4    4 daxdev index
///      8    8 offset on the device
///     16    4 bytes on the device
///     20    4 bytes that follow, DEFLATE
///     24    4 CRC32C of everything else in the record
///     28      the bytes
/// ```
///
/// @param kind what it holds
/// @param device daxdev index
/// @param offset where it belongs on the device
/// @param content the bytes of the device, a private copy
record ArchiveRecord(int kind, int device, long offset, MemorySegment content) {
  /// Start of a superblock area.
  static final int SUPERBLOCK = 1;

  /// The header of the log.
  static final int LOG_HEADER = 2;

  /// Some entries of the log, one after the other.
  static final int ENTRIES = 3;

  /// Largest content of a record.
  static final int MAX_CONTENT_BYTES = 1 << 20;

  private static final int HEADER_BYTES = 28;
  private static final int CRC_AT = 24;

  /// A record and what follows it.
  ///
  /// @param record the record
  /// @param end the first byte behind it
  record Read(ArchiveRecord record, int end) {}

  byte[] toBytes() {
    Deflater deflater = new Deflater();
    try {
      byte[] plain = content.toArray(ValueLayout.JAVA_BYTE);
      deflater.setInput(plain);
      deflater.finish();
      // DEFLATE adds at most a few bytes per block to what it cannot compress.
      byte[] packed = new byte[plain.length + plain.length / 1000 + 64];
      int length = deflater.deflate(packed);
      ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.putInt(kind).putInt(device).putLong(offset).putInt(plain.length).putInt(length);
      bytes.putInt(0).put(packed, 0, length);
      return bytes.putInt(CRC_AT, crc(bytes.array(), 0, length)).array();
    } finally {
      deflater.end();
    }
  }

  /// Reads the record at an offset.
  static Read read(byte[] archive, int at, int limit) throws ArchiveException {
    if (limit - at < HEADER_BYTES) {
      throw damaged(at);
    }
    ByteBuffer bytes = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
    int contentBytes = bytes.getInt(at + 16);
    int packedBytes = bytes.getInt(at + 20);
    if (contentBytes < 0
        || contentBytes > MAX_CONTENT_BYTES
        || packedBytes < 0
        || packedBytes > limit - at - HEADER_BYTES
        || bytes.getInt(at + CRC_AT) != crc(archive, at, packedBytes)) {
      throw damaged(at);
    }
    byte[] content = new byte[contentBytes];
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(archive, at + HEADER_BYTES, packedBytes);
      int length = inflater.inflate(content);
      // At the end there is nothing more to come out, and nothing left to go in.
      boolean whole =
          length == contentBytes
              && inflater.inflate(new byte[1]) == 0
              && inflater.finished()
              && inflater.getRemaining() == 0;
      if (!whole) {
        throw damaged(at);
      }
    } catch (DataFormatException e) {
      ArchiveException damaged = damaged(at);
      damaged.initCause(e);
      throw damaged;
    } finally {
      inflater.end();
    }
    return new Read(
        new ArchiveRecord(
            bytes.getInt(at),
            bytes.getInt(at + 4),
            bytes.getLong(at + 8),
            MemorySegment.ofArray(content)),
        at + HEADER_BYTES + packedBytes);
  }

  private static ArchiveException damaged(int at) {
    return new ArchiveException("the record at byte " + at + " of the archive is damaged");
  }

  private static int crc(byte[] archive, int at, int packedBytes) {
    CRC32C crc = new CRC32C();
    crc.update(archive, at, CRC_AT);
    crc.update(archive, at + HEADER_BYTES, packedBytes);
    return (int) crc.getValue();
  }
}
