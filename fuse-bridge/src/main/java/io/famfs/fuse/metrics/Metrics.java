package io.famfs.fuse.metrics;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/// The metrics of one server: every part registers what it counts, once, and is asked for the
/// values when somebody looks.
///
/// Registering costs nothing on the way of a request: a part keeps its own counts, without a lock
/// and per worker where they are counted often, and gives a supplier that reads or sums them. Names
/// begin with `famfs_`, `process_` or `jvm_`, say their unit (`_bytes`, `_seconds`) and, for
/// counters, end in `_total`.
///
/// Safe for use by many threads.
public final class Metrics {
  private static final Logger LOGGER = System.getLogger(Metrics.class.getName());

  private final Map<String, Family> families = new TreeMap<>();
  private final AtomicLong failures = new AtomicLong();

  /// A registry with one metric, which tells how often a source of the others has failed.
  public Metrics() {
    counter(
        "famfs_metrics_failures_total",
        "Values that could not be had because their source failed.",
        failures::get);
  }

  /// Registers a count that only rises.
  ///
  /// @param name ends in `_total`
  /// @throws IllegalArgumentException for a name that breaks the rules or is taken
  public void counter(String name, String help, LongSupplier value) {
    family(MetricKind.COUNTER, name, help, samples -> samples.add((double) value.getAsLong()));
  }

  /// Registers a value that rises and falls.
  ///
  /// @throws IllegalArgumentException for a name that breaks the rules or is taken
  public void gauge(String name, String help, DoubleSupplier value) {
    family(MetricKind.GAUGE, name, help, samples -> samples.add(value.getAsDouble()));
  }

  /// Registers values that differ by labels.
  ///
  /// @param source adds the values there are now; called by any thread; must not block
  /// @throws IllegalArgumentException for a name that breaks the rules or is taken
  public void family(MetricKind kind, String name, String help, Consumer<Samples> source) {
    Family added = new Family(kind, name, help, source);
    synchronized (families) {
      if (families.putIfAbsent(name, added) != null) {
        throw new IllegalArgumentException("two metrics are called " + name);
      }
    }
  }

  /// Writes all families with their values, by name, in Prometheus' text format.
  public void write(Appendable out) throws IOException {
    PrometheusText text = new PrometheusText(out);
    for (Family family : registered()) {
      text.write(family, values(family));
    }
  }

  /// The values that have no labels, by name.
  public SortedMap<String, Double> plainValues() {
    SortedMap<String, Double> plain = new TreeMap<>();
    for (Family family : registered()) {
      for (Samples.Sample sample : values(family)) {
        if (sample.labels().isEmpty() && sample.suffix().isEmpty()) {
          plain.put(family.name(), sample.value());
        }
      }
    }
    return plain;
  }

  /// A line for each family, for documents: name, kind and help.
  public List<String> describe() {
    return registered().stream()
        .map(f -> "| `" + f.name() + "` | " + f.kind().word() + " | " + f.help() + " |")
        .toList();
  }

  private Collection<Family> registered() {
    synchronized (families) {
      return new ArrayList<>(families.values());
    }
  }

  /// A source that fails costs its own values only.
  private List<Samples.Sample> values(Family family) {
    Samples samples = new Samples();
    try {
      family.source().accept(samples);
      return samples.taken();
    } catch (RuntimeException | InternalError e) {
      if (failures.getAndIncrement() == 0) {
        LOGGER.log(Level.WARNING, "metric " + family.name() + " cannot be had", e);
      }
      return List.of();
    }
  }
}
