package io.famfs.core.format;

/// Where a log entry keeps its fields. All numbers are little-endian, uuids are in text order, all
/// padding and unused payload is zero.
///
/// ```
/// offset size field
///      0    8 seqnum       equal to the slot's index
///      8    4 type         0 file, 1 mkdir, 2 delete (never written), 3 add daxdev
///     12    4 padding
///     16  520 payload
///    536    8 CRC          zlib CRC32 of bytes 0..535, upper half zero
///
/// file                             mkdir                     add daxdev
///     16    8 size, bytes, > 0         16    4 uid               16    8 size
///     24    4 flags, 2                 20    4 gid               24   16 uuid
///     28    4 uid                      24    4 mode              40    4 index
///     32    4 gid                      28   80 path
///     36    4 mode
///     40   80 path, NUL-padded
///    120    4 map kind: 0 simple, 1 interleaved
///    124    4 padding
///    128    4 number of extents (simple), of interleaved extents: 1
///    132    4 padding
///    136 16*24 simple: extents {daxdev index u64, offset u64, length u64}
///    136    8 interleaved: number of strips
///    144    8 interleaved: chunk size
///    152 16*24 interleaved: strips, the same triple
/// ```
public final class LogEntryLayout {
  /// Bytes of an entry.
  public static final int BYTES = 544;

  /// Bytes the CRC covers, from the start; padding and unused payload included.
  public static final int CRC_COVERS = 536;

  /// Bytes of a path field; a path uses one less, for the NUL.
  public static final int PATH_FIELD_BYTES = 80;

  /// Longest path.
  public static final int MAX_PATH_BYTES = PATH_FIELD_BYTES - 1;

  /// Value of the file flags: every host may read and write.
  public static final int FLAGS_ALL_HOSTS_READ_WRITE = 2;

  /// Type of a file entry.
  public static final int TYPE_FILE = 0;

  /// Type of a directory entry.
  public static final int TYPE_MKDIR = 1;

  /// Type of an entry that adds a device.
  public static final int TYPE_ADD_DAXDEV = 3;

  /// Offset of a file's path.
  public static final int FILE_PATH_AT = 40;

  /// Offset of a directory's path.
  public static final int MKDIR_PATH_AT = 28;

  /// Offset of the sequence number.
  public static final int SEQNUM_AT = 0;

  static final int TYPE_AT = 8;
  static final int PAYLOAD_AT = 16;
  static final int PAYLOAD_BYTES = 520;

  /// Offset of the checksum, behind what it covers.
  public static final int CRC_AT = CRC_COVERS;

  static final int FILE_SIZE_AT = 16;
  static final int FILE_FLAGS_AT = 24;
  static final int FILE_UID_AT = 28;
  static final int FILE_GID_AT = 32;
  static final int FILE_MODE_AT = 36;
  static final int MAP_KIND_AT = 120;
  static final int MAP_COUNT_AT = 128;
  static final int EXTENTS_AT = 136;
  static final int STRIP_COUNT_AT = 136;
  static final int CHUNK_AT = 144;
  static final int STRIPS_AT = 152;

  static final int MAP_SIMPLE = 0;
  static final int MAP_INTERLEAVED = 1;

  static final int RANGE_BYTES = 24;
  static final int RANGE_DEVICE_AT = 0;
  static final int RANGE_OFFSET_AT = 8;
  static final int RANGE_LENGTH_AT = 16;

  static final int MKDIR_UID_AT = 16;
  static final int MKDIR_GID_AT = 20;
  static final int MKDIR_MODE_AT = 24;

  static final int DAXDEV_SIZE_AT = 16;
  static final int DAXDEV_UUID_AT = 24;
  static final int DAXDEV_INDEX_AT = 40;

  private LogEntryLayout() {}
}
