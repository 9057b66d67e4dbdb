package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.fuse.metrics.Metrics;
import io.famfs.fuse.metrics.RuntimeMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The table of metrics in the README is what servers register.
class MetricsTableTest {
  @Test
  void documentHoldsEveryMetric() throws IOException {
    String document = Files.readString(Path.of(System.getProperty("basedir", "."), "README.md"));
    try (Served served = Served.standard()) {
      Metrics metrics = served.server.metrics();
      RuntimeMetrics.register(metrics, "1");
      String table =
          "| metric | kind | meaning |\n|---|---|---|\n"
              + String.join("\n", metrics.describe())
              + "\n\n";
      assertTrue(document.contains(table), () -> "README.md must contain:\n" + table);
    }
  }
}
