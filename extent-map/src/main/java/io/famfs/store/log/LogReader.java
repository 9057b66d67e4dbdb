package io.famfs.store.log;

import io.famfs.core.DaxDevice;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogEntryRules;
import io.famfs.core.format.LogEntryView;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaFault;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Reads the entries of a log in order. They are copied to private memory, several at a time, and
/// looked at only there: the log is memory that others write. Allocates nothing per entry unless
/// the entry is damaged. Not thread-safe.
public final class LogReader {
  /// Entries that are copied at once: as many as stay in the first cache levels of a processor.
  public static final int BLOCK_ENTRIES = 48;

  private final DaxDevice device;
  private final MemorySegment block;
  private final LogEntryView view;
  private long blockStart;
  private long blockEnd;

  /// A reader of the log on a device.
  public LogReader(DaxDevice device) {
    this.device = device;
    byte[] bytes = new byte[BLOCK_ENTRIES * LogEntryLayout.BYTES];
    block = MemorySegment.ofArray(bytes);
    view = new LogEntryView(bytes);
  }

  /// The entry that was read last.
  public LogEntryView entry() {
    return view;
  }

  /// Copies entries from the memory of the device, whatever was copied before: those from a slot
  /// on, at most [#BLOCK_ENTRIES].
  ///
  /// @param end the number of entries that may be read, more than `index`
  public void fetch(long index, long end) {
    blockStart = index;
    blockEnd = index;
    int entries = (int) Math.min(BLOCK_ENTRIES, end - index);
    copy(index, entries);
    blockEnd = index + entries;
  }

  /// The slot behind those that were copied last.
  public long fetchedEnd() {
    return blockEnd;
  }

  /// Reads an entry that was fetched, as [#read] does, but never looks at the device.
  public @Nullable MediaFault readFetched(long index) {
    int at = (int) (index - blockStart) * LogEntryLayout.BYTES;
    view.moveTo(at);
    return view.isWhole(index)
        ? null
        : LogEntryRules.integrity(block.asSlice(at, LogEntryLayout.BYTES), index);
  }

  /// Reads an entry into [#entry()] and checks that it is whole. One that is not is read once more
  /// from memory: its writer may have been at it.
  ///
  /// @param index a slot of the log
  /// @param end the number of entries that may be read, more than `index`
  /// @return null when sequence number and checksum are right
  public @Nullable MediaFault read(long index, long end) {
    if (index < blockStart || index >= blockEnd) {
      fetch(index, end);
    }
    if (readFetched(index) == null) {
      return null;
    }
    copy(index, 1);
    return readFetched(index);
  }

  private void copy(long index, int entries) {
    long mediaOffset = LogHeaderLayout.entryMediaOffset(index);
    long bytes = (long) entries * LogEntryLayout.BYTES;
    device.invalidate(mediaOffset, bytes);
    MemorySegment.copy(
        device.memory(), mediaOffset, block, (index - blockStart) * LogEntryLayout.BYTES, bytes);
  }
}
