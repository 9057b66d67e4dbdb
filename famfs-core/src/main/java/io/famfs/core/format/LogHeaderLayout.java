package io.famfs.core.format;

import io.famfs.core.ByteSize;

/// Where the header of the metadata log keeps its fields, and where the entries lie. The log
/// follows the superblock area. All numbers are little-endian.
///
/// ```
/// offset size field
///      0    8 magic        0xbadcafef00d
///      8    8 log length   the same as in the superblock
///     16    8 last index   (length - 48) / 544 - 1, the last slot that can be used
///     24    8 CRC          zlib CRC32 of bytes 0..23, upper half zero
///     32    8 next seqnum  not in the CRC; equal to next index
///     40    8 next index   not in the CRC; number of entries in use
///     48  544 entry 0
///    592  544 entry 1 ...
/// ```
public final class LogHeaderLayout {
  /// Bytes of the header.
  public static final int BYTES = 48;

  /// Where the log starts on the primary device.
  public static final long MEDIA_OFFSET = SuperblockLayout.AREA_BYTES;

  /// First field of every log.
  public static final long MAGIC = 0xbadcafef00dL;

  /// The shortest log, also the default of mkfs.
  public static final long MIN_LOG_BYTES = 8 * ByteSize.MIB;

  /// Bytes the CRC covers, from the start.
  public static final int CRC_COVERS = 24;

  /// Offset of next seqnum in the header; 8-byte aligned on the media.
  public static final int NEXT_SEQNUM_AT = 32;

  /// Offset of next index in the header; 8-byte aligned on the media.
  public static final int NEXT_INDEX_AT = 40;

  static final int MAGIC_AT = 0;
  static final int LENGTH_AT = 8;
  static final int LAST_INDEX_AT = 16;
  static final int CRC_AT = 24;

  private LogHeaderLayout() {}

  /// The last usable slot of a log of the given length; -1 when no entry fits.
  public static long lastIndex(long logLengthBytes) {
    return logLengthBytes < BYTES ? -1 : (logLengthBytes - BYTES) / LogEntryLayout.BYTES - 1;
  }

  /// Where the entry of a slot starts on the primary device.
  public static long entryMediaOffset(long index) {
    return MEDIA_OFFSET + BYTES + index * LogEntryLayout.BYTES;
  }
}
