package io.famfs.cli;

import io.famfs.core.ByteSize;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What a server did between two looks at it, as lines.
final class TopText {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double HALF = 0.5;
  private static final double NEARLY_ALL = 0.99;

  private final JsonTree before;
  private final JsonTree now;
  private final double seconds;

  /// @param before the earlier page
  /// @param now the later one
  TopText(JsonTree before, JsonTree now) {
    this.before = before;
    this.now = now;
    long nanos = at(now) - at(before);
    seconds = Math.max(1, nanos) / NANOS_PER_SECOND;
  }

  private static long at(JsonTree page) {
    return page.get("server").get("nanos").number();
  }

  /// Whether both pages are of the same process.
  static boolean sameProcess(JsonTree before, JsonTree now) {
    JsonTree one = before.get("server").get("pid");
    return one.equals(now.get("server").get("pid")) && at(now) > at(before);
  }

  /// All of it, the most important first.
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(StatsText.title(now));
    lines.add(totals());
    lines.add(bytes());
    memory(lines);
    clients(lines);
    operations(lines);
    files(lines);
    return lines;
  }

  private double rate(long later, long earlier) {
    return Math.max(0, later - earlier) / seconds;
  }

  private String bytesRate(JsonTree later, JsonTree earlier, String name) {
    double rate = rate(later.get(name).number(), earlier.get(name).number());
    return ByteSize.human(Math.round(rate)) + "/s";
  }

  private static long errors(JsonTree page) {
    return page.get("errors").members().values().stream().mapToLong(JsonTree::number).sum();
  }

  private String totals() {
    return String.format(
        Locale.ROOT,
        "%s operations/s, %s errors/s, %d waiting for locks",
        Amounts.rate(rate(now.get("requests").number(), before.get("requests").number())),
        Amounts.rate(rate(errors(now), errors(before))),
        now.get("values").get("famfs_lock_waiters").number());
  }

  private String bytes() {
    JsonTree later = now.get("bytes");
    JsonTree earlier = before.get("bytes");
    return "copied: "
        + bytesRate(later, earlier, "read")
        + " read, "
        + bytesRate(later, earlier, "written")
        + " written; mapped: "
        + bytesRate(later, earlier, "mapped")
        + ", "
        + bytesRate(later, earlier, "unmapped")
        + " unmapped";
  }

  private void memory(List<String> lines) {
    JsonTree values = now.get("values");
    long bad = values.get("famfs_volume_bad_bytes").number();
    if (bad > 0) {
      lines.add(
          "memory: "
              + ByteSize.human(bad)
              + " bad, with "
              + Amounts.count(values.get("famfs_volume_bad_files").number(), "file", "files")
              + " on it");
    }
  }

  private void clients(List<String> lines) {
    lines.add("");
    List<JsonTree> sessions = now.get("sessions").elements();
    lines.add(Amounts.count(sessions.size(), "client", "clients"));
    for (JsonTree session : sessions) {
      String window =
          session.has("window") ? ": window " + StatsText.window(session.get("window")) : "";
      lines.add("  " + session.get("name").text() + window);
    }
  }

  private void operations(List<String> lines) {
    Map<String, JsonTree> earlier = new HashMap<>();
    before
        .get("operations")
        .elements()
        .forEach(operation -> earlier.put(operation.get("name").raw(), operation));
    List<Long> bounds = now.get("boundsNanos").elements().stream().map(JsonTree::number).toList();
    List<Row> rows = new ArrayList<>();
    for (JsonTree operation : now.get("operations").elements()) {
      JsonTree old = earlier.getOrDefault(operation.get("name").raw(), new JsonTree(null));
      long count = operation.get("count").number();
      double perSecond = rate(count, old.get("count").number());
      List<Long> atMost = differences(operation.get("atMost"), old.get("atMost"));
      String text =
          String.format(
              Locale.ROOT,
              "%-16s %9s %9s %9s %12d",
              operation.get("name").text(),
              Amounts.rate(perSecond),
              bound(atMost, bounds, HALF),
              bound(atMost, bounds, NEARLY_ALL),
              count);
      rows.add(new Row(perSecond, count, text));
    }
    table(lines, String.format("%-16s %9s %9s %9s %12s", "", "ops/s", "p50", "p99", "total"), rows);
  }

  /// A line of a table; those with most per second come first, and of these those with most.
  private record Row(double perSecond, long total, String text) {}

  private static void table(List<String> lines, String head, List<Row> rows) {
    if (rows.isEmpty()) {
      return;
    }
    lines.add("");
    lines.add(head);
    rows.stream()
        .sorted(Comparator.comparingDouble(Row::perSecond).thenComparingLong(Row::total).reversed())
        .forEach(row -> lines.add(row.text()));
  }

  private static List<Long> differences(JsonTree later, JsonTree earlier) {
    List<JsonTree> old = earlier.elements();
    List<Long> differences = new ArrayList<>();
    for (JsonTree value : later.elements()) {
      int i = differences.size();
      differences.add(value.number() - (i < old.size() ? old.get(i).number() : 0));
    }
    return differences;
  }

  /// The bound that a share of the requests did not exceed: `<=5.0us`; `-` when there was none.
  ///
  /// @param atMost requests at or below each bound, and as one more all of them
  static String bound(List<Long> atMost, List<Long> bounds, double share) {
    if (atMost.isEmpty() || atMost.getLast() <= 0) {
      return "-";
    }
    double wanted = share * atMost.getLast();
    for (int i = 0; i < Math.min(bounds.size(), atMost.size()); i++) {
      if (atMost.get(i) >= wanted) {
        return "<=" + Amounts.time(bounds.get(i));
      }
    }
    return bounds.isEmpty() ? "-" : ">" + Amounts.time(bounds.getLast());
  }

  private void files(List<String> lines) {
    Map<Long, JsonTree> earlier = new HashMap<>();
    before.get("files").elements().forEach(file -> earlier.put(file.get("nodeid").number(), file));
    List<Row> rows = new ArrayList<>();
    for (JsonTree file : now.get("files").elements()) {
      JsonTree old = earlier.getOrDefault(file.get("nodeid").number(), new JsonTree(null));
      long total = moved(file);
      boolean others = file.get("nodeid").number() == 0;
      String text =
          String.format(
              Locale.ROOT,
              "%9s %9s %9s  %s",
              bytesRate(file, old, "readBytes"),
              bytesRate(file, old, "writtenBytes"),
              bytesRate(file, old, "mappedBytes"),
              others ? "(others)" : file.get("path").text());
      rows.add(new Row(rate(total, moved(old)), total, text));
    }
    table(
        lines,
        String.format("%9s %9s %9s  %s", "read", "written", "mapped", "busiest files"),
        rows);
  }

  private static long moved(JsonTree file) {
    return file.get("readBytes").number()
        + file.get("writtenBytes").number()
        + file.get("mappedBytes").number();
  }
}
