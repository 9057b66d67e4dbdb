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
  /// As many as stay in the first cache levels of a processor.
  private static final int BLOCK_ENTRIES = 48;

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

  /// Forgets what was copied, so that the next entry is read from the memory of the device.
  public void forget() {
    blockEnd = blockStart;
  }

  /// Reads an entry into [#entry()] and checks that it is whole. One that is not is read once more
  /// from memory: its writer may have been at it.
  ///
  /// @param index a slot of the log
  /// @param end the number of entries that may be read, more than `index`
  /// @return null when sequence number and checksum are right
  public @Nullable MediaFault read(long index, long end) {
    if (index < blockStart || index >= blockEnd) {
      blockStart = index;
      blockEnd = index;
      int entries = (int) Math.min(BLOCK_ENTRIES, end - index);
      copy(index, entries);
      blockEnd = index + entries;
    }
    int at = (int) (index - blockStart) * LogEntryLayout.BYTES;
    view.moveTo(at);
    if (view.isWhole(index)) {
      return null;
    }
    copy(index, 1);
    view.moveTo(at);
    return view.isWhole(index)
        ? null
        : LogEntryRules.integrity(block.asSlice(at, LogEntryLayout.BYTES), index);
  }

  private void copy(long index, int entries) {
    long mediaOffset = LogHeaderLayout.entryMediaOffset(index);
    long bytes = (long) entries * LogEntryLayout.BYTES;
    device.invalidate(mediaOffset, bytes);
    MemorySegment.copy(
        device.memory(), mediaOffset, block, (index - blockStart) * LogEntryLayout.BYTES, bytes);
  }
}
