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
///
/// An entry that keeps the rules is recognised on its view, without an object. One that does not is
/// decoded, and [#meaning] names what is wrong. Both use the same rules for paths, extents and
/// capacities; a test holds them to the same answer.
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
      case LogEntry.AddDaxdevEntry daxdev ->
          bounds.canAdd(daxdev.sizeBytes())
              ? null
              : new MediaFault(
                  Rule.DAXDEV_SIZE,
                  mediaOffset + LogEntryLayout.DAXDEV_SIZE_AT,
                  "entry "
                      + daxdev.seqnum()
                      + " adds a device of "
                      + Long.toUnsignedString(daxdev.sizeBytes())
                      + " bytes");
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

  /// Whether an entry keeps all the rules of [#meaning].
  static boolean sound(LogEntryView view, MediaBounds bounds) {
    int type = view.type();
    if (type == LogEntryLayout.TYPE_ADD_DAXDEV) {
      return bounds.canAdd(view.deviceSizeBytes());
    }
    if (type != LogEntryLayout.TYPE_FILE && type != LogEntryLayout.TYPE_MKDIR) {
      return false;
    }
    if (PathRules.firstBroken(view.block(), view.pathAt(), view.pathLengthBytes()) != null) {
      return false;
    }
    return type == LogEntryLayout.TYPE_MKDIR || soundMap(view, bounds);
  }

  private static boolean soundMap(LogEntryView view, MediaBounds bounds) {
    int count = view.rangeCount();
    if (count == 0 || (view.interleaved() && !validChunk(view.chunkBytes()))) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      Rule broken =
          range(view.rangeDaxdevIndex(i), view.rangeOffset(i), view.rangeLengthBytes(i), bounds);
      if (broken != null) {
        return false;
      }
    }
    return view.sizeBytes() >= 0 && view.sizeBytes() <= view.capacityBytes();
  }

  private static boolean validChunk(long chunkBytes) {
    return chunkBytes > 0 && chunkBytes % CHUNK_GRANULARITY_BYTES == 0;
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
      if (!validChunk(chunk)) {
        return new MediaFault(
            Rule.CHUNK_SIZE,
            mediaOffset + LogEntryLayout.CHUNK_AT,
            describe(file) + " has chunks of " + Long.toUnsignedString(chunk) + " bytes");
      }
    }
    for (int i = 0; i < fmap.ranges().size(); i++) {
      DeviceRange extent = fmap.ranges().get(i);
      Rule broken = range(extent.daxdevIndex(), extent.offset(), extent.lengthBytes(), bounds);
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

  private static @Nullable Rule range(
      int daxdevIndex, long offset, long lengthBytes, MediaBounds bounds) {
    if (daxdevIndex < 0 || daxdevIndex >= bounds.deviceCount()) {
      return Rule.EXTENT_DEVICE;
    }
    // A power of two, so that no division is needed.
    long inUnit = bounds.allocUnitBytes() - 1;
    if ((offset & inUnit) != 0 || (lengthBytes & inUnit) != 0) {
      return Rule.EXTENT_ALIGNMENT;
    }
    long deviceBytes = bounds.deviceBytes().get(daxdevIndex);
    if (offset < 0
        || lengthBytes <= 0
        || lengthBytes > deviceBytes
        || offset > deviceBytes - lengthBytes) {
      return Rule.EXTENT_BOUNDS;
    }
    return offset < bounds.reservedBytes(daxdevIndex) ? Rule.EXTENT_RESERVED : null;
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
