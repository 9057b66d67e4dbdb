package io.famfs.store;

import io.famfs.core.format.MediaFault;
import java.util.ArrayList;
import java.util.List;

/// Faults in the order in which they are found; the first ones are kept, all are counted.
final class FaultLog {
  private final List<MediaFault> first = new ArrayList<>();
  private long count;

  void add(MediaFault fault) {
    if (first.size() < VolumeReport.MAX_FAULTS) {
      first.add(fault);
    }
    count++;
  }

  List<MediaFault> first() {
    return first;
  }

  long count() {
    return count;
  }
}
