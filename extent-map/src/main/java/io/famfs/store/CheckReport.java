package io.famfs.store;

import io.famfs.core.format.LogHeader;
import io.famfs.core.format.MediaFault;
import io.famfs.core.format.Superblock;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a check of a volume found.
///
/// @param superblock the superblock as it is, null when it cannot be read
/// @param logHeader the log header as it is, null when it cannot be read
/// @param findings the first faults in the order of the check, at most [VolumeReport#MAX_FAULTS]
///   and one about the end of the log
/// @param faultCount all faults
/// @param notes what is odd and no fault
/// @param counts what was counted on the way
/// @param usage space and counts, null when superblock or log header are not usable
/// @param missing devices that are not there; no fault of the media
public record CheckReport(
    @Nullable Superblock superblock,
    @Nullable LogHeader logHeader,
    List<Finding> findings,
    long faultCount,
    List<Finding> notes,
    Counts counts,
    @Nullable VolumeUsage usage,
    List<Missing> missing) {
  public CheckReport {
    findings = List.copyOf(findings);
    missing = List.copyOf(missing);
    notes = List.copyOf(notes);
  }

  /// A device that the log names and that was not among those given.
  ///
  /// @param daxdevIndex its index
  /// @param uuid what it is known by on every host
  /// @param sizeBytes its size
  public record Missing(int daxdevIndex, UUID uuid, long sizeBytes) {}

  /// What a check counts.
  ///
  /// @param badEntries log entries with a wrong checksum or sequence number
  /// @param entriesLeftOut log entries that replay leaves out, bad ones included
  /// @param collisions allocation units that were claimed again
  /// @param sumFileBytes sizes of all files
  public record Counts(long badEntries, long entriesLeftOut, long collisions, long sumFileBytes) {
    static final Counts NONE = new Counts(0, 0, 0, 0);
  }

  /// Whether nothing is wrong.
  public boolean clean() {
    return faultCount == 0;
  }

  /// The faults of the findings.
  public List<MediaFault> faults() {
    return findings.stream().map(Finding::fault).toList();
  }
}
