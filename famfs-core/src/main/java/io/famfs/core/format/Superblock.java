package io.famfs.core.format;

import java.util.UUID;

/// The fields of a superblock as they stand on the media, right or wrong.
///
/// @param magic [SuperblockLayout#MAGIC] on every famfs
/// @param version the format version and OMF numbers
/// @param logOffset where the metadata log starts
/// @param logLengthBytes length of the metadata log
/// @param allocUnitBytes granularity of every extent
/// @param fsUuid names the volume
/// @param deviceUuid names the primary device
/// @param systemUuid names the host that owns the log
/// @param crc stored checksum
/// @param flags undefined on media of the reference
/// @param deviceSizeBytes size of the primary device when the volume was made; not in the checksum
/// @param daxdevUuid on a further device the uuid of the primary one; else undefined on media of
///   the reference
/// @param deviceName path of the primary device on the host that made the volume; not in the
///   checksum
public record Superblock(
    long magic,
    FormatVersion version,
    long logOffset,
    long logLengthBytes,
    long allocUnitBytes,
    UUID fsUuid,
    UUID deviceUuid,
    UUID systemUuid,
    long crc,
    int flags,
    long deviceSizeBytes,
    UUID daxdevUuid,
    MediaText deviceName) {

  /// Whether this says that the device is a further one of a volume: only the primary has a log.
  public boolean isSecondary() {
    return logOffset == 0 && logLengthBytes == 0;
  }

  /// The first byte behind superblock and log: where file data may start on the primary device.
  public long reservedBytes() {
    return logOffset + logLengthBytes;
  }
}
