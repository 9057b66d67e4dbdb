package io.famfs.cli;

import io.famfs.core.JsonWriter;
import io.famfs.core.MemoryRange;
import io.famfs.store.Volume;
import io.famfs.store.health.BadRange;
import io.famfs.store.namespace.FileInode;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `famfs poison list`.
@Command(name = "list", description = "Lists bad memory and the files on it.")
final class PoisonListCommand extends BaseCommand {
  @Mixin private VolumeTarget target = new VolumeTarget();

  @Option(names = "--json", description = "Print a JSON array.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    try (OpenVolume opened = OpenVolume.forReading(target.devices())) {
      Volume volume = opened.volume();
      if (json) {
        out().println(json(volume));
      } else {
        volume.badRanges().list().forEach(bad -> print(volume, bad));
      }
    }
    out().flush();
    return DONE;
  }

  private static List<String> owners(Volume volume, BadRange bad) {
    MemoryRange range = bad.range();
    return volume.filesTouching(bad.daxdevIndex(), range.offset(), range.lengthBytes()).stream()
        .map(FileInode::path)
        .toList();
  }

  private void print(Volume volume, BadRange bad) {
    out()
        .printf(
            Locale.ROOT,
            "%d:0x%x+0x%x %s %s%n",
            bad.daxdevIndex(),
            bad.range().offset(),
            bad.range().lengthBytes(),
            bad.cause().label(),
            Inodes.printable(String.join(", ", owners(volume, bad))));
  }

  private static String json(Volume volume) {
    StringBuilder text = new StringBuilder();
    JsonWriter writer = new JsonWriter(text).beginArray();
    for (BadRange bad : volume.badRanges().list()) {
      writer.beginObject().name("device").value(bad.daxdevIndex());
      writer.name("name").value(volume.device(bad.daxdevIndex()).name());
      writer.name("offset").value(bad.range().offset());
      writer.name("len").value(bad.range().lengthBytes());
      writer.name("cause").value(bad.cause().label());
      writer.name("files").beginArray();
      owners(volume, bad).forEach(writer::value);
      writer.endArray().endObject();
    }
    writer.endArray();
    return text.toString();
  }
}
