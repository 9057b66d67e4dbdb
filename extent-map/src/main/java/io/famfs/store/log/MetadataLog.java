package io.famfs.store.log;

import io.famfs.core.DaxDevice;
import io.famfs.core.format.LogEntry;
import io.famfs.core.format.LogEntryCodec;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogHeaderLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The log of a volume whose superblock and log header keep their rules.
///
/// The log is memory that others read while we write it, and that others may write. Next index is
/// the one word by which an entry becomes visible: it is loaded with acquire, and stored with
/// release after the entry has been written back. Appending is for one thread at a time, on the
/// host that owns the volume.
public final class MetadataLog {
  private static final VarHandle NEXT =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
  private static final long NEXT_SEQNUM_AT =
      LogHeaderLayout.MEDIA_OFFSET + LogHeaderLayout.NEXT_SEQNUM_AT;
  private static final long NEXT_INDEX_AT =
      LogHeaderLayout.MEDIA_OFFSET + LogHeaderLayout.NEXT_INDEX_AT;

  private final DaxDevice device;
  private final long capacity;

  /// The log on a device.
  ///
  /// @param device the primary device; its memory is aligned to 8 bytes
  /// @param logLengthBytes length from the log header
  public MetadataLog(DaxDevice device, long logLengthBytes) {
    this.device = device;
    this.capacity = LogHeaderLayout.lastIndex(logLengthBytes) + 1;
  }

  /// Number of slots.
  public long capacity() {
    return capacity;
  }

  /// The number of entries on the media now, whoever wrote them; any number may stand there.
  public long loadNextIndex() {
    return loadNextIndex(device);
  }

  /// The number of entries on a device whose log header has not been checked yet. Loads that follow
  /// see at least what its writer had stored before.
  public static long loadNextIndex(DaxDevice device) {
    device.invalidate(LogHeaderLayout.MEDIA_OFFSET, LogHeaderLayout.BYTES);
    return (long) NEXT.getAcquire(device.memory(), NEXT_INDEX_AT);
  }

  /// Appends an entry and returns when every other user of the memory can see it.
  ///
  /// The order is: the entry, written back; next seqnum; next index; both written back. A crash
  /// before next index is stored leaves the log as it was.
  ///
  /// @param entry an entry whose sequence number is the slot; its checksum is computed here
  public void append(LogEntry entry) {
    long index = entry.seqnum();
    if (index < 0 || index >= capacity) {
      throw new IndexOutOfBoundsException(index);
    }
    storeEntry(device, entry);
    device.writeBack(LogHeaderLayout.entryMediaOffset(index), LogEntryLayout.BYTES);
    device.storeLong(NEXT_SEQNUM_AT, index + 1);
    device.storeLong(NEXT_INDEX_AT, index + 1);
    device.writeBack(LogHeaderLayout.MEDIA_OFFSET, LogHeaderLayout.BYTES);
  }

  /// Stores an entry, sealed, into its slot. Nobody sees it before next index says so, and it is
  /// not written back yet.
  public static void storeEntry(DaxDevice device, LogEntry entry) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[LogEntryLayout.BYTES]);
    LogEntryCodec.encode(entry, bytes, 0);
    LogEntryCodec.seal(bytes, 0);
    device.store(bytes, LogHeaderLayout.entryMediaOffset(entry.seqnum()));
  }
}
