package io.famfs.cli;

import io.famfs.core.ByteSize;
import io.famfs.core.JsonWriter;
import io.famfs.core.format.MediaFault;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.store.CheckReport;
import io.famfs.store.VolumeCheck;
import io.famfs.store.VolumeUsage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `famfs fsck`: looks, and changes nothing.
@Command(
    name = "fsck",
    description = "Checks a file system without changing it. Exit 0: clean, 1: faults found.")
final class FsckCommand extends BaseCommand {
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Parameters(paramLabel = "DEVICE|MOUNTPOINT", description = "What to check.")
  private Path target = Path.of("");

  @Override
  public Integer call() throws IOException {
    Path device = target;
    if (Files.isDirectory(target)) {
      device =
          Location.inMount(target.toString())
              .map(location -> location.devices().getFirst())
              .orElseThrow(() ->
                  new CliException(
                      target
                          + " is a directory outside every famfs mount: name a device or a mount"
                          + " point"));
    }
    try (MappedDaxDevice opened = OpenVolume.device(device, Mode.READ_ONLY)) {
      CheckReport report = VolumeCheck.check(List.of(opened));
      if (json) {
        out().println(json(report));
      } else {
        print(opened.name(), report);
      }
      out().flush();
      return report.clean() ? DONE : FAILED;
    }
  }

  private void print(String name, CheckReport report) {
    for (MediaFault fault : report.faults()) {
      out().println(name + ": " + fault.describe() + "; " + fault.rule().advice());
    }
    if (report.faultCount() > report.faults().size()) {
      out().println(name + ": ... " + report.faultCount() + " faults in all");
    }
    VolumeUsage usage = report.usage();
    if (usage == null || report.superblock() == null) {
      // Nothing behind the fault could be read.
      return;
    }
    out().println("file system " + report.superblock().fsUuid());
    out()
        .printf(
            Locale.ROOT,
            "log         %d of %d entries used%n"
                + "space       %s of %s used, %s free, largest free run %s%n"
                + "contents    %d files (%d bytes), %d directories%n",
            usage.logEntriesUsed(),
            usage.logEntriesTotal(),
            ByteSize.human(usage.usedBytes()),
            ByteSize.human(usage.totalBytes()),
            ByteSize.human(usage.freeBytes()),
            ByteSize.human(usage.largestFreeRunBytes()),
            usage.files(),
            report.sumFileBytes(),
            usage.directories());
    String verdict = report.faultCount() == 1 ? "1 fault" : report.faultCount() + " faults";
    out().println(report.clean() ? "clean" : verdict);
  }

  private static String json(CheckReport report) {
    StringBuilder text = new StringBuilder();
    JsonWriter writer = new JsonWriter(text);
    writer.beginObject().name("clean").value(report.clean());
    writer.name("fault_count").value(report.faultCount()).name("faults").beginArray();
    for (MediaFault fault : report.faults()) {
      writer.beginObject().name("rule").value(fault.rule().label());
      writer.name("offset").value(fault.offset()).name("message").value(fault.message());
      writer.endObject();
    }
    writer.endArray();
    writer.name("bad_entries").value(report.badEntries());
    writer.name("entries_left_out").value(report.entriesLeftOut());
    writer.name("collisions").value(report.collisions());
    writer.name("sum_file_sizes").value(report.sumFileBytes());
    VolumeUsage usage = report.usage();
    if (usage != null) {
      writer.name("files").value(usage.files());
      writer.name("directories").value(usage.directories());
      writer.name("total_bytes").value(usage.totalBytes());
      writer.name("allocated_bytes").value(usage.usedBytes());
      writer.name("free_bytes").value(usage.freeBytes());
      writer.name("quarantined_bytes").value(usage.quarantinedBytes());
      writer.name("log_entries_used").value(usage.logEntriesUsed());
      writer.name("log_entries_total").value(usage.logEntriesTotal());
    }
    writer.endObject();
    return text.toString();
  }
}
