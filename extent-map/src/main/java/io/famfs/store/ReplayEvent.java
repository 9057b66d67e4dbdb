package io.famfs.store;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/// The opening of a volume: superblock and log were read and replayed.
@Name("io.famfs.Replay")
@Label("Replay")
@Category({"famfs", "Store"})
@Description("The superblock and the log of a volume were read and replayed")
@StackTrace(false)
final class ReplayEvent extends Event {
  @Label("Device")
  @Nullable String device;

  @Label("Files")
  long files;

  @Label("Directories")
  long directories;

  @Label("Entries Left Out")
  @Description("Log entries that are not in the namespace because of a fault")
  long entriesLeftOut;

  void finish(LoadedVolume loaded) {
    end();
    if (shouldCommit()) {
      LogReplay.ReplayCounts counts = loaded.counts();
      device = loaded.devices().primary().name();
      files = counts.files;
      directories = counts.directories;
      entriesLeftOut = counts.entriesLeftOut;
      commit();
    }
  }
}
