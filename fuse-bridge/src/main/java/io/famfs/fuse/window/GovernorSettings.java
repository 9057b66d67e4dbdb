package io.famfs.fuse.window;

import java.time.Duration;

/// What a [WindowGovernor] goes by.
///
/// @param epoch how often it looks at what has happened
/// @param generation how long a range counts as in use after it was mapped; up to twice as long
/// @param firstWait how long a file is copied at least; twice as long each further time
/// @param doublings how often the wait is doubled at most
/// @param rangeCost what a guest loses by mapping a range once more, at least: its fault, the work
///   of its reclaim, and that of the front-end
/// @param costShare share of the time that may go into mapping again
/// @param patience how many epochs in a row it may be more
public record GovernorSettings(
    Duration epoch,
    Duration generation,
    Duration firstWait,
    int doublings,
    Duration rangeCost,
    double costShare,
    int patience) {

  /// Looks once a second. A range costs 2 ms: 0.7 ms of that are the two requests to QEMU 11.1, up
  /// to 8 ms were seen in all.
  public static GovernorSettings standard() {
    return new GovernorSettings(
        Duration.ofSeconds(1),
        Duration.ofSeconds(30),
        Duration.ofSeconds(30),
        5,
        Duration.ofMillis(2),
        0.1,
        2);
  }

  /// The longest a file is copied before it is tried again.
  Duration longestWait() {
    return firstWait.multipliedBy(1L << doublings);
  }
}
