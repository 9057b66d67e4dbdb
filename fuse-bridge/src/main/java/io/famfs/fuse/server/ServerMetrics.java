package io.famfs.fuse.server;

import io.famfs.core.Errno;
import io.famfs.fuse.metrics.MetricKind;
import io.famfs.fuse.metrics.Metrics;
import io.famfs.fuse.metrics.Samples;
import java.util.function.ToDoubleFunction;

/// What a server counts and measures, as metrics.
final class ServerMetrics {
  private static final double NANOS_PER_SECOND = 1e9;

  private final FuseServer server;

  ServerMetrics(FuseServer server) {
    this.server = server;
  }

  void register(Metrics metrics) {
    metrics.family(
        MetricKind.COUNTER, "famfs_requests_total", "Requests by opcode.", this::requests);
    metrics.family(
        MetricKind.COUNTER, "famfs_error_replies_total", "Replies with an errno.", this::errors);
    metrics.family(
        MetricKind.COUNTER,
        "famfs_bad_requests_total",
        "Requests that were no good or went wrong, by cause.",
        this::causes);
    metrics.family(
        MetricKind.HISTOGRAM,
        "famfs_request_duration_seconds",
        "Time in the server, from the header being taken apart to the reply being complete.",
        this::latencies);
    bytes(metrics, "read", "Bytes copied out by READ.", ServerStats.Bytes::read);
    bytes(metrics, "written", "Bytes copied in by WRITE.", ServerStats.Bytes::written);
    bytes(metrics, "mapped", "Bytes mapped into windows.", ServerStats.Bytes::mapped);
    bytes(metrics, "unmapped", "Bytes that clients unmapped.", ServerStats.Bytes::unmapped);
    metrics.gauge("famfs_lock_waiters", "Requests that wait for a lock.", server::waitingForLocks);
    metrics.gauge("famfs_sessions", "Clients there are.", () -> server.sessions().size());
    window(metrics, "size_bytes", "Size of a client's window.", WindowReport::sizeBytes);
    window(metrics, "live_bytes", "Bytes that a window shows.", WindowReport::liveBytes);
    window(metrics, "live_maps", "Ranges that a window shows.", w -> w.live().size());
    window(metrics, "refusals", "Maps the front-end has refused so far.", WindowReport::refusals);
  }

  private void requests(Samples samples) {
    server.stats().requests().forEach((name, count) -> samples.add((double) count, "opcode", name));
  }

  private void errors(Samples samples) {
    server
        .stats()
        .errors()
        .forEach((errno, count) -> samples.add((double) count, "errno", Errno.name(errno)));
  }

  private void causes(Samples samples) {
    ServerStats.Causes causes = server.stats().causes();
    samples.add((double) causes.malformed(), "cause", "malformed");
    samples.add((double) causes.unknownOpcodes(), "cause", "unknown_opcode");
    samples.add((double) causes.unconnected(), "cause", "unconnected");
    samples.add((double) causes.memoryFaults(), "cause", "memory_fault");
    samples.add((double) causes.failures(), "cause", "failure");
  }

  private void latencies(Samples samples) {
    double[] bounds = new double[OperationLatency.BOUNDS_NANOS.length];
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = OperationLatency.BOUNDS_NANOS[i] / NANOS_PER_SECOND;
    }
    server
        .latencies()
        .forEach((name, latency) -> {
          double sum = latency.sumNanos() / NANOS_PER_SECOND;
          samples.histogram(bounds, latency.atMost(), sum, "opcode", name);
        });
  }

  private void bytes(
      Metrics metrics, String what, String help, ToDoubleFunction<ServerStats.Bytes> value) {
    metrics.family(
        MetricKind.COUNTER,
        "famfs_" + what + "_bytes_total",
        help,
        samples -> samples.add(value.applyAsDouble(server.stats().bytes())));
  }

  private void window(
      Metrics metrics, String what, String help, ToDoubleFunction<WindowReport> value) {
    metrics.family(
        MetricKind.GAUGE,
        "famfs_window_" + what,
        help,
        samples -> {
          for (SessionReport session : server.sessions()) {
            WindowReport window = session.window();
            if (window != null) {
              samples.add(value.applyAsDouble(window), "session", session.name());
            }
          }
        });
  }
}
