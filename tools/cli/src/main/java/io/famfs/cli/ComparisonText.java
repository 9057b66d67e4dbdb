package io.famfs.cli;

import io.famfs.bench.load.Comparison;
import io.famfs.bench.load.LoadResult;
import java.io.PrintWriter;
import java.util.Locale;

/// A comparison as a table of Markdown, row by row as they come.
final class ComparisonText {
  private static final double MICRO = 1e3;

  private final PrintWriter out;
  private final String description;

  ComparisonText(PrintWriter out, String description) {
    this.out = out;
    this.description = description;
  }

  void begin() {
    out.println(description);
    out.println();
    out.println(
        "| load | famfs/s | other/s | ratio | p50/p99 us | other's | cpu us | other's | cpu ratio"
            + " | of memcpy |");
    out.println("|---|---|---|---|---|---|---|---|---|---|");
    out.flush();
  }

  void row(Comparison.Outcome outcome) {
    out.printf(
        Locale.ROOT,
        "| %s | %.0f | %.0f | **%.2f** | %s | %s | %.2f | %.2f | %.2f | %s |%n",
        outcome.row().name(),
        outcome.firstPerSecond(),
        outcome.secondPerSecond(),
        outcome.ratio(),
        latencies(outcome.first()),
        latencies(outcome.second()),
        outcome.firstCpuNs() / MICRO,
        outcome.secondCpuNs() / MICRO,
        outcome.cpuRatio(),
        Double.isNaN(outcome.ofCopy()) ? "" : String.format(Locale.ROOT, "%.2f", outcome.ofCopy()));
    out.flush();
  }

  private static String latencies(LoadResult result) {
    return String.format(
        Locale.ROOT, "%.1f/%.1f", LoadText.micros(result, 50), LoadText.micros(result, 99));
  }

  /// @param mmapNanos what the bare call costs
  void window(LoadResult result, double mmapNanos) {
    double mapped = LoadText.micros(result, 50);
    out.printf(
        Locale.ROOT,
        "%n%s and a load from each page: median %.1f us; mmap and the same loads: %.1f us;"
            + " ratio **%.2f**%n",
        result.load().operation(),
        mapped,
        mmapNanos / MICRO,
        mapped / (mmapNanos / MICRO));
    out.flush();
  }

  void end() {
    out.flush();
  }
}
