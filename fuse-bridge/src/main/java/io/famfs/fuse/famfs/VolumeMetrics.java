package io.famfs.fuse.famfs;

import io.famfs.fuse.metrics.MetricKind;
import io.famfs.fuse.metrics.Metrics;
import io.famfs.fuse.metrics.Samples;
import io.famfs.store.BadMemoryStats;
import io.famfs.store.FollowState;
import io.famfs.store.Volume;
import io.famfs.store.VolumeUsage;
import java.util.Locale;
import java.util.function.ToLongFunction;

/// How full a volume is and how far it follows the log, as metrics.
final class VolumeMetrics {
  private final Volume volume;

  VolumeMetrics(Volume volume) {
    this.volume = volume;
  }

  void register(Metrics metrics) {
    usage(metrics, "size_bytes", "Whole allocation units of all devices.", VolumeUsage::totalBytes);
    usage(
        metrics,
        "used_bytes",
        "Space that superblock, log, files and quarantine take.",
        VolumeUsage::usedBytes);
    usage(metrics, "free_bytes", "Space that new files can take.", VolumeUsage::freeBytes);
    usage(
        metrics,
        "largest_free_run_bytes",
        "The largest file that can be created in one piece.",
        VolumeUsage::largestFreeRunBytes);
    usage(
        metrics,
        "quarantined_bytes",
        "Space that is out of use because of damaged entries.",
        VolumeUsage::quarantinedBytes);
    usage(metrics, "files", "Files.", VolumeUsage::files);
    usage(metrics, "directories", "Directories, without the root.", VolumeUsage::directories);
    usage(metrics, "log_entries_used", "Entries the log holds.", VolumeUsage::logEntriesUsed);
    usage(
        metrics,
        "log_entries_limit",
        "Entries the log has room for.",
        VolumeUsage::logEntriesTotal);
    gauge(metrics, "faults", "Faults that replay has found.", v -> v.report().faultCount());
    gauge(metrics, "bad_ranges", "Ranges of bad memory.", v -> v.badRanges().count());
    gauge(metrics, "bad_bytes", "Bytes of bad memory.", v -> v.badRanges().bytes());
    gauge(
        metrics,
        "bad_files",
        "Files that have space on bad memory.",
        v -> v.badMemory().stats().files());
    usage(
        metrics,
        "bad_free_bytes",
        "Space without an owner that is out of use because its memory is bad.",
        VolumeUsage::badBytes);
    metrics.family(
        MetricKind.COUNTER,
        "famfs_volume_memory_faults_total",
        "Pages found bad (failed) or not there (gone) after a failed access, and failed accesses"
            + " that were not this memory's (refuted).",
        this::memoryFaults);
    gauge(metrics, "devices", "Devices the log names.", Volume::deviceCount);
    gauge(metrics, "devices_missing", "Devices that are not there.", VolumeMetrics::missing);
    gauge(
        metrics,
        "log_entries_seen",
        "Entries of the log that are in the namespace or left out.",
        v -> v.followStatus().entriesSeen());
    gauge(
        metrics,
        "log_entries_pending",
        "Entries of the log that are not whole yet.",
        v -> v.followStatus().entriesPending());
    metrics.family(
        MetricKind.GAUGE,
        "famfs_volume_follow_state",
        "1 for what following the log has come to, 0 for the other states.",
        this::followState);
  }

  private void usage(Metrics metrics, String name, String help, ToLongFunction<VolumeUsage> value) {
    gauge(metrics, name, help, v -> value.applyAsLong(v.usage()));
  }

  private void gauge(Metrics metrics, String name, String help, ToLongFunction<Volume> value) {
    metrics.gauge("famfs_volume_" + name, help, () -> value.applyAsLong(volume));
  }

  private static long missing(Volume volume) {
    long count = 0;
    for (int i = 0; i < volume.deviceCount(); i++) {
      count += volume.isMissing(i) ? 1 : 0;
    }
    return count;
  }

  private void memoryFaults(Samples samples) {
    BadMemoryStats stats = volume.badMemory().stats();
    samples.add((double) stats.failedPages(), "cause", "failed");
    samples.add((double) stats.gonePages(), "cause", "gone");
    samples.add((double) stats.refutedFaults(), "cause", "refuted");
  }

  private void followState(Samples samples) {
    FollowState now = volume.followStatus().state();
    for (FollowState state : FollowState.values()) {
      samples.add(state == now ? 1 : 0, "state", state.name().toLowerCase(Locale.ROOT));
    }
  }
}
