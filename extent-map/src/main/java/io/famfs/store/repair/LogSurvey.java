package io.famfs.store.repair;

import io.famfs.core.DaxDevice;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.format.LogEntry.FileEntry;
import io.famfs.core.format.LogEntryCodec;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogEntryRules;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.SuperblockLayout;
import java.lang.foreign.MemorySegment;

/// What the entries of a log say about the volume around it, when superblock or log header cannot
/// be asked. Only entries that match their checksum count.
///
/// @param entries number of such entries
/// @param primaryEnd end of the last extent on the primary device, as far as it lies there
/// @param coarseExtents extents that are aligned to 2 MiB
/// @param fineExtents extents that are aligned to 4096 bytes only
record LogSurvey(long entries, long primaryEnd, long coarseExtents, long fineExtents) {

  /// Surveys a log from its first slot on; ends behind [LogTail#ZERO_SLOTS] empty slots.
  ///
  /// @param capacity number of slots, all of which lie on the device
  static LogSurvey of(DaxDevice device, long capacity) {
    long entries = 0;
    long end = 0;
    long coarse = 0;
    long fine = 0;
    long usedEnd = 0;
    for (long slot = 0; slot < capacity && slot - usedEnd < LogTail.ZERO_SLOTS; slot++) {
      long at = LogHeaderLayout.entryMediaOffset(slot);
      byte[] bytes = Bytes.copy(device, at, LogEntryLayout.BYTES);
      if (Bytes.allZero(bytes)) {
        continue;
      }
      usedEnd = slot + 1;
      MemorySegment copy = MemorySegment.ofArray(bytes);
      if (LogEntryRules.integrity(copy, slot) != null) {
        continue;
      }
      entries++;
      if (LogEntryCodec.decode(copy, 0, at).value() instanceof FileEntry file) {
        for (DeviceRange range : file.fmap().ranges()) {
          if (aligned(range, SuperblockLayout.ALLOC_UNIT_BYTES)) {
            coarse++;
          } else if (aligned(range, SuperblockLayout.SMALL_ALLOC_UNIT_BYTES)) {
            fine++;
          }
          if (lies(range, device.sizeBytes())) {
            end = Math.max(end, range.end());
          }
        }
      }
    }
    return new LogSurvey(entries, end, coarse, fine);
  }

  private static boolean aligned(DeviceRange range, long unitBytes) {
    return (range.offset() | range.lengthBytes()) % unitBytes == 0;
  }

  private static boolean lies(DeviceRange range, long deviceBytes) {
    return range.daxdevIndex() == 0
        && range.offset() >= 0
        && range.lengthBytes() > 0
        && range.lengthBytes() <= deviceBytes
        && range.offset() <= deviceBytes - range.lengthBytes();
  }
}
