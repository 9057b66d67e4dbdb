package io.famfs.cli;

import io.famfs.core.ByteSize;
import io.famfs.core.JsonWriter;
import io.famfs.store.VolumeUsage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `famfs df`.
@Command(
    name = "df",
    description = "Shows how full file systems are: a row for each device, and their log.",
    footer = {"", "Without a device and a path: every famfs mount of this host."})
final class DfCommand extends BaseCommand {
  @Mixin private VolumeTarget target = new VolumeTarget();

  @Option(
      names = {"-b", "--bytes"},
      description = "Bytes, not rounded sizes.")
  private boolean bytes;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  /// One file system, as it was found.
  ///
  /// @param usage all devices together
  /// @param rows its devices
  private record Volume(VolumeUsage usage, List<Row> rows) {}

  private record Row(
      int index, String name, long sizeBytes, long usedBytes, long freeBytes, String mount) {
    /// Rounded up, as df does; nothing that is used counts as 0.
    long percent() {
      long all = usedBytes + freeBytes;
      return all == 0 ? 0 : (long) Math.ceil(100.0 * usedBytes / all);
    }
  }

  @Override
  public Integer call() throws IOException {
    List<Volume> volumes = new ArrayList<>();
    if (target.missing()) {
      for (MountTable.Entry mount : MountTable.read()) {
        volumes.add(look(Location.of(Devices.of(List.of(mount.device())), ""), mount));
      }
    } else {
      Location location = target.locate();
      volumes.add(look(location, location.mount()));
    }
    if (json) {
      out().println(json(volumes));
    } else {
      print(volumes);
    }
    out().flush();
    return DONE;
  }

  private Volume look(Location location, MountTable.@Nullable Entry mount) throws IOException {
    try (OpenVolume opened = OpenVolume.forReading(location.devices())) {
      opened.warn(err());
      VolumeUsage usage = opened.volume().usage();
      boolean closed = opened.volume().report().spaceUnknown();
      List<Row> rows = new ArrayList<>();
      List<List<SpaceRun>> devices = SpaceSurvey.of(opened.volume());
      for (int i = 0; i < devices.size(); i++) {
        long free =
            devices.get(i).stream()
                .filter(run -> run.kind() == SpaceRun.Kind.FREE)
                .mapToLong(SpaceRun::lengthBytes)
                .sum();
        long size = opened.volume().device(i).sizeBytes();
        rows.add(
            new Row(
                i,
                opened.volume().device(i).name(),
                size,
                size - free,
                closed ? 0 : free,
                mount == null ? "-" : mount.directory().toString()));
      }
      return new Volume(usage, rows);
    }
  }

  private void print(List<Volume> volumes) {
    int width = 6;
    for (Volume volume : volumes) {
      for (Row row : volume.rows) {
        width = Math.max(width, Inodes.printable(row.name).length());
      }
    }
    String format = "%-" + width + "s %14s %14s %14s %5s  %s%n";
    out().printf(Locale.ROOT, format, "Device", "Size", "Used", "Avail", "Use%", "Mounted on");
    for (Volume volume : volumes) {
      for (Row row : volume.rows) {
        out()
            .printf(
                Locale.ROOT,
                format,
                Inodes.printable(row.name),
                size(row.sizeBytes),
                size(row.usedBytes),
                size(row.freeBytes),
                row.percent() + "%",
                row.mount);
      }
      VolumeUsage usage = volume.usage;
      out()
          .printf(
              Locale.ROOT,
              "  %d files, %d directories, %d of %d log entries used%n",
              usage.files(),
              usage.directories(),
              usage.logEntriesUsed(),
              usage.logEntriesTotal());
    }
  }

  private String size(long value) {
    return bytes ? Long.toString(value) : ByteSize.human(value);
  }

  private static String json(List<Volume> volumes) {
    StringBuilder text = new StringBuilder();
    JsonWriter writer = new JsonWriter(text).beginArray();
    for (Volume volume : volumes) {
      VolumeUsage usage = volume.usage;
      writer.beginObject().name("mount").value(volume.rows.getFirst().mount);
      writer.name("files").value(usage.files()).name("directories").value(usage.directories());
      writer.name("log_entries_used").value(usage.logEntriesUsed());
      writer.name("log_entries_total").value(usage.logEntriesTotal());
      writer.name("quarantined_bytes").value(usage.quarantinedBytes());
      writer.name("largest_free_run").value(usage.largestFreeRunBytes());
      writer.name("devices").beginArray();
      for (Row row : volume.rows) {
        writer.beginObject().name("index").value(row.index).name("name").value(row.name);
        writer.name("size").value(row.sizeBytes).name("used").value(row.usedBytes);
        writer.name("free").value(row.freeBytes).endObject();
      }
      writer.endArray().endObject();
    }
    writer.endArray();
    return text.toString();
  }
}
