package io.famfs.core.format;

import static io.famfs.core.format.LittleEndian.INT;
import static io.famfs.core.format.LittleEndian.LONG;

import io.famfs.core.extent.Fmap;
import io.famfs.core.extent.FmapCapacity;
import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32;

/// The fields of a log entry where they stand, without an object per entry: a view that is moved
/// from one entry to the next over private memory. Nothing it does allocates, except [#decode()].
///
/// The memory is private because what was checked has to be what is used. Fields of a kind of entry
/// mean something only when [#type()] says that the entry is of that kind. Not thread-safe.
public final class LogEntryView {
  private final byte[] block;
  private final MemorySegment segment;
  private final CRC32 crc32 = new CRC32();
  private int base;
  private int pathAt;
  private int pathLengthBytes;

  /// A view of entries in an array, which stands at the first one.
  ///
  /// @param block holds at least one entry; the caller fills it, before [#moveTo]
  public LogEntryView(byte[] block) {
    this.block = block;
    this.segment = MemorySegment.ofArray(block);
    moveTo(0);
  }

  /// Moves the view to the [LogEntryLayout#BYTES] bytes that start at an offset of the array.
  public void moveTo(int offset) {
    base = offset;
    pathAt = offset + (isDirectory() ? LogEntryLayout.MKDIR_PATH_AT : LogEntryLayout.FILE_PATH_AT);
    int length = 0;
    while (length < LogEntryLayout.PATH_FIELD_BYTES && block[pathAt + length] != 0) {
      length++;
    }
    pathLengthBytes = length;
  }

  /// The array, for those who only read it: where [#pathAt()] points into.
  public byte[] block() {
    return block;
  }

  /// The sequence number.
  public long seqnum() {
    return longAt(LogEntryLayout.SEQNUM_AT);
  }

  /// The kind of entry, any number.
  public int type() {
    return intAt(LogEntryLayout.TYPE_AT);
  }

  /// The stored checksum.
  public long crc() {
    return longAt(LogEntryLayout.CRC_AT);
  }

  /// The checksum that the entry should carry.
  public long computeCrc() {
    crc32.reset();
    crc32.update(block, base, LogEntryLayout.CRC_COVERS);
    return crc32.getValue();
  }

  /// Whether these are the bytes that were written for a slot: sequence number and checksum are
  /// right. The same answer as [LogEntryRules#integrity].
  public boolean isWhole(long index) {
    return seqnum() == index && crc() == computeCrc();
  }

  /// Whether the entry makes sense by itself. The same answer as [LogEntryRules#meaning], which
  /// says what is wrong when it does not.
  public boolean isSound(MediaBounds bounds) {
    return LogEntryRules.sound(this, bounds);
  }

  /// File, directory: where the path starts in [#block()].
  public int pathAt() {
    return pathAt;
  }

  /// File, directory: bytes of the path before its NUL, at most the field.
  public int pathLengthBytes() {
    return pathLengthBytes;
  }

  /// File, directory: owner, unsigned in 32 bits.
  public int uid() {
    return intAt(isDirectory() ? LogEntryLayout.MKDIR_UID_AT : LogEntryLayout.FILE_UID_AT);
  }

  /// File, directory: group, unsigned in 32 bits.
  public int gid() {
    return intAt(isDirectory() ? LogEntryLayout.MKDIR_GID_AT : LogEntryLayout.FILE_GID_AT);
  }

  /// File, directory: permission bits.
  public int mode() {
    return intAt(isDirectory() ? LogEntryLayout.MKDIR_MODE_AT : LogEntryLayout.FILE_MODE_AT);
  }

  /// File: size.
  public long sizeBytes() {
    return longAt(LogEntryLayout.FILE_SIZE_AT);
  }

  /// File: whether the map is interleaved.
  public boolean interleaved() {
    return mapKind() == LogEntryLayout.MAP_INTERLEAVED;
  }

  /// File with an interleaved map: bytes per chunk.
  public long chunkBytes() {
    return longAt(LogEntryLayout.CHUNK_AT);
  }

  /// File: number of extents or strips; 0 when the map is no map or the number is not one that an
  /// entry can hold.
  public int rangeCount() {
    int count = intAt(LogEntryLayout.MAP_COUNT_AT);
    if (mapKind() == LogEntryLayout.MAP_SIMPLE) {
      return count >= 1 && count <= Fmap.MAX_RANGES ? count : 0;
    }
    long strips = longAt(LogEntryLayout.STRIP_COUNT_AT);
    boolean fits = interleaved() && count == 1 && strips >= 1 && strips <= Fmap.MAX_RANGES;
    return fits ? (int) strips : 0;
  }

  /// File: the device of an extent or strip, -1 when the number there is no index.
  ///
  /// @param i below [#rangeCount()], as in the calls that follow
  public int rangeDaxdevIndex(int i) {
    long device = longAt(rangeAt(i) + LogEntryLayout.RANGE_DEVICE_AT);
    return device >= 0 && device <= Integer.MAX_VALUE ? (int) device : -1;
  }

  /// File: first byte of an extent or strip on its device.
  public long rangeOffset(int i) {
    return longAt(rangeAt(i) + LogEntryLayout.RANGE_OFFSET_AT);
  }

  /// File: length of an extent or strip.
  public long rangeLengthBytes(int i) {
    return longAt(rangeAt(i) + LogEntryLayout.RANGE_LENGTH_AT);
  }

  /// File: how many bytes the map can hold, at most 2^63-1. Lengths are 0 or more, and a chunk is
  /// more than 0.
  public long capacityBytes() {
    int count = rangeCount();
    boolean dealt = interleaved();
    long capacity = dealt && count > 0 ? Long.MAX_VALUE : 0;
    for (int i = 0; i < count; i++) {
      long length = rangeLengthBytes(i);
      capacity =
          dealt
              ? Math.min(capacity, FmapCapacity.stripEnd(i, count, length, chunkBytes()))
              : FmapCapacity.saturatedSum(capacity, length);
    }
    return capacity;
  }

  /// Added device: its size.
  public long deviceSizeBytes() {
    return longAt(LogEntryLayout.DAXDEV_SIZE_AT);
  }

  /// The entry as a record, with what is wrong with its form.
  public Decoded<LogEntry> decode() {
    return LogEntryCodec.decode(segment, base, LogHeaderLayout.entryMediaOffset(seqnum()));
  }

  private boolean isDirectory() {
    return type() == LogEntryLayout.TYPE_MKDIR;
  }

  private int mapKind() {
    return intAt(LogEntryLayout.MAP_KIND_AT);
  }

  private int rangeAt(int i) {
    int first = interleaved() ? LogEntryLayout.STRIPS_AT : LogEntryLayout.EXTENTS_AT;
    return first + i * LogEntryLayout.RANGE_BYTES;
  }

  private int intAt(int at) {
    return segment.get(INT, base + at);
  }

  private long longAt(int at) {
    return segment.get(LONG, base + at);
  }
}
