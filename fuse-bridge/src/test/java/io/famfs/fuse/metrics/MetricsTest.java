package io.famfs.fuse.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private final Metrics metrics = new Metrics();

  private String text() throws IOException {
    StringBuilder text = new StringBuilder();
    metrics.write(text);
    return text.toString();
  }

  @Test
  void familiesAreWrittenByNameWithTheirComments() throws IOException {
    AtomicLong reads = new AtomicLong(3);
    metrics.gauge("famfs_z_bytes", "Space.", () -> 2.5);
    metrics.counter("famfs_reads_total", "Reads.", reads::get);
    reads.set(1L << 40);
    assertEquals(
        """
        # HELP famfs_metrics_failures_total Values that could not be had because their source failed.
        # TYPE famfs_metrics_failures_total counter
        famfs_metrics_failures_total 0
        # HELP famfs_reads_total Reads.
        # TYPE famfs_reads_total counter
        famfs_reads_total 1099511627776
        # HELP famfs_z_bytes Space.
        # TYPE famfs_z_bytes gauge
        famfs_z_bytes 2.5
        """,
        text());
  }

  @Test
  void labelsAndHelpAreEscaped() throws IOException {
    metrics.family(
        MetricKind.GAUGE,
        "famfs_x",
        "A \\ and a \"quote\"\nand a line",
        s -> s.add(Double.NaN, "session", "a\"b\\c\nd", "queue", "0"));
    assertTrue(
        text()
            .endsWith(
                """
                # HELP famfs_x A \\\\ and a "quote"\\nand a line
                # TYPE famfs_x gauge
                famfs_x{session="a\\"b\\\\c\\nd",queue="0"} NaN
                """),
        text());
  }

  @Test
  void histogramsHaveBucketsSumAndCount() throws IOException {
    metrics.family(
        MetricKind.HISTOGRAM,
        "famfs_t_seconds",
        "Time.",
        s -> s.histogram(new double[] {1e-6, 0.5}, List.of(1L, 4L, 5L), 3.25, "opcode", "READ"));
    assertTrue(
        text()
            .endsWith(
                """
                # TYPE famfs_t_seconds histogram
                famfs_t_seconds_bucket{opcode="READ",le="1.0E-6"} 1
                famfs_t_seconds_bucket{opcode="READ",le="0.5"} 4
                famfs_t_seconds_bucket{opcode="READ",le="+Inf"} 5
                famfs_t_seconds_sum{opcode="READ"} 3.25
                famfs_t_seconds_count{opcode="READ"} 5
                """),
        text());
  }

  @Test
  void sourceThatFailsCostsItsOwnValuesOnly() throws IOException {
    metrics.gauge(
        "famfs_bad",
        "Fails.",
        () -> {
          throw new IllegalStateException("no");
        });
    metrics.gauge("famfs_good", "Works.", () -> 1);
    String text = text();
    assertTrue(text.contains("# TYPE famfs_bad gauge\n# HELP famfs_good"), text);
    assertTrue(text.contains("famfs_good 1\n"), text);
    assertTrue(text.contains("famfs_metrics_failures_total 1\n"), text);
  }

  @Test
  void namesFollowTheRules() {
    for (String bad : new String[] {"", "Famfs", "famfs-x", "1x", "famfs_x_total", "famfs_é"}) {
      assertThrows(
          IllegalArgumentException.class, () -> metrics.gauge(bad, "", () -> 0), () -> bad);
    }
    assertThrows(IllegalArgumentException.class, () -> metrics.counter("famfs_x", "", () -> 0));
    metrics.gauge("famfs_x", "", () -> 0);
    assertThrows(IllegalArgumentException.class, () -> metrics.gauge("famfs_x", "", () -> 0));
  }
}
