package io.famfs.doors;

import java.nio.file.Path;

/// A door as it is.
///
/// @param plan what it was made from
/// @param connected front-ends that are connected now; 1 for a mount
/// @param connections front-ends that have connected since it was added; 1 for a mount
public record DoorReport(DoorPlan plan, int connected, long connections) {

  /// Where it is.
  public Path path() {
    return plan.path();
  }
}
