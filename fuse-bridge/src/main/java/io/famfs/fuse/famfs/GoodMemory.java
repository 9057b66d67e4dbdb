package io.famfs.fuse.famfs;

import io.famfs.store.Volume;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.health.BadRanges;

/// Keeps the movers of file data off memory that has failed. Costs one load while there is none.
final class GoodMemory {
  private final Volume volume;

  GoodMemory(Volume volume) {
    this.volume = volume;
  }

  /// How many bytes of a run come before the first that is bad; all of them when none is.
  long goodBytes(ExtentCursor run) {
    return goodBytes(run, run.runBytes());
  }

  /// The same for the first bytes of a run.
  long goodBytes(ExtentCursor run, long lengthBytes) {
    BadRanges bad = volume.badRanges();
    return bad.isEmpty()
        ? lengthBytes
        : bad.goodBytes(run.deviceIndex(), run.deviceOffset(), lengthBytes);
  }

  /// How many bytes of a run are bad behind its first good ones.
  long badBytes(ExtentCursor run, long goodBytes) {
    return volume
        .badRanges()
        .badBytes(run.deviceIndex(), run.deviceOffset() + goodBytes, run.runBytes() - goodBytes);
  }

  /// Looks at memory that could not be moved.
  ///
  /// @param lengthBytes how much of the run was tried
  /// @return whether some of it is bad, so that [#goodBytes] is less now
  boolean isBad(ExtentCursor run, long lengthBytes) {
    return volume.badMemory().suspect(run.deviceIndex(), run.deviceOffset(), lengthBytes);
  }
}
