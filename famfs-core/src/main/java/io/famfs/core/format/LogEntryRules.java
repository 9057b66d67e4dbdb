package io.famfs.core.format;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.core.extent.FmapCapacity;
import io.famfs.core.format.LogEntry.FileEntry;
import io.famfs.core.format.LogEntry.MkdirEntry;
import io.famfs.core.format.LogEntry.UnknownEntry;
import io.famfs.core.format.MediaFault.Rule;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// What a log entry has to look like by itself. Rules between entries (parents, duplicates, shared
/// space) belong to replay.
public final class LogEntryRules {
  /// Chunks are whole pages, so that every chunk can be mapped by itself.
  private static final long CHUNK_GRANULARITY_BYTES = 4096;

  private LogEntryRules() {}

  /// Whether the bytes are those that were written for this slot: sequence number, checksum.
  ///
  /// @param copy a private copy of the entry
  /// @param index the slot
  /// @return the first broken rule, null when there is none
  public static @Nullable MediaFault integrity(MemorySegment copy, long index) {
    long mediaOffset = LogHeaderLayout.entryMediaOffset(index);
    long crc = copy.get(LittleEndian.LONG, LogEntryLayout.CRC_AT);
    long computed = LogEntryCodec.computeCrc(copy, 0);
    long seqnum = copy.get(LittleEndian.LONG, LogEntryLayout.SEQNUM_AT);
    if (seqnum != index) {
      return new MediaFault(
          Rule.ENTRY_SEQNUM,
          mediaOffset + LogEntryLayout.SEQNUM_AT,
          "entry " + index + " carries sequence number " + Long.toUnsignedString(seqnum));
    }
    if (crc != computed) {
      return new MediaFault(
          Rule.ENTRY_CRC,
          mediaOffset + LogEntryLayout.CRC_AT,
          String.format("entry %d is damaged: checksum 0x%x, computed 0x%x", index, crc, computed));
    }
    return null;
  }

  /// Whether an entry makes sense by itself: type, path, size, map, in this order.
  ///
  /// @param decoded the entry, with what decoding found
  /// @param bounds what its extents have to respect
  /// @return the first broken rule, null when there is none
  public static @Nullable MediaFault meaning(Decoded<LogEntry> decoded, MediaBounds bounds) {
    LogEntry entry = decoded.value();
    long mediaOffset = LogHeaderLayout.entryMediaOffset(entry.seqnum());
    return switch (entry) {
      case FileEntry file -> {
        MediaFault fault =
            path(file.seqnum(), file.path(), mediaOffset + LogEntryLayout.FILE_PATH_AT);
        if (fault == null && file.sizeBytes() < 0) {
          fault =
              new MediaFault(
                  Rule.FILE_SIZE,
                  mediaOffset + LogEntryLayout.FILE_SIZE_AT,
                  describe(file) + " has size " + Long.toUnsignedString(file.sizeBytes()));
        }
        if (fault == null && decoded.fault() != null) {
          fault =
              new MediaFault(
                  decoded.fault().rule(),
                  decoded.fault().offset(),
                  describe(file) + " has " + decoded.fault().message());
        }
        yield fault == null ? map(file, mediaOffset, bounds) : fault;
      }
      case MkdirEntry mkdir ->
          path(mkdir.seqnum(), mkdir.path(), mediaOffset + LogEntryLayout.MKDIR_PATH_AT);
      case LogEntry.AddDaxdevEntry _ -> null;
      case UnknownEntry unknown ->
          new MediaFault(
              Rule.ENTRY_TYPE,
              mediaOffset + LogEntryLayout.TYPE_AT,
              "entry "
                  + unknown.seqnum()
                  + " is of type "
                  + Integer.toUnsignedString(unknown.type())
                  + ", which this program does not act on");
    };
  }

  private static @Nullable MediaFault path(long index, MediaText path, long mediaOffset) {
    Rule broken = PathRules.firstBroken(path);
    if (broken == null) {
      return null;
    }
    return new MediaFault(
        broken,
        mediaOffset,
        "the path of entry " + index + " ('" + path + "') " + PathRules.explain(broken));
  }

  private static @Nullable MediaFault map(FileEntry file, long mediaOffset, MediaBounds bounds) {
    Fmap fmap = file.fmap();
    long rangesAt = mediaOffset + LogEntryLayout.EXTENTS_AT;
    if (fmap instanceof Fmap.Interleaved interleaved) {
      rangesAt = mediaOffset + LogEntryLayout.STRIPS_AT;
      long chunk = interleaved.chunkBytes();
      if (chunk <= 0 || chunk % CHUNK_GRANULARITY_BYTES != 0) {
        return new MediaFault(
            Rule.CHUNK_SIZE,
            mediaOffset + LogEntryLayout.CHUNK_AT,
            describe(file) + " has chunks of " + Long.toUnsignedString(chunk) + " bytes");
      }
    }
    for (int i = 0; i < fmap.ranges().size(); i++) {
      Rule broken = range(fmap.ranges().get(i), bounds);
      if (broken != null) {
        return new MediaFault(
            broken,
            rangesAt + (long) i * LogEntryLayout.RANGE_BYTES,
            describe(file) + ": extent " + i + " is " + describe(fmap.ranges().get(i)));
      }
    }
    long capacity = FmapCapacity.bytes(fmap);
    if (capacity < file.sizeBytes()) {
      return new MediaFault(
          Rule.MAP_TOO_SHORT,
          rangesAt,
          describe(file) + " has " + file.sizeBytes() + " bytes and a map for " + capacity);
    }
    return null;
  }

  private static @Nullable Rule range(DeviceRange range, MediaBounds bounds) {
    if (range.daxdevIndex() < 0 || range.daxdevIndex() >= bounds.deviceBytes().size()) {
      return Rule.EXTENT_DEVICE;
    }
    if (range.offset() % bounds.allocUnitBytes() != 0
        || range.lengthBytes() % bounds.allocUnitBytes() != 0) {
      return Rule.EXTENT_ALIGNMENT;
    }
    long deviceBytes = bounds.deviceBytes().get(range.daxdevIndex());
    if (range.offset() < 0
        || range.lengthBytes() <= 0
        || range.lengthBytes() > deviceBytes
        || range.offset() > deviceBytes - range.lengthBytes()) {
      return Rule.EXTENT_BOUNDS;
    }
    if (range.daxdevIndex() == 0 && range.offset() < bounds.reservedBytes()) {
      return Rule.EXTENT_RESERVED;
    }
    return null;
  }

  private static String describe(FileEntry file) {
    return "entry " + file.seqnum() + " (file '" + file.path() + "')";
  }

  private static String describe(DeviceRange range) {
    return Long.toUnsignedString(range.lengthBytes())
        + " bytes at byte "
        + Long.toUnsignedString(range.offset())
        + " of device "
        + range.daxdevIndex();
  }
}
