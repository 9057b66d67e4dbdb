package io.famfs.store.repair;

import io.famfs.core.DaxDevice;
import io.famfs.core.format.FormatVersion;
import io.famfs.core.format.FormatVersion.Support;
import io.famfs.core.format.LogHeader;
import io.famfs.core.format.LogHeaderCodec;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaFault;
import io.famfs.core.format.MediaFault.Rule;
import io.famfs.core.format.Superblock;
import io.famfs.core.format.SuperblockCodec;
import io.famfs.core.format.SuperblockLayout;
import io.famfs.core.format.SuperblockRules;
import io.famfs.store.log.SuperblockBytes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Decides what the superblock of a volume has to be.
///
/// In this order: the superblock as it is; with its magic number or one byte set right so that it
/// matches its checksum; made anew from the log, with those of its fields that can still be
/// believed. A superblock that matches its checksum and says something we do not know was meant
/// that way by somebody, and is left alone.
final class SuperblockRepair {
  /// RFC 9562: random uuids, which is what every program that makes a famfs writes.
  private static final int RANDOM_VERSION = 4;

  private static final int RFC_VARIANT = 2;
  private static final int MAX_MINOR = 2;

  private final DaxDevice device;
  private final RepairOptions options;
  private final byte[] raw;
  private final List<String> changes = new ArrayList<>();

  /// What was decided.
  ///
  /// @param superblock the superblock with its checksum, null when there is no telling
  /// @param changes what differs from the media; empty when nothing does
  /// @param hopeless why there is no telling
  record Decision(@Nullable Superblock superblock, List<String> changes, String hopeless) {}

  SuperblockRepair(DaxDevice device, RepairOptions options) {
    this.device = device;
    this.options = options;
    this.raw = SuperblockBytes.copy(device).toArray(ValueLayout.JAVA_BYTE);
  }

  Decision decide() {
    MediaFault fault = fault(raw);
    if (usable(fault)) {
      return withSize(raw);
    }
    byte[] marked = raw.clone();
    Bytes.setWord(marked, SuperblockLayout.MAGIC_AT, SuperblockLayout.MAGIC);
    if (usable(fault(marked))) {
      changes.add("the magic number");
      return withSize(marked);
    }
    Superblock stored = SuperblockCodec.decode(MemorySegment.ofArray(raw), 0);
    boolean meant =
        stored.magic() == SuperblockLayout.MAGIC
            && stored.crc() == SuperblockCodec.computeCrc(MemorySegment.ofArray(raw), 0);
    if (meant && fault != null && fault.rule() != Rule.LOG_LENGTH) {
      return hopeless(fault.describe() + "; " + fault.rule().advice());
    }
    List<byte[]> mended =
        ByteMend.candidates(raw, SuperblockLayout.CRC_COVERS).stream()
            .filter(candidate -> usable(fault(candidate)))
            .toList();
    if (mended.size() == 1) {
      changes.add("byte " + ByteMend.place(raw, mended.getFirst()) + ", which its checksum gives");
      return withSize(mended.getFirst());
    }
    return fromLog(stored);
  }

  private @Nullable MediaFault fault(byte[] bytes) {
    return SuperblockRules.firstBroken(MemorySegment.ofArray(bytes), device.sizeBytes());
  }

  private static boolean usable(@Nullable MediaFault fault) {
    return fault == null || fault.rule() == Rule.DEVICE_SIZE;
  }

  private static Decision hopeless(String reason) {
    return new Decision(null, List.of(), reason);
  }

  /// A superblock that is right but for the size of the device, which its checksum does not cover.
  private Decision withSize(byte[] bytes) {
    Superblock superblock = SuperblockCodec.decode(MemorySegment.ofArray(bytes), 0);
    long logEnd = superblock.reservedBytes();
    if (logEnd > device.sizeBytes()) {
      return hopeless(
          device.name() + " ends inside the log; name the device or the whole file of the volume");
    }
    long size = superblock.deviceSizeBytes();
    LogSurvey survey =
        LogSurvey.of(device, LogHeaderLayout.lastIndex(superblock.logLengthBytes()) + 1);
    boolean believable = size >= logEnd && size <= device.sizeBytes();
    if (!believable && size > device.sizeBytes() && survey.primaryEnd() == 0) {
      // Nothing says whether the number or the device is cut.
      return hopeless(
          "a volume of "
              + Long.toUnsignedString(size)
              + " bytes on a device of "
              + device.sizeBytes()
              + "; name the device or the whole file of the volume");
    }
    if (believable && survey.primaryEnd() <= size) {
      return decided(superblock);
    }
    changes.add("device size " + Long.toUnsignedString(size) + " -> " + device.sizeBytes());
    return decided(withDeviceSize(superblock, device.sizeBytes()));
  }

  private Decision fromLog(Superblock stored) {
    byte[] header = Bytes.copy(device, LogHeaderLayout.MEDIA_OFFSET, LogHeaderLayout.BYTES);
    LogHeader log = LogHeaderCodec.decode(MemorySegment.ofArray(header), 0);
    boolean sound =
        log.magic() == LogHeaderLayout.MAGIC
            && log.crc() == LogHeaderCodec.computeCrc(MemorySegment.ofArray(header), 0)
            && SuperblockRules.validLogLength(log.lengthBytes())
            && log.lengthBytes() <= device.sizeBytes() - LogHeaderLayout.MEDIA_OFFSET
            && log.lastIndex() == LogHeaderLayout.lastIndex(log.lengthBytes());
    if (!sound) {
      return hopeless(
          "neither a superblock nor a log header can be read; name the right device, or make a file"
              + " system on it with mkfs.famfs");
    }
    LogSurvey survey = LogSurvey.of(device, log.lastIndex() + 1);
    Superblock made =
        new Superblock(
            SuperblockLayout.MAGIC,
            version(stored),
            LogHeaderLayout.MEDIA_OFFSET,
            log.lengthBytes(),
            unit(stored, survey),
            fsUuid(stored),
            uuid("device uuid", stored.deviceUuid(), options.newUuid().get()),
            uuid("system uuid", stored.systemUuid(), options.systemUuid()),
            0,
            stored.flags(),
            size(stored, log, survey),
            stored.daxdevUuid(),
            stored.deviceName());
    changes.addFirst("log length " + log.lengthBytes() + " from the log header");
    return decided(made);
  }

  private static FormatVersion version(Superblock stored) {
    FormatVersion version = stored.version();
    return version.support() != Support.NONE
            && version.omfMinor() <= MAX_MINOR
            && version.omfMinor() > 0
        ? version
        : FormatVersion.CURRENT;
  }

  private static long unit(Superblock stored, LogSurvey survey) {
    boolean small =
        survey.fineExtents() > survey.coarseExtents()
            || (survey.fineExtents() > 0
                && stored.allocUnitBytes() == SuperblockLayout.SMALL_ALLOC_UNIT_BYTES);
    return small ? SuperblockLayout.SMALL_ALLOC_UNIT_BYTES : SuperblockLayout.ALLOC_UNIT_BYTES;
  }

  private UUID fsUuid(Superblock stored) {
    UUID given = options.fsUuid();
    if (given != null) {
      changes.add("file system uuid " + given + " as given");
      return given;
    }
    return uuid("file system uuid", stored.fsUuid(), options.newUuid().get());
  }

  private UUID uuid(String name, UUID stored, UUID otherwise) {
    boolean believable = stored.version() == RANDOM_VERSION && stored.variant() == RFC_VARIANT;
    changes.add(name + " " + (believable ? stored + " kept" : otherwise + " (was lost)"));
    return believable ? stored : otherwise;
  }

  private long size(Superblock stored, LogHeader log, LogSurvey survey) {
    long smallest = Math.max(LogHeaderLayout.MEDIA_OFFSET + log.lengthBytes(), survey.primaryEnd());
    boolean believable =
        stored.deviceSizeBytes() >= smallest && stored.deviceSizeBytes() <= device.sizeBytes();
    return believable ? stored.deviceSizeBytes() : device.sizeBytes();
  }

  private static Superblock withDeviceSize(Superblock s, long sizeBytes) {
    return new Superblock(
        s.magic(),
        s.version(),
        s.logOffset(),
        s.logLengthBytes(),
        s.allocUnitBytes(),
        s.fsUuid(),
        s.deviceUuid(),
        s.systemUuid(),
        s.crc(),
        s.flags(),
        sizeBytes,
        s.daxdevUuid(),
        s.deviceName());
  }

  private Decision decided(Superblock superblock) {
    if (changes.isEmpty()) {
      return new Decision(superblock, List.of(), "");
    }
    MemorySegment sealed = MemorySegment.ofArray(bytes(superblock));
    SuperblockCodec.seal(sealed, 0);
    return new Decision(SuperblockCodec.decode(sealed, 0), changes, "");
  }

  /// The bytes of a superblock, with the checksum that it says.
  static byte[] bytes(Superblock superblock) {
    byte[] bytes = new byte[SuperblockLayout.BYTES];
    SuperblockCodec.encode(superblock, MemorySegment.ofArray(bytes), 0);
    return bytes;
  }
}
