package io.famfs.cli;

import io.famfs.core.DaxDevice;
import io.famfs.core.MemoryRange;
import io.famfs.core.MemoryState;
import io.famfs.store.Volume;
import io.famfs.store.health.BadRangeFiles;
import io.famfs.store.health.BadRangeFiles.Remembered;
import io.famfs.store.health.RangeSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `famfs poison clear`.
@Command(
    name = "clear",
    description = {
      "Forgets what was added by hand, and what accesses have found and can be loaded now.",
      "What the system lists stays bad until the system says otherwise."
    })
final class PoisonClearCommand extends BaseCommand {
  @Mixin private VolumeTarget target = new VolumeTarget();

  @Override
  public Integer call() throws IOException {
    BadRangeFiles files = new BadRangeFiles(StateDirectory.path());
    try (OpenVolume opened = OpenVolume.forReading(target.devices())) {
      Volume volume = opened.volume();
      for (int i = 0; i < volume.deviceCount(); i++) {
        if (!volume.isMissing(i)) {
          DaxDevice device = volume.device(i);
          files.change(
              volume.deviceUuid(i),
              old -> new Remembered(stillBad(device, old.fault()), RangeSet.EMPTY));
        }
      }
    }
    return DONE;
  }

  private static RangeSet stillBad(DaxDevice device, RangeSet ranges) {
    int pageBytes = device.pageBytes();
    List<MemoryRange> bad = new ArrayList<>();
    for (MemoryRange range : ranges.inPages(pageBytes, device.sizeBytes()).ranges()) {
      for (long at = range.offset(); at < range.end(); at += pageBytes) {
        if (device.probe(at) != MemoryState.READABLE) {
          bad.add(new MemoryRange(at, Math.min(pageBytes, range.end() - at)));
        }
      }
    }
    return RangeSet.of(bad);
  }
}
