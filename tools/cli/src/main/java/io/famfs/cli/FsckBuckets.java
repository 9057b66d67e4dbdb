package io.famfs.cli;

import io.famfs.core.JsonWriter;
import io.famfs.store.Volume;
import java.util.ArrayList;
import java.util.List;

/// How full the parts of a device are when it is cut into buckets of equal size, as interleaved
/// files are laid out. What is left behind the last bucket belongs to none.
///
/// @param number from 0
/// @param offset first byte
/// @param lengthBytes its size
/// @param usedBytes bytes with an owner
/// @param largestFreeBytes the longest free run
/// @param freeRuns number of free runs
record FsckBuckets(
    int number,
    long offset,
    long lengthBytes,
    long usedBytes,
    long largestFreeBytes,
    long freeRuns) {

  /// The buckets of the primary device.
  static List<FsckBuckets> of(Volume volume, int count) {
    long unit = volume.superblock().allocUnitBytes();
    long length = volume.device(0).sizeBytes() / unit / count * unit;
    List<SpaceRun> runs = SpaceSurvey.of(volume).getFirst();
    List<FsckBuckets> buckets = new ArrayList<>();
    int first = 0;
    for (int i = 0; i < count && length > 0; i++) {
      long start = i * length;
      while (end(runs.get(first)) <= start) {
        first++;
      }
      buckets.add(bucket(i, start, length, runs, first));
    }
    return buckets;
  }

  private static FsckBuckets bucket(
      int number, long start, long length, List<SpaceRun> runs, int first) {
    long used = 0;
    long largest = 0;
    long freeRuns = 0;
    for (int i = first; i < runs.size() && runs.get(i).offset() < start + length; i++) {
      SpaceRun run = runs.get(i);
      long inside = Math.min(end(run), start + length) - Math.max(run.offset(), start);
      if (run.kind() == SpaceRun.Kind.FREE) {
        freeRuns++;
        largest = Math.max(largest, inside);
      } else {
        used += inside;
      }
    }
    return new FsckBuckets(number, start, length, used, largest, freeRuns);
  }

  private static long end(SpaceRun run) {
    return run.offset() + run.lengthBytes();
  }

  long freeBytes() {
    return lengthBytes - usedBytes;
  }

  void write(JsonWriter json) {
    json.beginObject().name("bucket").value(number);
    json.name("offset").value(offset).name("len").value(lengthBytes);
    json.name("used").value(usedBytes).name("free").value(freeBytes());
    json.name("largest_free").value(largestFreeBytes);
    json.name("free_runs").value(freeRuns).endObject();
  }
}
