package io.famfs.fuse.metrics;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;

/// What the Java runtime says of the process: memory, collections, threads, age.
public final class RuntimeMetrics {
  private static final double MILLIS_PER_SECOND = 1e3;

  private RuntimeMetrics() {}

  /// Registers them, and the version of the program.
  public static void register(Metrics metrics, String version) {
    metrics.family(
        MetricKind.GAUGE,
        "famfs_build",
        "1, with the version of the program.",
        samples -> samples.add(1, "version", version, "java", Runtime.version().toString()));
    metrics.gauge(
        "process_start_time_seconds",
        "When the process started, in seconds since 1970.",
        () -> ManagementFactory.getRuntimeMXBean().getStartTime() / MILLIS_PER_SECOND);
    metrics.gauge(
        "process_uptime_seconds",
        "Age of the process.",
        () -> ManagementFactory.getRuntimeMXBean().getUptime() / MILLIS_PER_SECOND);
    metrics.gauge(
        "jvm_threads", "Live threads.", () -> ManagementFactory.getThreadMXBean().getThreadCount());
    metrics.gauge("jvm_heap_used_bytes", "Heap in use.", () -> (double) heap().getUsed());
    metrics.gauge(
        "jvm_heap_committed_bytes",
        "Heap that is committed.",
        () -> (double) heap().getCommitted());
    metrics.gauge("jvm_heap_limit_bytes", "Largest heap.", () -> (double) heap().getMax());
    metrics.family(
        MetricKind.COUNTER,
        "jvm_gc_collections_total",
        "Garbage collections.",
        samples -> {
          for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            samples.add((double) collector.getCollectionCount(), "collector", collector.getName());
          }
        });
    metrics.family(
        MetricKind.COUNTER,
        "jvm_gc_pause_seconds_total",
        "Time spent in garbage collections.",
        samples -> {
          for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            double seconds = collector.getCollectionTime() / MILLIS_PER_SECOND;
            samples.add(seconds, "collector", collector.getName());
          }
        });
  }

  private static MemoryUsage heap() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
  }
}
