package io.famfs.core.format;

import io.famfs.core.ByteSize;

/// Where the superblock keeps its fields. All numbers are little-endian, uuids are in text order.
///
/// ```
/// offset size field
///      0    8 magic            0x87b282ff
///      8    8 version          48
///     16    8 log offset       2 MiB
///     24    8 log length       power of two, 8 MiB or more
///     32    8 allocation unit  2 MiB; 4096 is read too
///     40    4 OMF major        2
///     44    4 OMF minor        2
///     48   16 file-system uuid
///     64   16 device uuid
///     80   16 system uuid      of the host that owns the log
///     96    8 CRC              zlib CRC32 of bytes 0..95, upper half zero
///    104    4 flags            not in the CRC, not written by the reference
///    108    4 padding
///    112    8 device size      not in the CRC
///    120   16 device uuid 2    not in the CRC, not written by the reference
///    136   64 device name      not in the CRC; NUL-padded, a 64-byte name has no NUL
/// ```
///
/// The rest of the first 2 MiB is undefined on media of the reference; we write zeros.
public final class SuperblockLayout {
  /// Bytes of the structure.
  public static final int BYTES = 200;

  /// Bytes set aside for the superblock at the start of the primary device.
  public static final long AREA_BYTES = 2 * ByteSize.MIB;

  /// First field of every superblock.
  public static final long MAGIC = 0x87b282ffL;

  /// The allocation unit we write.
  public static final long ALLOC_UNIT_BYTES = 2 * ByteSize.MIB;

  /// The other allocation unit that readers accept.
  public static final long SMALL_ALLOC_UNIT_BYTES = 4096;

  /// Bytes the CRC covers, from the start.
  public static final int CRC_COVERS = 96;

  /// Bytes of the device name field.
  public static final int DEVICE_NAME_BYTES = 64;

  /// Offset of the magic number, an aligned word: the last thing that is written.
  public static final int MAGIC_AT = 0;

  static final int VERSION_AT = 8;
  static final int LOG_OFFSET_AT = 16;
  static final int LOG_LENGTH_AT = 24;
  static final int ALLOC_UNIT_AT = 32;
  static final int OMF_MAJOR_AT = 40;
  static final int OMF_MINOR_AT = 44;
  static final int FS_UUID_AT = 48;
  static final int DEVICE_UUID_AT = 64;
  static final int SYSTEM_UUID_AT = 80;
  static final int CRC_AT = 96;
  static final int FLAGS_AT = 104;
  static final int DEVICE_SIZE_AT = 112;
  static final int DAXDEV_UUID_AT = 120;
  static final int DEVICE_NAME_AT = 136;

  private SuperblockLayout() {}
}
