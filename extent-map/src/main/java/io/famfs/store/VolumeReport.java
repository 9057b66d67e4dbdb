package io.famfs.store;

import io.famfs.core.format.MediaFault;
import java.util.List;

/// What replay found wrong while the rest of the volume is usable.
///
/// @param faults the first faults, at most [#MAX_FAULTS]
/// @param faultCount all faults
/// @param entriesLeftOut log entries that are not in the namespace because of a fault
/// @param quarantinedBytes space of such entries, never allocated
/// @param spaceUnknown whether an entry may own space that is not known, so that nothing can be
///   allocated any more
/// @param sharedUnits allocation units that two files claim, counted once per further claim
/// @param following how far the log has been followed; entries that are not whole yet, and why
///   nothing new becomes visible any more, are said there and are no faults
public record VolumeReport(
    List<MediaFault> faults,
    long faultCount,
    long entriesLeftOut,
    long quarantinedBytes,
    boolean spaceUnknown,
    long sharedUnits,
    FollowStatus following) {
  /// Most faults that are kept.
  public static final int MAX_FAULTS = 1000;

  public VolumeReport {
    faults = List.copyOf(faults);
  }

  /// Whether nothing is wrong.
  public boolean clean() {
    return faultCount == 0;
  }
}
