package io.famfs.store;

import io.famfs.core.format.LogHeader;
import io.famfs.core.format.MediaFault;
import io.famfs.core.format.Superblock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a check of a volume found.
///
/// @param superblock the superblock as it is, null when it cannot be read
/// @param logHeader the log header as it is, null when it cannot be read
/// @param faults the first faults in the order of the check, at most [VolumeReport#MAX_FAULTS]
/// @param faultCount all faults
/// @param badEntries log entries with a wrong checksum or sequence number
/// @param entriesLeftOut log entries that replay leaves out, bad ones included
/// @param collisions allocation units that were claimed again
/// @param sumFileBytes sizes of all files
/// @param usage space and counts, null when superblock or log header are not usable
public record CheckReport(
    @Nullable Superblock superblock,
    @Nullable LogHeader logHeader,
    List<MediaFault> faults,
    long faultCount,
    long badEntries,
    long entriesLeftOut,
    long collisions,
    long sumFileBytes,
    @Nullable VolumeUsage usage) {
  public CheckReport {
    faults = List.copyOf(faults);
  }

  /// Whether nothing is wrong.
  public boolean clean() {
    return faultCount == 0;
  }
}
