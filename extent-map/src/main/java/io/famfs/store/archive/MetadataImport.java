package io.famfs.store.archive;

import io.famfs.core.ByteSize;
import io.famfs.core.DaxDevice;
import io.famfs.core.Errno;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogHeader;
import io.famfs.core.format.LogHeaderCodec;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.LogHeaderRules;
import io.famfs.core.format.MediaException;
import io.famfs.core.format.MediaFault;
import io.famfs.core.format.Superblock;
import io.famfs.core.format.SuperblockCodec;
import io.famfs.core.format.SuperblockLayout;
import io.famfs.core.format.SuperblockRules;
import io.famfs.store.StoreException;
import io.famfs.store.log.SuperblockBytes;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An archive that was read and checked to its last byte, and the way back to devices.
///
/// The order of a restore makes a crash harmless at every point, as making a volume does: first the
/// magic numbers of what was there go, the primary device's first; then superblock area and log
/// become what they were; the superblocks become valid last, the primary device's at the very end.
public final class MetadataImport {
  private final byte[] archive;
  private final int bodyEnd;
  private final ArchiveHeader header;
  private final List<MemorySegment> superblocks;
  private final MemorySegment logHeader;
  private final int entriesAt;

  private MetadataImport(byte[] archive, int bodyEnd, ArchiveHeader header, Records records) {
    this.archive = archive;
    this.bodyEnd = bodyEnd;
    this.header = header;
    this.superblocks = records.superblocks;
    this.logHeader = records.logHeader;
    this.entriesAt = records.entriesAt;
  }

  /// What stands between header and last line, in the only order there is.
  private record Records(List<MemorySegment> superblocks, MemorySegment logHeader, int entriesAt) {}

  /// Reads an archive.
  ///
  /// @param archive all of it; not changed later
  /// @throws ArchiveException when a byte is not what was written
  public static MetadataImport read(byte[] archive) throws ArchiveException {
    ArchiveHeader header = ArchiveHeader.parse(archive);
    int lineBytes = MetadataExport.DIGEST_LINE.length() + 65;
    int start = header.toBytes().length;
    int bodyEnd = archive.length - lineBytes;
    if (bodyEnd < start) {
      throw new ArchiveException("the archive is cut off");
    }
    var digest = MetadataExport.sha256();
    digest.update(archive, 0, bodyEnd);
    byte[] line = MetadataExport.digestLine(digest);
    if (!Arrays.equals(line, 0, lineBytes, archive, bodyEnd, archive.length)) {
      // A record with a wrong checksum is the better message.
      records(archive, start, bodyEnd, header);
      throw new ArchiveException(
          "the archive is damaged or cut off: its digest is another one than in its last line");
    }
    return new MetadataImport(archive, bodyEnd, header, records(archive, start, bodyEnd, header));
  }

  private static Records records(byte[] archive, int start, int end, ArchiveHeader header)
      throws ArchiveException {
    int at = start;
    List<MemorySegment> superblocks = new ArrayList<>();
    for (int i = 0; i < header.devices().size(); i++) {
      ArchiveRecord.Read read = ArchiveRecord.read(archive, at, end);
      expect(read.record(), ArchiveRecord.SUPERBLOCK, i, 0, MetadataExport.SUPERBLOCK_BYTES, at);
      superblocks.add(read.record().content());
      at = read.end();
    }
    ArchiveRecord.Read log = ArchiveRecord.read(archive, at, end);
    expect(
        log.record(),
        ArchiveRecord.LOG_HEADER,
        0,
        LogHeaderLayout.MEDIA_OFFSET,
        LogHeaderLayout.BYTES,
        at);
    at = log.end();
    long entries = 0;
    while (at < end) {
      ArchiveRecord.Read read = ArchiveRecord.read(archive, at, end);
      int length = (int) read.record().content().byteSize();
      long place = LogHeaderLayout.entryMediaOffset(entries);
      expect(
          read.record(),
          ArchiveRecord.ENTRIES,
          0,
          place,
          length - length % LogEntryLayout.BYTES,
          at);
      entries += length / LogEntryLayout.BYTES;
      at = read.end();
    }
    if (entries != header.entries()) {
      throw new ArchiveException(
          "the archive has " + entries + " entries, its header says " + header.entries());
    }
    return new Records(superblocks, log.record().content(), log.end());
  }

  private static void expect(
      ArchiveRecord record, int kind, int device, long offset, int lengthBytes, int at)
      throws ArchiveException {
    if (record.kind() != kind
        || record.device() != device
        || record.offset() != offset
        || record.content().byteSize() != lengthBytes
        || lengthBytes == 0) {
      throw new ArchiveException("the record at byte " + at + " of the archive is out of place");
    }
  }

  /// Names the volume.
  public UUID fsUuid() {
    return header.fsUuid();
  }

  /// Number of log entries.
  public long entries() {
    return header.entries();
  }

  /// Number of devices.
  public int deviceCount() {
    return header.devices().size();
  }

  /// Refuses devices that the archive does not fit on, or that hold something else. Writes nothing.
  ///
  /// @param devices in order of their daxdev index
  /// @param force whether another file system, or entries that are not in the archive, may be lost
  /// @throws StoreException when it is another number of devices (EINVAL), one is read-only (EROFS)
  ///   or too small (ENOSPC), or there is something that force would destroy (EEXIST)
  /// @throws MediaException when what is in the archive is no volume
  public void check(List<? extends DaxDevice> devices, boolean force)
      throws StoreException, MediaException {
    if (devices.size() != deviceCount()) {
      throw new StoreException(
          Errno.EINVAL,
          "the archive has "
              + deviceCount()
              + " devices, "
              + devices.size()
              + " are named: name all of them, the primary one first");
    }
    for (int i = 0; i < devices.size(); i++) {
      DaxDevice device = devices.get(i);
      if (!device.writable()) {
        throw new StoreException(Errno.EROFS, device.name() + " is read-only");
      }
      long needed = header.devices().get(i).sizeBytes();
      if (device.sizeBytes() < needed) {
        throw new StoreException(
            Errno.ENOSPC,
            device.name()
                + " has "
                + ByteSize.human(device.sizeBytes())
                + ", device "
                + i
                + " of the archive "
                + ByteSize.human(needed)
                + ": name a device that is as large");
      }
    }
    checkContent(devices.getFirst().sizeBytes());
    for (int i = 0; i < devices.size() && !force; i++) {
      checkTarget(devices.get(i), i);
    }
  }

  /// What would be written has to be a volume that can be opened, and no more than that.
  private void checkContent(long deviceBytes) throws MediaException {
    MemorySegment primary = superblocks.getFirst();
    refuse(SuperblockRules.firstBroken(primary, deviceBytes));
    Superblock superblock = SuperblockCodec.decode(primary, 0);
    refuse(LogHeaderRules.firstBroken(logHeader, superblock));
    if (LogHeaderCodec.decode(logHeader, 0).nextIndex() != entries()) {
      refuse(
          new MediaFault(
              MediaFault.Rule.LOG_NEXT_INDEX,
              LogHeaderLayout.MEDIA_OFFSET + LogHeaderLayout.NEXT_INDEX_AT,
              "the archive has " + entries() + " log entries, its log header counts others"));
    }
    for (int i = 0; i < superblocks.size(); i++) {
      Superblock one = SuperblockCodec.decode(superblocks.get(i), 0);
      if (one.magic() != SuperblockLayout.MAGIC
          || !one.deviceUuid().equals(header.devices().get(i).uuid())
          || !superblock.fsUuid().equals(fsUuid())) {
        refuse(
            new MediaFault(
                MediaFault.Rule.SUPERBLOCK_MAGIC,
                0,
                "the superblock of device " + i + " in the archive is not the one it names"));
      }
    }
  }

  private static void refuse(@Nullable MediaFault fault) throws MediaException {
    if (fault != null) {
      throw new MediaException(fault);
    }
  }

  private void checkTarget(DaxDevice device, int index) throws StoreException {
    Superblock found = SuperblockCodec.decode(SuperblockBytes.copy(device), 0);
    if (found.magic() != SuperblockLayout.MAGIC) {
      return;
    }
    if (!found.fsUuid().equals(fsUuid())
        || !found.deviceUuid().equals(header.devices().get(index).uuid())) {
      throw new StoreException(
          Errno.EEXIST,
          device.name()
              + " holds another famfs, or another device of this one (file system "
              + found.fsUuid()
              + ", device "
              + found.deviceUuid()
              + "); use force to destroy it");
    }
    if (index == 0) {
      checkEntries(device);
    }
  }

  private void checkEntries(DaxDevice primary) throws StoreException {
    primary.invalidate(LogHeaderLayout.MEDIA_OFFSET, LogHeaderLayout.BYTES);
    MemorySegment copy = MemorySegment.ofArray(new byte[LogHeaderLayout.BYTES]);
    MemorySegment.copy(
        primary.memory(), LogHeaderLayout.MEDIA_OFFSET, copy, 0, LogHeaderLayout.BYTES);
    LogHeader found = LogHeaderCodec.decode(copy, 0);
    if (found.magic() == LogHeaderLayout.MAGIC
        && Long.compareUnsigned(found.nextIndex(), entries()) > 0) {
      throw new StoreException(
          Errno.EEXIST,
          primary.name()
              + " has "
              + Long.toUnsignedString(found.nextIndex())
              + " log entries, the archive "
              + entries()
              + ": files that were made since would be lost; use force to lose them");
    }
  }

  /// Writes the metadata to devices that [#check] has let pass.
  ///
  /// @param devices in order of their daxdev index
  public void restore(List<? extends DaxDevice> devices) {
    for (DaxDevice device : devices) {
      device.storeLong(SuperblockLayout.MAGIC_AT, 0);
      device.writeBack(0, SuperblockLayout.BYTES);
    }
    DaxDevice primary = devices.getFirst();
    Superblock superblock = SuperblockCodec.decode(superblocks.getFirst(), 0);
    primary.zero(0, superblock.reservedBytes());
    primary.writeBack(0, superblock.reservedBytes());
    restoreLog(primary);
    for (int i = devices.size() - 1; i >= 0; i--) {
      DaxDevice device = devices.get(i);
      MemorySegment bytes = superblocks.get(i);
      if (i > 0) {
        device.zero(0, SuperblockLayout.AREA_BYTES);
        device.writeBack(0, SuperblockLayout.AREA_BYTES);
      }
      device.store(bytes.asSlice(Long.BYTES), Long.BYTES);
      device.writeBack(0, bytes.byteSize());
      device.storeLong(SuperblockLayout.MAGIC_AT, SuperblockLayout.MAGIC);
      device.writeBack(0, SuperblockLayout.BYTES);
    }
  }

  private void restoreLog(DaxDevice primary) {
    int at = entriesAt;
    while (at < bodyEnd) {
      ArchiveRecord.Read read = checked(at);
      MemorySegment bytes = read.record().content();
      primary.store(bytes, read.record().offset());
      primary.writeBack(read.record().offset(), bytes.byteSize());
      at = read.end();
    }
    primary.store(logHeader, LogHeaderLayout.MEDIA_OFFSET);
    primary.writeBack(LogHeaderLayout.MEDIA_OFFSET, LogHeaderLayout.BYTES);
  }

  /// A record that was read before.
  private ArchiveRecord.Read checked(int at) {
    try {
      return ArchiveRecord.read(archive, at, bodyEnd);
    } catch (ArchiveException e) {
      throw new IllegalStateException("the archive was changed after it was read", e);
    }
  }
}
