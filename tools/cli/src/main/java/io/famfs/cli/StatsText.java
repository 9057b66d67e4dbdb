package io.famfs.cli;

import io.famfs.core.ByteSize;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// What a server said of itself, for people.
final class StatsText {
  private final PrintWriter out;
  private final JsonTree page;

  StatsText(PrintWriter out, JsonTree page) {
    this.out = out;
    this.page = page;
  }

  /// The first line: which server it is.
  static String title(JsonTree page) {
    JsonTree server = page.get("server");
    return server.get("kind").text()
        + " "
        + server.get("name").text()
        + " (process "
        + server.get("pid").number()
        + ", famfs-server "
        + server.get("version").text()
        + ")";
  }

  /// All of it but files and what windows show.
  void server() {
    out.println(title(page));
    page.get("server").get("details").members().forEach((name, value) -> line(name, value.text()));
    volume(page.get("values"));
    totals();
    operations();
    clients();
    files();
  }

  private void line(String name, String text) {
    out.printf("  %-10s %s%n", name, text);
  }

  private void volume(JsonTree values) {
    line(
        "space",
        value(values, "free_bytes")
            + " of "
            + value(values, "size_bytes")
            + " free, "
            + value(values, "largest_free_run_bytes")
            + " in one piece; "
            + Amounts.count(values.get("famfs_volume_files").number(), "file", "files")
            + ", "
            + Amounts.count(
                values.get("famfs_volume_directories").number(), "directory", "directories"));
    long ranges = values.get("famfs_volume_bad_ranges").number();
    line(
        "memory",
        ranges == 0
            ? "none known to be bad"
            : value(values, "bad_bytes")
                + " bad in "
                + Amounts.count(ranges, "range", "ranges")
                + ", with "
                + Amounts.count(values.get("famfs_volume_bad_files").number(), "file", "files")
                + " on it (see 'famfs poison list')");
    long missing = values.get("famfs_volume_devices_missing").number();
    if (missing > 0) {
      line("missing", Amounts.count(missing, "device", "devices"));
    }
    long faults = values.get("famfs_volume_faults").number();
    if (faults > 0) {
      line("log", Amounts.count(faults, "fault", "faults") + " (see 'famfs fsck')");
    }
  }

  private static String value(JsonTree values, String name) {
    return ByteSize.human(values.get("famfs_volume_" + name).number());
  }

  private void totals() {
    long errors = page.get("errors").members().values().stream().mapToLong(JsonTree::number).sum();
    line(
        "requests",
        page.get("requests").number()
            + ", "
            + (errors == 0 ? "no errors" : Amounts.count(errors, "error", "errors")));
    if (errors > 0) {
      line("errors", counts(page.get("errors")));
    }
    String causes = counts(page.get("causes"));
    if (!causes.isEmpty()) {
      line("causes", causes);
    }
    JsonTree bytes = page.get("bytes");
    long read = bytes.get("read").number();
    long written = bytes.get("written").number();
    long mapped = bytes.get("mapped").number();
    line("copied", ByteSize.human(read) + " read, " + ByteSize.human(written) + " written");
    line(
        "mapped",
        ByteSize.human(mapped)
            + ", "
            + Amounts.share(mapped, mapped + read + written)
            + " of all; "
            + ByteSize.human(bytes.get("unmapped").number())
            + " unmapped");
  }

  /// Such as `ENOENT 12, EIO 1`; what is 0 is left out.
  private static String counts(JsonTree object) {
    return object.members().entrySet().stream()
        .filter(entry -> entry.getValue().number() != 0)
        .map(entry -> Inodes.printable(entry.getKey()) + " " + entry.getValue().number())
        .collect(Collectors.joining(", "));
  }

  private void operations() {
    List<JsonTree> operations =
        page.get("operations").elements().stream()
            .sorted(Comparator.comparingLong((JsonTree o) -> -o.get("count").number()))
            .toList();
    if (operations.isEmpty()) {
      return;
    }
    String format = "  %-16s %12s %8s %8s %8s%n";
    out.println();
    out.printf(format, "operation", "count", "p50", "p99", "max");
    for (JsonTree operation : operations) {
      out.printf(
          format,
          operation.get("name").text(),
          operation.get("count").number(),
          time(operation, "p50Nanos"),
          time(operation, "p99Nanos"),
          time(operation, "maxNanos"));
    }
  }

  private static String time(JsonTree operation, String name) {
    return operation.has(name) ? Amounts.time(operation.get(name).number()) : "-";
  }

  private void clients() {
    out.println();
    List<JsonTree> sessions = page.get("sessions").elements();
    if (sessions.isEmpty()) {
      out.println("  no clients");
    }
    for (JsonTree session : sessions) {
      out.println("  client " + session.get("name").text());
      line(
          "  speaks",
          session.get("connected").isTrue()
              ? "7."
                  + session.get("minor").number()
                  + ", "
                  + session.get("byteOrder").text()
                  + "-endian, "
                  + session.get("architecture").text()
              : "nothing yet");
      if (session.has("window")) {
        line("  window", window(session.get("window")));
      }
    }
  }

  /// One line about a window.
  static String window(JsonTree window) {
    long size = window.get("sizeBytes").number();
    long live = window.get("liveBytes").number();
    return ByteSize.human(live)
        + " of "
        + ByteSize.human(size)
        + " ("
        + Amounts.share(live, size)
        + ") in "
        + Amounts.count(window.get("liveMaps").number(), "map", "maps")
        + "; "
        + window.get("maps").number()
        + " mapped, "
        + window.get("unmaps").number()
        + " unmapped, "
        + window.get("refusals").number()
        + " refused so far";
  }

  private void files() {
    List<JsonTree> files = page.get("files").elements();
    if (files.isEmpty()) {
      return;
    }
    String format = "  %8s %8s %8s %10s  %s%n";
    out.println();
    out.printf(format, "read", "written", "mapped", "requests", "busiest files");
    for (JsonTree file : files) {
      boolean others = file.get("nodeid").number() == 0;
      out.printf(
          format,
          ByteSize.human(file.get("readBytes").number()),
          ByteSize.human(file.get("writtenBytes").number()),
          ByteSize.human(file.get("mappedBytes").number()),
          file.get("requests").number(),
          others ? "(others)" : file.get("path").text());
    }
  }

  /// The file that was asked for.
  void file() {
    JsonTree file = page.get("file");
    List<JsonTree> slots = file.get("slots").elements();
    out.println(file.get("path").text());
    line("server", title(page));
    line("size", file.get("sizeBytes").number() + " bytes, nodeid " + nodeid(file));
    line(
        "copied",
        ByteSize.human(file.get("readBytes").number())
            + " read, "
            + ByteSize.human(file.get("writtenBytes").number())
            + " written");
    line("mapped", ByteSize.human(file.get("mappedBytes").number()) + " so far");
    long shown = slots.stream().mapToLong(slot -> slot.get("lengthBytes").number()).sum();
    line(
        "now",
        slots.isEmpty()
            ? "in no window"
            : ByteSize.human(shown)
                + " in "
                + Amounts.count(slots.size(), "map", "maps")
                + " of windows");
    extents(file);
    slots.stream()
        .collect(Collectors.groupingBy(slot -> slot.get("session").text()))
        .entrySet()
        .stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> slots(entry.getKey(), entry.getValue()));
  }

  private static String nodeid(JsonTree file) {
    return Long.toUnsignedString(file.get("nodeid").number());
  }

  private void extents(JsonTree file) {
    long chunk = file.get("chunkBytes").number();
    out.println();
    out.println(
        chunk == 0 ? "  extents" : "  extents, round robin in pieces of " + ByteSize.format(chunk));
    for (JsonTree extent : file.get("extents").elements()) {
      out.printf(
          Locale.ROOT,
          "  device %d: 0x%x+0x%x%n",
          extent.get("deviceIndex").number(),
          extent.get("offset").number(),
          extent.get("lengthBytes").number());
    }
  }

  /// What every window shows.
  void windows() {
    for (JsonTree session : page.get("sessions").elements()) {
      if (session.has("window")) {
        slots(session.get("name").text(), session.get("window").get("slots").elements());
        int listed = session.get("window").get("slots").elements().size();
        long live = session.get("window").get("liveMaps").number();
        if (listed < live) {
          out.println("  and " + (live - listed) + " more");
        }
      }
    }
  }

  private void slots(String client, List<JsonTree> slots) {
    String format = "  %14s %8s %14s %8s %14s  %s%n";
    out.println();
    out.println("  window of " + client + (slots.isEmpty() ? " shows nothing" : ""));
    if (slots.isEmpty()) {
      return;
    }
    out.printf(format, "in the window", "length", "in the file", "device", "offset", "file");
    for (JsonTree slot : slots) {
      out.printf(
          format,
          hex(slot, "windowOffset"),
          ByteSize.human(slot.get("lengthBytes").number()),
          slot.has("fileOffset") ? hex(slot, "fileOffset") : "?",
          slot.get("deviceIndex").number(),
          hex(slot, "deviceOffset"),
          (slot.has("path") ? slot.get("path").text() : "nodeid " + nodeid(slot))
              + (slot.get("certain").isTrue() ? "" : " (not certain)"));
    }
  }

  private static String hex(JsonTree slot, String name) {
    return "0x" + Long.toHexString(slot.get(name).number());
  }
}
