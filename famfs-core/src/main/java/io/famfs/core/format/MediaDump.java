package io.famfs.core.format;

import io.famfs.core.JsonWriter;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.core.format.LogEntry.AddDaxdevEntry;
import io.famfs.core.format.LogEntry.FileEntry;
import io.famfs.core.format.LogEntry.MkdirEntry;
import io.famfs.core.format.LogEntry.UnknownEntry;
import io.famfs.core.format.MediaFault.Rule;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// Prints superblock, log header and log entries as JSON, as they are, without judging them.
///
/// Numbers that the format checks are printed beside what they should be (`crc`, `crc_recomputed`).
/// Entries are printed up to the next index of the log header, but never beyond the log or the
/// memory, and only below a header with the right magic number. A path that is not UTF-8 gets
/// `path_hex` with its bytes.
public final class MediaDump {
  private final JsonWriter json;

  /// Which parts to print.
  ///
  /// @param superblock whether to print the superblock
  /// @param logHeader whether to print the log header
  /// @param firstEntry first slot
  /// @param lastEntry last slot; slots that the log does not have are left out
  /// @param unused whether to print slots at and behind the next index, too
  public record Parts(
      boolean superblock, boolean logHeader, long firstEntry, long lastEntry, boolean unused) {
    /// Superblock, log header and every entry in use.
    public static final Parts ALL = new Parts(true, true, 0, Long.MAX_VALUE, false);
  }

  private MediaDump(JsonWriter json) {
    this.json = json;
  }

  /// Writes one object with the members `superblock`, `log` and `entries`.
  ///
  /// @param media the primary device from its first byte on; may be shorter than the device
  /// @throws MediaException when it is too short to hold a superblock and a log header
  public static void write(MemorySegment media, JsonWriter json) throws MediaException {
    write(media, json, Parts.ALL);
  }

  /// Writes one object with those members that `parts` asks for; `entries` unless there is nothing
  /// to ask for.
  ///
  /// @throws MediaException as the two-argument form
  public static void write(MemorySegment media, JsonWriter json, Parts parts)
      throws MediaException {
    if (media.byteSize() < LogHeaderLayout.MEDIA_OFFSET + LogHeaderLayout.BYTES) {
      throw new MediaException(
          new MediaFault(
              Rule.DEVICE_TOO_SMALL, 0, media.byteSize() + " bytes cannot hold a famfs"));
    }
    MediaDump dump = new MediaDump(json);
    json.beginObject();
    if (parts.superblock()) {
      MemorySegment superblock = copy(media, 0, SuperblockLayout.BYTES);
      json.name("superblock");
      dump.superblock(
          SuperblockCodec.decode(superblock, 0), SuperblockCodec.computeCrc(superblock, 0));
    }
    if (parts.logHeader()) {
      MemorySegment header = copy(media, LogHeaderLayout.MEDIA_OFFSET, LogHeaderLayout.BYTES);
      json.name("log");
      dump.logHeader(LogHeaderCodec.decode(header, 0), LogHeaderCodec.computeCrc(header, 0));
    }
    if (parts.lastEntry() >= parts.firstEntry()) {
      json.name("entries").beginArray();
      long count = Math.min(parts.lastEntry(), entryCount(media, parts.unused()) - 1) + 1;
      for (long index = parts.firstEntry(); index < count; index++) {
        dump.entry(
            index, copy(media, LogHeaderLayout.entryMediaOffset(index), LogEntryLayout.BYTES));
      }
      json.endArray();
    }
    json.endObject();
  }

  /// How many slots can be read, below a log header with the right magic number.
  ///
  /// @param media the primary device, long enough for a log header
  /// @param unused whether slots that are not in use count, too
  public static long entryCount(MemorySegment media, boolean unused) {
    MemorySegment copy = copy(media, LogHeaderLayout.MEDIA_OFFSET, LogHeaderLayout.BYTES);
    LogHeader header = LogHeaderCodec.decode(copy, 0);
    if (header.magic() != LogHeaderLayout.MAGIC) {
      return 0;
    }
    long logBytes = Math.min(header.lengthBytes(), media.byteSize() - LogHeaderLayout.MEDIA_OFFSET);
    long capacity = LogHeaderLayout.lastIndex(logBytes) + 1;
    return unused || header.nextIndex() < 0 ? capacity : Math.min(header.nextIndex(), capacity);
  }

  private static MemorySegment copy(MemorySegment media, long offset, int lengthBytes) {
    byte[] bytes = new byte[lengthBytes];
    MemorySegment.copy(media, ValueLayout.JAVA_BYTE, offset, bytes, 0, lengthBytes);
    return MemorySegment.ofArray(bytes);
  }

  private void superblock(Superblock superblock, long computedCrc) {
    json.beginObject();
    hex("magic", superblock.magic());
    json.name("version").unsigned(superblock.version().version());
    json.name("log_offset").unsigned(superblock.logOffset());
    json.name("log_len").unsigned(superblock.logLengthBytes());
    json.name("alloc_unit").unsigned(superblock.allocUnitBytes());
    unsigned("omf_major", superblock.version().omfMajor());
    unsigned("omf_minor", superblock.version().omfMinor());
    json.name("fs_uuid").value(superblock.fsUuid().toString());
    json.name("dev_uuid").value(superblock.deviceUuid().toString());
    json.name("system_uuid").value(superblock.systemUuid().toString());
    hex("crc", superblock.crc());
    unsigned("sb_flags", superblock.flags());
    json.name("dax_size").unsigned(superblock.deviceSizeBytes());
    json.name("dax_uuid").value(superblock.daxdevUuid().toString());
    json.name("dax_name").value(superblock.deviceName().toString());
    hex("crc_recomputed", computedCrc);
    json.endObject();
  }

  private void logHeader(LogHeader header, long computedCrc) {
    json.beginObject();
    hex("magic", header.magic());
    json.name("len").unsigned(header.lengthBytes());
    json.name("last_index").unsigned(header.lastIndex());
    hex("crc", header.crc());
    hex("crc_recomputed", computedCrc);
    json.name("next_seqnum").unsigned(header.nextSeqnum());
    json.name("next_index").unsigned(header.nextIndex());
    json.endObject();
  }

  private void entry(long index, MemorySegment copy) {
    LogEntry entry = LogEntryCodec.decode(copy, 0, LogHeaderLayout.entryMediaOffset(index)).value();
    json.beginObject();
    json.name("index").value(index);
    json.name("seqnum").unsigned(entry.seqnum());
    unsigned("type", copy.get(LittleEndian.INT, LogEntryLayout.TYPE_AT));
    hex("crc", entry.crc());
    json.name("crc_ok").value(entry.crc() == LogEntryCodec.computeCrc(copy, 0));
    switch (entry) {
      case FileEntry file -> file(file, copy);
      case MkdirEntry mkdir -> {
        json.name("kind").value("mkdir");
        path(mkdir.path());
        owner(mkdir.uid(), mkdir.gid(), mkdir.mode());
      }
      case AddDaxdevEntry daxdev -> {
        json.name("kind").value("add_daxdev");
        json.name("dax_size").unsigned(daxdev.sizeBytes());
        json.name("dax_uuid").value(daxdev.uuid().toString());
        unsigned("dax_index", daxdev.daxdevIndex());
      }
      case UnknownEntry unknown -> {
        json.name("kind").value("unknown");
        json.name("payload_hex").value(unknown.payloadHex());
      }
    }
    json.endObject();
  }

  private void file(FileEntry file, MemorySegment copy) {
    json.name("kind").value("file");
    path(file.path());
    json.name("size").unsigned(file.sizeBytes());
    unsigned("flags", file.flags());
    owner(file.uid(), file.gid(), file.mode());
    unsigned("ext_type", copy.get(LittleEndian.INT, LogEntryLayout.MAP_KIND_AT));
    unsigned("nextents", copy.get(LittleEndian.INT, LogEntryLayout.MAP_COUNT_AT));
    switch (file.fmap()) {
      case Fmap.Simple simple ->
          ranges("extents", simple.ranges(), copy, LogEntryLayout.EXTENTS_AT);
      case Fmap.Interleaved interleaved -> {
        json.name("nstrips").unsigned(copy.get(LittleEndian.LONG, LogEntryLayout.STRIP_COUNT_AT));
        json.name("chunk_size").unsigned(interleaved.chunkBytes());
        ranges("strips", interleaved.ranges(), copy, LogEntryLayout.STRIPS_AT);
      }
    }
  }

  private void ranges(String name, List<DeviceRange> ranges, MemorySegment copy, int firstAt) {
    json.name(name).beginArray();
    long at = firstAt;
    for (DeviceRange range : ranges) {
      json.beginObject();
      json.name("dev").unsigned(copy.get(LittleEndian.LONG, at + LogEntryLayout.RANGE_DEVICE_AT));
      json.name("offset").unsigned(range.offset());
      json.name("len").unsigned(range.lengthBytes());
      json.endObject();
      at += LogEntryLayout.RANGE_BYTES;
    }
    json.endArray();
  }

  private void path(MediaText path) {
    json.name("path").value(path.toString());
    if (!path.validUtf8()) {
      json.name("path_hex").value(path.toHex());
    }
  }

  private void owner(int uid, int gid, int mode) {
    unsigned("uid", uid);
    unsigned("gid", gid);
    json.name("mode").value("0" + Integer.toOctalString(mode));
  }

  private void unsigned(String name, int value) {
    json.name(name).unsigned(Integer.toUnsignedLong(value));
  }

  private void hex(String name, long value) {
    json.name(name).value("0x" + Long.toHexString(value));
  }
}
