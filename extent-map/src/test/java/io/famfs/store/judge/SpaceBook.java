package io.famfs.store.judge;

import io.famfs.store.judge.Verdict.Extent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// Which bytes have an owner, as runs per device that neither touch nor overlap each other.
final class SpaceBook {
  private final Map<Long, NavigableMap<Long, Long>> runs = new HashMap<>();
  private final List<Extent> suspects = new ArrayList<>();

  /// Takes an extent that lies on its device.
  ///
  /// @return false when a part of it is taken already
  boolean take(Extent extent) {
    NavigableMap<Long, Long> device = runs.computeIfAbsent(extent.device(), _ -> new TreeMap<>());
    long start = extent.offset();
    long end = extent.offset() + extent.length();
    boolean free = true;
    Map.Entry<Long, Long> before = device.lowerEntry(end);
    while (before != null && before.getValue() > start) {
      free = false;
      start = Math.min(start, before.getKey());
      end = Math.max(end, before.getValue());
      device.remove(before.getKey());
      before = device.lowerEntry(end);
    }
    device.put(start, end);
    return free;
  }

  /// Remembers what an entry names that breaks a rule; any numbers.
  void suspect(Extent extent) {
    if (extent.offset() >= 0 && extent.length() > 0) {
      suspects.add(extent);
    }
  }

  /// Whether an entry that breaks a rule names a part of the extent.
  boolean suspected(Extent extent) {
    return suspects.stream().anyMatch(other -> overlap(extent, other));
  }

  /// Whether two extents share a byte; offsets and lengths of 0 and more.
  static boolean overlap(Extent a, Extent b) {
    return a.device() == b.device()
        && a.offset() - b.offset() < b.length()
        && b.offset() - a.offset() < a.length();
  }
}
