package io.famfs.cli;

import io.famfs.core.ByteSize;
import io.famfs.core.JsonWriter;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `famfs map`.
@Command(
    name = "map",
    description = "Draws who owns which space of the devices, one row for each device.")
final class MapCommand extends BaseCommand {
  private static final int DEFAULT_WIDTH = 80;
  private static final int MAX_WIDTH = 10_000;

  @Mixin private VolumeTarget target = new VolumeTarget();

  @Option(
      names = "--width",
      paramLabel = "N",
      description = "Characters in a row (default: those of the terminal, or 80).")
  private @Nullable Integer width;

  @Option(names = "--files", description = "A letter for each file, not for each top directory.")
  private boolean files;

  @Option(
      names = {"-v", "--verbose"},
      description = "List the runs, too.")
  private boolean verbose;

  @Option(names = "--json", description = "Print the runs as JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    int columns = columns();
    try (OpenVolume opened = OpenVolume.forReading(target.devices())) {
      opened.warn(err());
      List<List<SpaceRun>> devices = SpaceSurvey.of(opened.volume());
      if (json) {
        out().println(json(opened, devices));
      } else {
        draw(opened, devices, columns);
      }
      out().flush();
    }
    return DONE;
  }

  private int columns() {
    if (width != null) {
      if (width < 1 || width > MAX_WIDTH) {
        throw CliException.misuse("--width takes 1 to " + MAX_WIDTH);
      }
      return width;
    }
    try {
      int terminal = Integer.parseInt(String.valueOf(System.getenv("COLUMNS")));
      return terminal >= 1 && terminal <= MAX_WIDTH ? terminal : DEFAULT_WIDTH;
    } catch (NumberFormatException e) {
      return DEFAULT_WIDTH;
    }
  }

  private void draw(OpenVolume opened, List<List<SpaceRun>> devices, int columns) {
    SpacePicture picture = new SpacePicture(devices, files);
    for (int i = 0; i < devices.size(); i++) {
      String name = opened.volume().device(i).name();
      long size = opened.volume().device(i).sizeBytes();
      out().println("device " + i + "  " + Inodes.printable(name) + "  " + ByteSize.human(size));
      out().println(picture.row(devices.get(i), columns));
    }
    picture.legend(devices).forEach(out()::println);
    if (opened.volume().report().spaceUnknown()) {
      out().println("A damaged entry may own space that nobody knows: nothing is allocated.");
    }
    if (verbose) {
      devices.stream().flatMap(List::stream).forEach(this::print);
    }
  }

  private void print(SpaceRun run) {
    out()
        .printf(
            Locale.ROOT,
            "%d:0x%x+0x%x %s %s%n",
            run.device(),
            run.offset(),
            run.lengthBytes(),
            run.kind().label(),
            Inodes.printable(String.join(", ", run.owners())));
  }

  private static String json(OpenVolume opened, List<List<SpaceRun>> devices) {
    StringBuilder text = new StringBuilder();
    JsonWriter writer = new JsonWriter(text);
    writer.beginObject();
    writer.name("space_unknown").value(opened.volume().report().spaceUnknown());
    writer.name("devices").beginArray();
    for (int i = 0; i < devices.size(); i++) {
      writer.beginObject().name("index").value(i);
      writer.name("name").value(opened.volume().device(i).name());
      writer.name("size").value(opened.volume().device(i).sizeBytes());
      writer.name("runs").beginArray();
      for (SpaceRun run : devices.get(i)) {
        writer.beginObject().name("offset").value(run.offset());
        writer.name("len").value(run.lengthBytes()).name("kind").value(run.kind().label());
        writer.name("owners").beginArray();
        run.owners().forEach(writer::value);
        writer.endArray().endObject();
      }
      writer.endArray().endObject();
    }
    writer.endArray().endObject();
    return text.toString();
  }
}
