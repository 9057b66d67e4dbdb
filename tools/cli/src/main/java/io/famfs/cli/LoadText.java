package io.famfs.cli;

import io.famfs.bench.load.Load;
import io.famfs.bench.load.LoadOperation;
import io.famfs.bench.load.LoadResult;
import io.famfs.core.JsonWriter;
import java.io.PrintWriter;
import java.util.Locale;

/// What became of loads, for people or as JSON.
final class LoadText {
  private static final double MICRO = 1e3;

  private final PrintWriter out;
  private final boolean json;
  private final StringBuilder text = new StringBuilder();
  private final JsonWriter writer = new JsonWriter(text);

  LoadText(PrintWriter out, boolean json) {
    this.out = out;
    this.json = json;
  }

  void begin(int peer, long fileBytes) {
    if (json) {
      writer.beginObject().name("server_pid").value(peer).name("file_bytes").value(fileBytes);
      writer.name("loads").beginArray();
      return;
    }
    out.printf(
        Locale.ROOT,
        "%-16s %11s %10s %9s %9s %9s %9s %9s %9s%n",
        "operation",
        "requests/s",
        "MiB/s",
        "p50 us",
        "p99 us",
        "p99.9 us",
        "max us",
        "server us",
        "kicks/req");
    out.flush();
  }

  /// @param mmapNanos what mmap(2) costs in place of a map of the window, NaN for other operations
  void result(LoadResult result, double mmapNanos) {
    if (json) {
      write(result, mmapNanos);
      return;
    }
    out.printf(
        Locale.ROOT,
        "%-16s %11.0f %10.0f %9.1f %9.1f %9.1f %9.1f %9.2f %9.3f%s%n",
        result.load().operation(),
        result.perSecond(),
        result.bytesPerSecond() / (1 << 20),
        micros(result, 50),
        micros(result, 99),
        micros(result, 99.9),
        micros(result, 100),
        result.serverNanosPerRequest() / MICRO,
        (double) result.kicks() / Math.max(1, result.requests()),
        Double.isNaN(mmapNanos)
            ? ""
            : String.format(Locale.ROOT, "  mmap: p50 %.1f us", mmapNanos / MICRO));
    out.flush();
  }

  static double micros(LoadResult result, double percentile) {
    return result.latency().getValueAtPercentile(percentile) / MICRO;
  }

  private void write(LoadResult result, double mmapNanos) {
    Load load = result.load();
    LoadOperation operation = load.operation();
    writer.beginObject().name("operation").value(operation.toString());
    writer.name("depth").value(load.depth()).name("queues").value(load.queues());
    writer.name("polled").value(load.polled()).name("rate").value(load.ratePerSecond());
    writer.name("requests").value(result.requests()).name("ns").value(result.nanos());
    writer.name("server_cpu_ns").value(result.serverNanos());
    writer.name("client_cpu_ns").value(result.clientNanos());
    writer.name("kicks").value(result.kicks());
    writer.name("latency_ns").beginObject();
    for (double percentile : new double[] {50, 90, 99, 99.9, 99.99, 100}) {
      String name = "p" + (percentile % 1 == 0 ? "" + (int) percentile : "" + percentile);
      writer.name(name).value(result.latency().getValueAtPercentile(percentile));
    }
    writer.endObject();
    if (!Double.isNaN(mmapNanos)) {
      writer.name("mmap_ns").value((long) mmapNanos);
    }
    writer.endObject();
  }

  void checksum(long sum) {
    if (json) {
      writer.endArray().name("crc32c").value(String.format("%08x", sum));
      return;
    }
    out.printf("crc32c of the file %08x%n", sum);
  }

  /// @param summed whether a checksum was told
  void end(boolean summed) {
    if (json) {
      if (!summed) {
        writer.endArray();
      }
      writer.endObject();
      out.println(text);
    }
  }
}
