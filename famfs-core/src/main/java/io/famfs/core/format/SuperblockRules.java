package io.famfs.core.format;

import io.famfs.core.ByteSize;
import io.famfs.core.format.FormatVersion.Support;
import io.famfs.core.format.MediaFault.Rule;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// What a superblock has to look like before anything else of a volume is looked at.
public final class SuperblockRules {
  private SuperblockRules() {}

  /// The first broken rule, in fixed order: magic, version, checksum, primary, allocation unit, OMF
  /// major number, log offset, log length, device size.
  ///
  /// Flags, second device uuid and device name are outside the checksum and mean nothing here.
  ///
  /// @param copy a private copy of the superblock
  /// @param deviceBytes the size the device has now
  /// @return null when the volume can be read
  public static @Nullable MediaFault firstBroken(MemorySegment copy, long deviceBytes) {
    Superblock superblock = SuperblockCodec.decode(copy, 0);
    MediaFault fault = identity(superblock, SuperblockCodec.computeCrc(copy, 0));
    if (fault == null && superblock.isSecondary()) {
      fault =
          new MediaFault(
              Rule.NOT_PRIMARY,
              SuperblockLayout.LOG_OFFSET_AT,
              "this is a further device of the famfs "
                  + superblock.fsUuid()
                  + ", whose primary device is "
                  + superblock.daxdevUuid());
    }
    if (fault == null) {
      fault = geometry(superblock, deviceBytes);
    }
    return fault;
  }

  /// The superblock of a device, when it is sound and says that the device is a further one of a
  /// volume; null for every other content.
  ///
  /// @param copy a private copy of the superblock
  public static @Nullable Superblock secondary(MemorySegment copy) {
    Superblock superblock = SuperblockCodec.decode(copy, 0);
    boolean sound = identity(superblock, SuperblockCodec.computeCrc(copy, 0)) == null;
    return sound && superblock.isSecondary() ? superblock : null;
  }

  private static @Nullable MediaFault identity(Superblock superblock, long computedCrc) {
    if (superblock.magic() != SuperblockLayout.MAGIC) {
      return new MediaFault(
          Rule.SUPERBLOCK_MAGIC, SuperblockLayout.MAGIC_AT, "no famfs superblock here");
    }
    FormatVersion version = superblock.version();
    if (!version.knownVersion()) {
      return new MediaFault(
          Rule.SUPERBLOCK_VERSION,
          SuperblockLayout.VERSION_AT,
          "a famfs of version " + version + ", this program knows 47 and 48");
    }
    if (superblock.crc() != computedCrc) {
      return new MediaFault(
          Rule.SUPERBLOCK_CRC,
          SuperblockLayout.CRC_AT,
          String.format(
              "the superblock is damaged: checksum 0x%x, computed 0x%x",
              superblock.crc(), computedCrc));
    }
    return null;
  }

  private static @Nullable MediaFault geometry(Superblock superblock, long deviceBytes) {
    long unit = superblock.allocUnitBytes();
    if (unit != SuperblockLayout.ALLOC_UNIT_BYTES
        && unit != SuperblockLayout.SMALL_ALLOC_UNIT_BYTES) {
      return new MediaFault(
          Rule.ALLOC_UNIT,
          SuperblockLayout.ALLOC_UNIT_AT,
          "an allocation unit of " + Long.toUnsignedString(unit) + " bytes");
    }
    if (superblock.version().support() == Support.NONE) {
      return new MediaFault(
          Rule.OMF_VERSION,
          SuperblockLayout.OMF_MAJOR_AT,
          "a famfs of version " + superblock.version() + ", this program knows OMF 2");
    }
    if (superblock.logOffset() != LogHeaderLayout.MEDIA_OFFSET) {
      return new MediaFault(
          Rule.LOG_OFFSET,
          SuperblockLayout.LOG_OFFSET_AT,
          "a log at byte " + Long.toUnsignedString(superblock.logOffset()));
    }
    long logBytes = superblock.logLengthBytes();
    if (!validLogLength(logBytes) || logBytes > Long.MAX_VALUE / 2) {
      return new MediaFault(
          Rule.LOG_LENGTH,
          SuperblockLayout.LOG_LENGTH_AT,
          "a log of " + Long.toUnsignedString(logBytes) + " bytes");
    }
    long size = superblock.deviceSizeBytes();
    if (size < superblock.reservedBytes()) {
      return new MediaFault(
          Rule.DEVICE_SIZE,
          SuperblockLayout.DEVICE_SIZE_AT,
          "a volume of " + size + " bytes whose log ends at byte " + superblock.reservedBytes());
    }
    if (size > deviceBytes) {
      return new MediaFault(
          Rule.DEVICE_SIZE,
          SuperblockLayout.DEVICE_SIZE_AT,
          "a volume of "
              + ByteSize.human(size)
              + " ("
              + size
              + " bytes) on a device of "
              + deviceBytes
              + " bytes");
    }
    return null;
  }

  /// Whether a log may have this length: a power of two, at least [LogHeaderLayout#MIN_LOG_BYTES].
  public static boolean validLogLength(long lengthBytes) {
    return lengthBytes >= LogHeaderLayout.MIN_LOG_BYTES && Long.bitCount(lengthBytes) == 1;
  }
}
