package io.famfs.cli;

import io.famfs.core.ByteSize;
import io.famfs.core.Role;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogHeader;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.Superblock;
import io.famfs.core.format.SuperblockLayout;
import io.famfs.store.CheckReport;
import io.famfs.store.Finding;
import io.famfs.store.Severity;
import io.famfs.store.VolumeUsage;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a check found, for people.
final class FsckText {
  private final PrintWriter out;
  private final boolean human;
  private final boolean verbose;

  FsckText(PrintWriter out, boolean human, boolean verbose) {
    this.out = out;
    this.human = human;
    this.verbose = verbose;
  }

  /// One line per fault.
  void faults(String name, CheckReport report) {
    for (Finding finding : report.findings()) {
      out.println(name + ": " + Inodes.printable(finding.describe()));
    }
    for (Finding note : report.notes()) {
      out.println(name + ": note: " + note.describe());
    }
    if (report.faultCount() > report.findings().size()) {
      out.println(name + ": ... " + report.faultCount() + " faults in all");
    }
  }

  /// Superblock, log, capacity; nothing of what could not be read.
  void volume(CheckReport report, @Nullable UUID host) {
    Superblock superblock = report.superblock();
    LogHeader header = report.logHeader();
    VolumeUsage usage = report.usage();
    if (superblock == null || header == null || usage == null) {
      return;
    }
    superblock(superblock, host);
    log(report, header, usage);
    capacity(report, superblock, usage);
    if (verbose) {
      layout(superblock, header);
    }
  }

  /// How full the buckets of a device are.
  void buckets(List<FsckBuckets> buckets) {
    out.println("buckets");
    for (FsckBuckets bucket : buckets) {
      line(
          bucket.number() + " at " + size(bucket.offset()),
          size(bucket.usedBytes())
              + " of "
              + size(bucket.lengthBytes())
              + " used, "
              + bucket.freeRuns()
              + " free runs, the largest "
              + size(bucket.largestFreeBytes()));
    }
  }

  /// The last line: `clean`, or how many faults of what kind.
  void verdict(CheckReport report) {
    for (CheckReport.Missing missing : report.missing()) {
      out.println(
          "device "
              + missing.daxdevIndex()
              + " is missing: uuid "
              + missing.uuid()
              + ", "
              + ByteSize.human(missing.sizeBytes()));
    }
    if (report.usage() == null) {
      return;
    }
    if (report.clean()) {
      out.println("clean");
      return;
    }
    Map<Severity, Long> kinds =
        report.findings().stream()
            .collect(
                Collectors.groupingBy(
                    Finding::severity, () -> new EnumMap<>(Severity.class), Collectors.counting()));
    String text =
        kinds.entrySet().stream()
            .map(kind -> kind.getValue() + " " + kind.getKey().label())
            .collect(Collectors.joining(", "));
    out.println(
        (report.faultCount() == 1 ? "1 fault" : report.faultCount() + " faults")
            + " ("
            + text
            + ")");
  }

  private void superblock(Superblock superblock, @Nullable UUID host) {
    boolean owner = Role.of(host, superblock.systemUuid()) == Role.MASTER;
    out.println("superblock");
    line("file system uuid", superblock.fsUuid());
    line("device uuid", superblock.deviceUuid());
    line("system uuid", superblock.systemUuid());
    line("role of this host", owner ? "Owner" : "Client");
    line("version", superblock.version());
    line("allocation unit", size(superblock.allocUnitBytes()));
    line(
        "device",
        Inodes.printable(superblock.deviceName().toString())
            + " (where it was made), "
            + size(superblock.deviceSizeBytes()));
  }

  private void log(CheckReport report, LogHeader header, VolumeUsage usage) {
    out.println("log");
    line("entries", usage.logEntriesUsed() + " of " + usage.logEntriesTotal() + " in use");
    line(
        "bytes",
        size(LogHeaderLayout.BYTES + usage.logEntriesUsed() * LogEntryLayout.BYTES)
            + " of "
            + size(header.lengthBytes())
            + " in use");
    line("files", usage.files());
    line("directories", usage.directories());
    line("bad entries", report.counts().badEntries());
    line("entries left out", report.counts().entriesLeftOut());
    line("collisions", report.counts().collisions());
  }

  private void capacity(CheckReport report, Superblock superblock, VolumeUsage usage) {
    out.println("capacity");
    line("devices", size(superblock.deviceSizeBytes()));
    line("whole units", size(usage.totalBytes()));
    line("sum of file sizes", size(report.counts().sumFileBytes()));
    line("allocated", size(usage.usedBytes()));
    line("quarantined", size(usage.quarantinedBytes()));
    line("free", size(usage.freeBytes()));
    line("largest free run", size(usage.largestFreeRunBytes()));
    line("space amplification", amplification(report, usage));
    line(
        "used",
        String.format(
            Locale.ROOT, "%.1f%%", 100.0 * usage.usedBytes() / Math.max(1, usage.totalBytes())));
  }

  /// Bytes taken per byte of file, superblock and log included, as the reference counts.
  static String amplification(CheckReport report, VolumeUsage usage) {
    long sum = report.counts().sumFileBytes();
    return sum == 0
        ? "- (no file has a byte)"
        : String.format(Locale.ROOT, "%.2f", (double) usage.usedBytes() / sum);
  }

  private void layout(Superblock superblock, LogHeader header) {
    out.println("layout");
    line("superblock", SuperblockLayout.BYTES + " bytes at byte 0");
    line("log", superblock.logLengthBytes() + " bytes at byte " + superblock.logOffset());
    line("log header", LogHeaderLayout.BYTES + " bytes");
    line("log entry", LogEntryLayout.BYTES + " bytes");
    line("last index", header.lastIndex());
    line("next index", header.nextIndex());
    line("next seqnum", header.nextSeqnum());
    line("file data", "from byte " + superblock.reservedBytes());
  }

  private String size(long bytes) {
    return human ? ByteSize.human(bytes) : Long.toString(bytes);
  }

  private void line(String name, Object value) {
    out.printf(Locale.ROOT, "  %-20s %s%n", name, value);
  }
}
