package io.famfs.store.repair;

import io.famfs.core.DaxDevice;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogEntryRules;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaFault;
import io.famfs.core.format.MediaFault.Rule;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// What stands behind the entries that the log header counts.
///
/// A writer that stopped between storing an entry and storing next index leaves one entry, whole or
/// torn, in the first free slot. That is no fault: nobody has seen it, and the next entry replaces
/// it. Valid entries behind are a fault; other bytes are odd, and harm nobody.
///
/// The search ends behind [#ZERO_SLOTS] empty slots in a row.
///
/// @param firstSlot the first free slot
/// @param validEnd the slot behind the last valid entry; `firstSlot` when there is none
/// @param validCount number of valid entries
/// @param usedEnd the slot behind the last one that is not empty; `firstSlot` when all are
public record LogTail(long firstSlot, long validEnd, long validCount, long usedEnd) {
  /// Empty slots in a row that end the search: 2 MiB of the log.
  public static final int ZERO_SLOTS = 3856;

  private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[LogEntryLayout.BYTES]);

  /// Looks at the slots from one on.
  ///
  /// @param device the primary device
  /// @param firstSlot the first free slot, at most `capacity`
  /// @param capacity number of slots of the log, all of which lie on the device
  public static LogTail scan(DaxDevice device, long firstSlot, long capacity) {
    MemorySegment copy = MemorySegment.ofArray(new byte[LogEntryLayout.BYTES]);
    long validEnd = firstSlot;
    long validCount = 0;
    long usedEnd = firstSlot;
    for (long slot = firstSlot; slot < capacity && slot - usedEnd < ZERO_SLOTS; slot++) {
      MemorySegment.copy(
          device.memory(), LogHeaderLayout.entryMediaOffset(slot), copy, 0, LogEntryLayout.BYTES);
      if (copy.mismatch(ZEROS) < 0) {
        continue;
      }
      usedEnd = slot + 1;
      if (LogEntryRules.integrity(copy, slot) == null) {
        validEnd = slot + 1;
        validCount++;
      }
    }
    return new LogTail(firstSlot, validEnd, validCount, usedEnd);
  }

  /// Whether the header has lost count: entries follow that one interrupted append does not
  /// explain.
  public boolean countLost() {
    return validEnd > firstSlot + 1;
  }

  /// What is wrong or odd about it, null when nothing is.
  public @Nullable MediaFault fault() {
    if (countLost()) {
      return new MediaFault(
          Rule.LOG_ENTRIES_BEYOND,
          LogHeaderLayout.MEDIA_OFFSET + LogHeaderLayout.NEXT_INDEX_AT,
          "next index says "
              + firstSlot
              + ", but "
              + validCount
              + " valid entries follow up to slot "
              + (validEnd - 1));
    }
    if (usedEnd > firstSlot + 1) {
      return new MediaFault(
          Rule.LOG_TAIL,
          LogHeaderLayout.entryMediaOffset(firstSlot),
          "stale bytes behind the last entry, up to slot " + (usedEnd - 1));
    }
    return null;
  }
}
