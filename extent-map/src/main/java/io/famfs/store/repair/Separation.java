package io.famfs.store.repair;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.core.format.LogEntry.FileEntry;
import java.util.ArrayList;
import java.util.List;

/// Gives files space of their own where an earlier file of the log has some of it.
final class Separation {
  private final Claims claims;
  private final int presentDevices;
  private final List<RepairAction> actions;
  private final List<String> uncorrected;
  private final List<RepairStep.Copy> copies = new ArrayList<>();

  Separation(
      Claims claims, int presentDevices, List<RepairAction> actions, List<String> uncorrected) {
    this.claims = claims;
    this.presentDevices = presentDevices;
    this.actions = actions;
    this.uncorrected = uncorrected;
  }

  /// What has to be copied, in order.
  List<RepairStep.Copy> copies() {
    return copies;
  }

  /// The file with space of its own where an earlier one has some of it.
  FileEntry separated(long slot, FileEntry file, int deviceCount) {
    List<DeviceRange> ranges = new ArrayList<>();
    for (DeviceRange range : file.fmap().ranges()) {
      DeviceRange own = range;
      if (!claims.give(range)) {
        own = copied(range, deviceCount);
        String path = file.path().toString();
        if (own.equals(range)) {
          uncorrected.add(
              "entry "
                  + slot
                  + " (file '"
                  + path
                  + "') shares space, and there is no free run of "
                  + range.lengthBytes()
                  + " bytes on a device that is here to copy it to");
        } else {
          copies.add(new RepairStep.Copy(range, own));
          actions.add(new RepairAction.SeparateFile(slot, path, range, own));
        }
      }
      ranges.add(own);
    }
    Fmap fmap =
        switch (file.fmap()) {
          case Fmap.Simple _ -> new Fmap.Simple(ranges);
          case Fmap.Interleaved interleaved ->
              new Fmap.Interleaved(interleaved.chunkBytes(), ranges);
        };
    return EntryCopy.with(file, file.path(), fmap);
  }

  /// Space for a copy of a range, on its own device if possible; the range itself when there is
  /// none.
  private DeviceRange copied(DeviceRange range, int deviceCount) {
    if (range.daxdevIndex() >= presentDevices) {
      return range;
    }
    DeviceRange own = claims.take(range.daxdevIndex(), range.lengthBytes());
    int present = Math.min(presentDevices, deviceCount);
    for (int i = 0; i < present && own == null; i++) {
      own = claims.take(i, range.lengthBytes());
    }
    return own == null ? range : own;
  }
}
