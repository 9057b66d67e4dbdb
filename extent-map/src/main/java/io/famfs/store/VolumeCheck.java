package io.famfs.store;

import io.famfs.core.DaxDevice;
import io.famfs.core.format.MediaException;
import java.util.List;

/// Looks at everything on the media and reports, without writing and without trusting any byte.
public final class VolumeCheck {
  private VolumeCheck() {}

  /// Checks a volume. Whatever is on the media, the result is a report.
  ///
  /// @param devices the primary device
  /// @throws IllegalArgumentException unless there is exactly one device
  public static CheckReport check(List<? extends DaxDevice> devices) {
    if (devices.size() != 1) {
      throw new IllegalArgumentException("a check takes one device, not " + devices.size());
    }
    VolumeLoader loader = new VolumeLoader(devices.getFirst());
    try {
      LoadedVolume loaded = loader.load();
      LogReplay.ReplayCounts counts = loaded.counts();
      return new CheckReport(
          loaded.superblock(),
          loaded.logHeader(),
          loaded.faults().first(),
          loaded.faults().count(),
          counts.badEntries,
          counts.entriesLeftOut,
          counts.sharedUnits,
          counts.sumFileBytes,
          loaded.usage(loaded.logHeader().nextIndex()));
    } catch (MediaException e) {
      return new CheckReport(
          loader.superblock(), loader.logHeader(), List.of(e.fault()), 1, 0, 0, 0, 0, null);
    }
  }
}
