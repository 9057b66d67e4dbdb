package io.famfs.fuse.server;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The counts per file of several workers, in bounded memory: the busiest files by themselves, the
/// rest as one sum.
final class TrafficSums {
  private static final Comparator<FileTraffic> BUSIEST_FIRST =
      Comparator.comparingLong(FileTraffic::bytes).reversed();

  private final Map<Long, FileTraffic> byFile = new HashMap<>();

  void add(FileTraffic counts) {
    byFile.merge(counts.nodeid(), counts, FileTraffic::plus);
  }

  void add(TrafficSums other) {
    other.byFile.values().forEach(this::add);
  }

  /// Keeps the busiest files, and what the others had as a sum.
  void keep(int files) {
    List<FileTraffic> all = busiest(Integer.MAX_VALUE);
    for (FileTraffic less : all.subList(Math.min(files, all.size()), all.size())) {
      byFile.remove(less.nodeid());
      add(less.asOthers());
    }
  }

  FileTraffic of(long nodeid) {
    return byFile.getOrDefault(nodeid, new FileTraffic(nodeid, 0, 0, 0, 0));
  }

  /// The busiest files, those with most bytes first, without the common sum.
  List<FileTraffic> busiest(int limit) {
    List<FileTraffic> files = new ArrayList<>(byFile.values());
    files.removeIf(counts -> counts.nodeid() == 0);
    files.sort(BUSIEST_FIRST);
    return List.copyOf(files.subList(0, Math.min(limit, files.size())));
  }
}
