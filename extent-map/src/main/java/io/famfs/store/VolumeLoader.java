package io.famfs.store;

import io.famfs.core.DaxDevice;
import io.famfs.core.format.LogHeader;
import io.famfs.core.format.LogHeaderCodec;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.LogHeaderRules;
import io.famfs.core.format.MediaBounds;
import io.famfs.core.format.MediaException;
import io.famfs.core.format.MediaFault;
import io.famfs.core.format.MediaFault.Rule;
import io.famfs.core.format.Superblock;
import io.famfs.core.format.SuperblockCodec;
import io.famfs.core.format.SuperblockLayout;
import io.famfs.core.format.SuperblockRules;
import io.famfs.store.alloc.SpaceMap;
import io.famfs.store.log.LogReader;
import io.famfs.store.log.MetadataLog;
import io.famfs.store.namespace.NamespaceWriter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Reads a volume in fixed order: superblock, log header, entries. Writes nothing.
final class VolumeLoader {
  private final VolumeDevices devices;
  private final DaxDevice device;
  private @Nullable Superblock superblock;
  private @Nullable LogHeader logHeader;

  VolumeLoader(VolumeDevices devices) {
    this.devices = devices;
    this.device = devices.primary();
  }

  /// The superblock, sound or not, as soon as it has been read.
  @Nullable Superblock superblock() {
    return superblock;
  }

  /// The log header, sound or not, as soon as it has been read.
  @Nullable LogHeader logHeader() {
    return logHeader;
  }

  /// Reads everything, as it is now.
  ///
  /// @throws MediaException when superblock or log header cannot be used; faults of entries go to
  ///   the result
  LoadedVolume load() throws MediaException {
    return load(_ -> true);
  }

  /// Reads everything.
  ///
  /// @param settled whether nobody else is writing the log, so that entries at its end that are not
  ///   whole are damaged. Otherwise they are left to [LogFollower]
  /// @throws MediaException when superblock or log header cannot be used; faults of entries go to
  ///   the result
  LoadedVolume load(Predicate<Superblock> settled) throws MediaException {
    try {
      return loadReadable(settled);
    } catch (InternalError e) {
      // What the platform throws when mapped memory cannot be read.
      MediaException unreadable =
          new MediaException(
              new MediaFault(
                  Rule.DEVICE_UNREADABLE,
                  0,
                  "the memory of " + device.name() + " is not readable"));
      unreadable.initCause(e);
      throw unreadable;
    }
  }

  private LoadedVolume loadReadable(Predicate<Superblock> settled) throws MediaException {
    Superblock checked = loadSuperblock();
    LogHeader header = loadLogHeader(checked);
    MediaBounds bounds =
        new MediaBounds(
            checked.allocUnitBytes(), checked.reservedBytes(), List.of(checked.deviceSizeBytes()));
    MetadataLog log = new MetadataLog(device, header.lengthBytes());
    NamespaceWriter namespace = new NamespaceWriter(checked.fsUuid());
    SpaceMap space = new SpaceMap(bounds);
    FaultLog faults = new FaultLog();
    MediaFault seqnum = LogHeaderRules.seqnumFault(header);
    if (seqnum != null && MetadataLog.loadNextIndex(device) == header.nextIndex()) {
      faults.add(seqnum);
    }
    LogReader reader = new LogReader(device);
    devices.begin(checked);
    LogReplay replay = new LogReplay(devices, bounds, reader, namespace, space, faults);
    namespace.expect(header.nextIndex());
    if (settled.test(checked)) {
      replay.replay(header.nextIndex());
    } else {
      replay.replayButTail(header.nextIndex());
    }
    return new LoadedVolume(
        devices, checked, header, log, namespace, space, faults, replay, reader);
  }

  private Superblock loadSuperblock() throws MediaException {
    if (device.sizeBytes() < LogHeaderLayout.MEDIA_OFFSET + LogHeaderLayout.MIN_LOG_BYTES) {
      throw new MediaException(
          new MediaFault(
              Rule.DEVICE_TOO_SMALL,
              0,
              device.name() + " has " + device.sizeBytes() + " bytes, too few for a famfs"));
    }
    MemorySegment copy = copy(0, SuperblockLayout.BYTES);
    Superblock read = SuperblockCodec.decode(copy, 0);
    superblock = read;
    refuse(SuperblockRules.firstBroken(copy, device.sizeBytes()));
    return read;
  }

  private LogHeader loadLogHeader(Superblock checked) throws MediaException {
    MemorySegment copy = copy(LogHeaderLayout.MEDIA_OFFSET, LogHeaderLayout.BYTES);
    // Loaded by itself: one whole word, and no entry is read before it. While somebody appends it
    // moves on, and next seqnum may be that of another moment.
    copy.set(
        ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN),
        LogHeaderLayout.NEXT_INDEX_AT,
        MetadataLog.loadNextIndex(device));
    LogHeader read = LogHeaderCodec.decode(copy, 0);
    logHeader = read;
    refuse(LogHeaderRules.firstBroken(copy, checked));
    return read;
  }

  private MemorySegment copy(long offset, int lengthBytes) {
    device.invalidate(offset, lengthBytes);
    MemorySegment copy = MemorySegment.ofArray(new byte[lengthBytes]);
    MemorySegment.copy(device.memory(), offset, copy, 0, lengthBytes);
    return copy;
  }

  private static void refuse(@Nullable MediaFault fault) throws MediaException {
    if (fault != null) {
      throw new MediaException(fault);
    }
  }
}
