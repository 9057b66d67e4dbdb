package io.famfs.core.format;

import static io.famfs.core.format.LittleEndian.INT;
import static io.famfs.core.format.LittleEndian.LONG;

import io.famfs.core.UuidCodec;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.core.format.LogEntry.AddDaxdevEntry;
import io.famfs.core.format.LogEntry.FileEntry;
import io.famfs.core.format.LogEntry.MkdirEntry;
import io.famfs.core.format.LogEntry.UnknownEntry;
import io.famfs.core.format.MediaFault.Rule;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Log entries between bytes and record.
///
/// Callers that read memory which others write hand in a private copy of the entry, so that what
/// was checked is what is used.
public final class LogEntryCodec {
  private LogEntryCodec() {}

  /// Reads the [LogEntryLayout#BYTES] bytes at an offset. Every content has a record: counts beyond
  /// the field, unknown map kinds and device indices that are no index give a fault and a map that
  /// is cut to what the entry can hold (an unknown kind gives an empty simple map, a device index
  /// that is no index gives -1).
  ///
  /// @param segment memory to read from
  /// @param offset start of the entry in `segment`
  /// @param mediaOffset start of the entry on the media, for the fault
  public static Decoded<LogEntry> decode(MemorySegment segment, long offset, long mediaOffset) {
    long seqnum = segment.get(LONG, offset + LogEntryLayout.SEQNUM_AT);
    long crc = segment.get(LONG, offset + LogEntryLayout.CRC_AT);
    int type = segment.get(INT, offset + LogEntryLayout.TYPE_AT);
    return switch (type) {
      case LogEntryLayout.TYPE_FILE -> {
        Decoded<Fmap> fmap = decodeFmap(segment, offset, mediaOffset);
        yield new Decoded<>(decodeFile(segment, offset, fmap.value()), fmap.fault());
      }
      case LogEntryLayout.TYPE_MKDIR -> new Decoded<>(decodeMkdir(segment, offset), null);
      case LogEntryLayout.TYPE_ADD_DAXDEV ->
          new Decoded<>(
              new AddDaxdevEntry(
                  seqnum,
                  crc,
                  segment.get(LONG, offset + LogEntryLayout.DAXDEV_SIZE_AT),
                  UuidCodec.read(segment, offset + LogEntryLayout.DAXDEV_UUID_AT),
                  segment.get(INT, offset + LogEntryLayout.DAXDEV_INDEX_AT)),
              null);
      default -> {
        byte[] payload = new byte[LogEntryLayout.PAYLOAD_BYTES];
        MemorySegment.copy(
            segment,
            ValueLayout.JAVA_BYTE,
            offset + LogEntryLayout.PAYLOAD_AT,
            payload,
            0,
            payload.length);
        yield new Decoded<>(
            new UnknownEntry(seqnum, crc, type, HexFormat.of().formatHex(payload)), null);
      }
    };
  }

  /// Writes [LogEntryLayout#BYTES] bytes: every field as it stands in the record, the checksum too,
  /// and zeros between them.
  ///
  /// @throws IllegalArgumentException when the path or the map does not fit in an entry
  public static void encode(LogEntry entry, MemorySegment segment, long offset) {
    for (int i = 0; i < LogEntryLayout.BYTES; i += Long.BYTES) {
      segment.set(LONG, offset + i, 0);
    }
    segment.set(LONG, offset + LogEntryLayout.SEQNUM_AT, entry.seqnum());
    segment.set(LONG, offset + LogEntryLayout.CRC_AT, entry.crc());
    switch (entry) {
      case FileEntry file -> encodeFile(file, segment, offset);
      case MkdirEntry mkdir -> encodeMkdir(mkdir, segment, offset);
      case AddDaxdevEntry daxdev -> {
        segment.set(INT, offset + LogEntryLayout.TYPE_AT, LogEntryLayout.TYPE_ADD_DAXDEV);
        segment.set(LONG, offset + LogEntryLayout.DAXDEV_SIZE_AT, daxdev.sizeBytes());
        UuidCodec.write(segment, offset + LogEntryLayout.DAXDEV_UUID_AT, daxdev.uuid());
        segment.set(INT, offset + LogEntryLayout.DAXDEV_INDEX_AT, daxdev.daxdevIndex());
      }
      case UnknownEntry unknown -> {
        segment.set(INT, offset + LogEntryLayout.TYPE_AT, unknown.type());
        byte[] payload = HexFormat.of().parseHex(unknown.payloadHex());
        MemorySegment.copy(
            payload,
            0,
            segment,
            ValueLayout.JAVA_BYTE,
            offset + LogEntryLayout.PAYLOAD_AT,
            Math.min(payload.length, LogEntryLayout.PAYLOAD_BYTES));
      }
    }
  }

  /// The checksum that the bytes at an offset should carry.
  public static long computeCrc(MemorySegment segment, long offset) {
    return Crc.of(segment, offset, LogEntryLayout.CRC_COVERS);
  }

  /// Stores the right checksum into the bytes at an offset.
  public static void seal(MemorySegment segment, long offset) {
    segment.set(LONG, offset + LogEntryLayout.CRC_AT, computeCrc(segment, offset));
  }

  private static FileEntry decodeFile(MemorySegment segment, long offset, Fmap fmap) {
    return new FileEntry(
        segment.get(LONG, offset + LogEntryLayout.SEQNUM_AT),
        segment.get(LONG, offset + LogEntryLayout.CRC_AT),
        MediaText.read(
            segment, offset + LogEntryLayout.FILE_PATH_AT, LogEntryLayout.PATH_FIELD_BYTES),
        segment.get(LONG, offset + LogEntryLayout.FILE_SIZE_AT),
        segment.get(INT, offset + LogEntryLayout.FILE_FLAGS_AT),
        segment.get(INT, offset + LogEntryLayout.FILE_UID_AT),
        segment.get(INT, offset + LogEntryLayout.FILE_GID_AT),
        segment.get(INT, offset + LogEntryLayout.FILE_MODE_AT),
        fmap);
  }

  private static MkdirEntry decodeMkdir(MemorySegment segment, long offset) {
    return new MkdirEntry(
        segment.get(LONG, offset + LogEntryLayout.SEQNUM_AT),
        segment.get(LONG, offset + LogEntryLayout.CRC_AT),
        MediaText.read(
            segment, offset + LogEntryLayout.MKDIR_PATH_AT, LogEntryLayout.PATH_FIELD_BYTES),
        segment.get(INT, offset + LogEntryLayout.MKDIR_UID_AT),
        segment.get(INT, offset + LogEntryLayout.MKDIR_GID_AT),
        segment.get(INT, offset + LogEntryLayout.MKDIR_MODE_AT));
  }

  private static Decoded<Fmap> decodeFmap(MemorySegment segment, long offset, long mediaOffset) {
    int kind = segment.get(INT, offset + LogEntryLayout.MAP_KIND_AT);
    int count = segment.get(INT, offset + LogEntryLayout.MAP_COUNT_AT);
    if (kind == LogEntryLayout.MAP_SIMPLE) {
      MediaFault fault =
          outside(count, Fmap.MAX_RANGES)
              ? new MediaFault(
                  Rule.EXTENT_COUNT,
                  mediaOffset + LogEntryLayout.MAP_COUNT_AT,
                  Integer.toUnsignedString(count) + " extents where 1 to 16 can be")
              : null;
      return decodeRanges(
          segment,
          offset + LogEntryLayout.EXTENTS_AT,
          mediaOffset + LogEntryLayout.EXTENTS_AT,
          new RangeTable(count, 0, false, fault));
    }
    if (kind == LogEntryLayout.MAP_INTERLEAVED) {
      long strips = segment.get(LONG, offset + LogEntryLayout.STRIP_COUNT_AT);
      long chunk = segment.get(LONG, offset + LogEntryLayout.CHUNK_AT);
      return decodeRanges(
          segment,
          offset + LogEntryLayout.STRIPS_AT,
          mediaOffset + LogEntryLayout.STRIPS_AT,
          new RangeTable(strips, chunk, true, interleavedFault(count, strips, mediaOffset)));
    }
    return new Decoded<>(
        new Fmap.Simple(List.of()),
        new MediaFault(
            Rule.MAP_KIND,
            mediaOffset + LogEntryLayout.MAP_KIND_AT,
            "map kind " + Integer.toUnsignedString(kind) + " where 0 or 1 can be"));
  }

  private record RangeTable(
      long count, long chunkBytes, boolean interleaved, @Nullable MediaFault fault) {}

  private static @Nullable MediaFault interleavedFault(int count, long strips, long mediaOffset) {
    if (count != 1) {
      return new MediaFault(
          Rule.EXTENT_COUNT,
          mediaOffset + LogEntryLayout.MAP_COUNT_AT,
          Integer.toUnsignedString(count) + " interleaved extents where exactly 1 can be");
    }
    if (outside(strips, Fmap.MAX_RANGES)) {
      return new MediaFault(
          Rule.STRIP_COUNT,
          mediaOffset + LogEntryLayout.STRIP_COUNT_AT,
          Long.toUnsignedString(strips) + " strips where 1 to 16 can be");
    }
    return null;
  }

  private static Decoded<Fmap> decodeRanges(
      MemorySegment segment, long offset, long mediaOffset, RangeTable table) {
    MediaFault fault = table.fault();
    int present = (int) Math.clamp(table.count(), 0L, Fmap.MAX_RANGES);
    List<DeviceRange> ranges = new ArrayList<>(present);
    for (int i = 0; i < present; i++) {
      long at = offset + (long) i * LogEntryLayout.RANGE_BYTES;
      long device = segment.get(LONG, at + LogEntryLayout.RANGE_DEVICE_AT);
      boolean representable = device >= 0 && device <= Integer.MAX_VALUE;
      if (!representable && fault == null) {
        fault =
            new MediaFault(
                Rule.EXTENT_DEVICE,
                mediaOffset + (long) i * LogEntryLayout.RANGE_BYTES,
                "an extent on device " + Long.toUnsignedString(device));
      }
      ranges.add(
          new DeviceRange(
              representable ? (int) device : -1,
              segment.get(LONG, at + LogEntryLayout.RANGE_OFFSET_AT),
              segment.get(LONG, at + LogEntryLayout.RANGE_LENGTH_AT)));
    }
    Fmap fmap =
        table.interleaved()
            ? new Fmap.Interleaved(table.chunkBytes(), ranges)
            : new Fmap.Simple(ranges);
    return new Decoded<>(fmap, fault);
  }

  private static boolean outside(long count, int most) {
    return count < 1 || count > most;
  }

  private static void encodeFile(FileEntry file, MemorySegment segment, long offset) {
    segment.set(INT, offset + LogEntryLayout.TYPE_AT, LogEntryLayout.TYPE_FILE);
    segment.set(LONG, offset + LogEntryLayout.FILE_SIZE_AT, file.sizeBytes());
    segment.set(INT, offset + LogEntryLayout.FILE_FLAGS_AT, file.flags());
    segment.set(INT, offset + LogEntryLayout.FILE_UID_AT, file.uid());
    segment.set(INT, offset + LogEntryLayout.FILE_GID_AT, file.gid());
    segment.set(INT, offset + LogEntryLayout.FILE_MODE_AT, file.mode());
    file.path()
        .write(segment, offset + LogEntryLayout.FILE_PATH_AT, LogEntryLayout.PATH_FIELD_BYTES);
    List<DeviceRange> ranges = file.fmap().ranges();
    if (ranges.size() > Fmap.MAX_RANGES) {
      throw new IllegalArgumentException(ranges.size() + " ranges do not fit in an entry");
    }
    switch (file.fmap()) {
      case Fmap.Simple _ -> {
        segment.set(INT, offset + LogEntryLayout.MAP_KIND_AT, LogEntryLayout.MAP_SIMPLE);
        segment.set(INT, offset + LogEntryLayout.MAP_COUNT_AT, ranges.size());
        encodeRanges(ranges, segment, offset + LogEntryLayout.EXTENTS_AT);
      }
      case Fmap.Interleaved interleaved -> {
        segment.set(INT, offset + LogEntryLayout.MAP_KIND_AT, LogEntryLayout.MAP_INTERLEAVED);
        segment.set(INT, offset + LogEntryLayout.MAP_COUNT_AT, 1);
        segment.set(LONG, offset + LogEntryLayout.STRIP_COUNT_AT, ranges.size());
        segment.set(LONG, offset + LogEntryLayout.CHUNK_AT, interleaved.chunkBytes());
        encodeRanges(ranges, segment, offset + LogEntryLayout.STRIPS_AT);
      }
    }
  }

  private static void encodeRanges(List<DeviceRange> ranges, MemorySegment segment, long offset) {
    long at = offset;
    for (DeviceRange range : ranges) {
      segment.set(LONG, at + LogEntryLayout.RANGE_DEVICE_AT, range.daxdevIndex());
      segment.set(LONG, at + LogEntryLayout.RANGE_OFFSET_AT, range.offset());
      segment.set(LONG, at + LogEntryLayout.RANGE_LENGTH_AT, range.lengthBytes());
      at += LogEntryLayout.RANGE_BYTES;
    }
  }

  private static void encodeMkdir(MkdirEntry mkdir, MemorySegment segment, long offset) {
    segment.set(INT, offset + LogEntryLayout.TYPE_AT, LogEntryLayout.TYPE_MKDIR);
    segment.set(INT, offset + LogEntryLayout.MKDIR_UID_AT, mkdir.uid());
    segment.set(INT, offset + LogEntryLayout.MKDIR_GID_AT, mkdir.gid());
    segment.set(INT, offset + LogEntryLayout.MKDIR_MODE_AT, mkdir.mode());
    mkdir
        .path()
        .write(segment, offset + LogEntryLayout.MKDIR_PATH_AT, LogEntryLayout.PATH_FIELD_BYTES);
  }
}
