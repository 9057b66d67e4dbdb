package io.famfs.fuse.window;

import java.util.List;

/// What a [WindowGovernor] has seen and decided, at one moment.
///
/// @param ranges ranges the window has room for
/// @param live ranges mapped now
/// @param workingSet ranges of mapped files that were in use lately, whether mapped now or not
/// @param maps ranges mapped since the beginning
/// @param mapsAgain those among them that had been mapped shortly before
/// @param demotions how often a file was taken out of the window
/// @param promotions how often one was let in again
/// @param copied the files that are out now
public record GovernorState(
    int ranges,
    int live,
    long workingSet,
    long maps,
    long mapsAgain,
    long demotions,
    long promotions,
    List<CopiedFile> copied) {

  public GovernorState {
    copied = List.copyOf(copied);
  }

  /// A file that is copied for the time being.
  ///
  /// @param nodeid which
  /// @param workingSet ranges it had in use when it was taken out
  /// @param level how often its wait has been doubled
  /// @param remainingMillis until it is looked at again
  public record CopiedFile(long nodeid, int workingSet, int level, long remainingMillis) {}
}
