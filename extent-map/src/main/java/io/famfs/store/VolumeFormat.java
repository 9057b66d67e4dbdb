package io.famfs.store;

import io.famfs.core.ByteSize;
import io.famfs.core.DaxDevice;
import io.famfs.core.Errno;
import io.famfs.core.format.FormatVersion;
import io.famfs.core.format.LogEntry;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogHeader;
import io.famfs.core.format.LogHeaderCodec;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaText;
import io.famfs.core.format.Superblock;
import io.famfs.core.format.SuperblockCodec;
import io.famfs.core.format.SuperblockLayout;
import io.famfs.core.format.SuperblockRules;
import io.famfs.store.log.MetadataLog;
import io.famfs.store.log.SuperblockBytes;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// Writes an empty volume.
///
/// The order makes a crash harmless at every point: first the magic number of what was there goes,
/// then superblock area and log become zeros, then the log header is written, and last the
/// superblock, its magic number at the very end. Each step is written back before the next.
final class VolumeFormat {
  private final DaxDevice device;
  private final List<? extends DaxDevice> others;
  private final FormatOptions options;
  private final UUID fsUuid = UUID.randomUUID();
  private final UUID deviceUuid = UUID.randomUUID();

  /// @param devices the primary device first
  VolumeFormat(List<? extends DaxDevice> devices, FormatOptions options) {
    this.device = devices.getFirst();
    this.others = devices.subList(1, devices.size());
    this.options = options;
  }

  /// Refuses what must not or cannot be formatted. Writes nothing.
  void check() throws StoreException {
    long logBytes = options.logLengthBytes();
    if (!device.writable()) {
      throw new StoreException(
          Errno.EROFS, device.name() + " is read-only; open it for writing to make a famfs on it");
    }
    if (!SuperblockRules.validLogLength(logBytes)) {
      throw new StoreException(
          Errno.EINVAL, "a log of " + logBytes + " bytes: take a power of two, at least 8M");
    }
    long smallest = SuperblockLayout.AREA_BYTES + SuperblockLayout.ALLOC_UNIT_BYTES;
    if (device.sizeBytes() - smallest < logBytes) {
      throw new StoreException(
          Errno.ENOSPC,
          device.name()
              + " has "
              + ByteSize.human(device.sizeBytes())
              + ", a famfs with this log needs "
              + ByteSize.human(smallest)
              + " more than its log of "
              + ByteSize.human(logBytes));
    }
    if (!options.force()) {
      checkUnused(device);
    }
    for (DaxDevice other : others) {
      new SecondaryFormat(other, options.force()).check();
    }
  }

  /// Refuses a device that holds a famfs.
  static void checkUnused(DaxDevice device) throws StoreException {
    MemorySegment copy = SuperblockBytes.copy(device);
    Superblock found = SuperblockCodec.decode(copy, 0);
    if (found.magic() == SuperblockLayout.MAGIC) {
      boolean damaged =
          found.version().knownVersion() && SuperblockCodec.computeCrc(copy, 0) != found.crc();
      throw new StoreException(
          Errno.EEXIST,
          device.name()
              + " holds a famfs already (version "
              + found.version()
              + ", uuid "
              + found.fsUuid()
              + (damaged ? ", damaged" : "")
              + "); use force to destroy it");
    }
  }

  /// Takes the magic number of a superblock away, and nothing else.
  ///
  /// @return whether there was one
  static boolean destroy(DaxDevice device) {
    boolean found =
        SuperblockCodec.decode(SuperblockBytes.copy(device), 0).magic() == SuperblockLayout.MAGIC;
    device.storeLong(SuperblockLayout.MAGIC_AT, 0);
    device.writeBack(0, SuperblockLayout.BYTES);
    return found;
  }

  /// Writes everything.
  void write() {
    destroy(device);
    Superblock superblock = superblock();
    List<LogEntry> entries = new ArrayList<>();
    for (DaxDevice other : others) {
      Superblock written = new SecondaryFormat(other, true).write(superblock);
      entries.add(SecondaryFormat.entry(entries.size(), written, entries.size() + 1));
    }
    long reserved = SuperblockLayout.AREA_BYTES + options.logLengthBytes();
    device.zero(0, reserved);
    device.writeBack(0, reserved);
    writeEntries(entries);
    writeLogHeader(entries.size());
    writeSuperblock(device, superblock);
  }

  private void writeEntries(List<LogEntry> entries) {
    for (LogEntry entry : entries) {
      MetadataLog.storeEntry(device, entry);
    }
    if (!entries.isEmpty()) {
      device.writeBack(
          LogHeaderLayout.entryMediaOffset(0), (long) entries.size() * LogEntryLayout.BYTES);
    }
  }

  private void writeLogHeader(long entries) {
    long logBytes = options.logLengthBytes();
    MemorySegment bytes = MemorySegment.ofArray(new byte[LogHeaderLayout.BYTES]);
    LogHeaderCodec.encode(
        new LogHeader(
            LogHeaderLayout.MAGIC,
            logBytes,
            LogHeaderLayout.lastIndex(logBytes),
            0,
            entries,
            entries),
        bytes,
        0);
    LogHeaderCodec.seal(bytes, 0);
    device.store(bytes, LogHeaderLayout.MEDIA_OFFSET);
    device.writeBack(LogHeaderLayout.MEDIA_OFFSET, LogHeaderLayout.BYTES);
  }

  private Superblock superblock() {
    return new Superblock(
        SuperblockLayout.MAGIC,
        FormatVersion.CURRENT,
        LogHeaderLayout.MEDIA_OFFSET,
        options.logLengthBytes(),
        SuperblockLayout.ALLOC_UNIT_BYTES,
        fsUuid,
        deviceUuid,
        options.systemUuid(),
        0,
        0,
        device.sizeBytes(),
        new UUID(0, 0),
        deviceName(device));
  }

  /// Stores a superblock into an area of zeros, its magic number last.
  static void writeSuperblock(DaxDevice device, Superblock superblock) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[SuperblockLayout.BYTES]);
    SuperblockCodec.encode(superblock, bytes, 0);
    SuperblockCodec.seal(bytes, 0);
    device.store(bytes.asSlice(Long.BYTES), Long.BYTES);
    device.writeBack(0, SuperblockLayout.BYTES);
    device.storeLong(SuperblockLayout.MAGIC_AT, SuperblockLayout.MAGIC);
    device.writeBack(0, SuperblockLayout.BYTES);
  }

  /// The name, cut between characters to what the field holds.
  static MediaText deviceName(DaxDevice device) {
    StringBuilder kept = new StringBuilder();
    int bytes = 0;
    int[] codePoints = device.name().replace('\0', '?').codePoints().toArray();
    for (int codePoint : codePoints) {
      boolean lone = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
      String character = lone ? "?" : Character.toString(codePoint);
      bytes += character.getBytes(StandardCharsets.UTF_8).length;
      if (bytes > SuperblockLayout.DEVICE_NAME_BYTES) {
        break;
      }
      kept.append(character);
    }
    return MediaText.of(kept.toString());
  }
}
