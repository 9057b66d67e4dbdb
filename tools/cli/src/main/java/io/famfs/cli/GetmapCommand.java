package io.famfs.cli;

import io.famfs.core.JsonWriter;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.store.namespace.FileInode;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `famfs getmap`.
@Command(name = "getmap", description = "Shows where on the devices a file lies.")
final class GetmapCommand extends BaseCommand {
  @Mixin private DeviceOptions devices = new DeviceOptions();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print nothing; only check that the file has a map.")
  private boolean quiet;

  @Parameters(paramLabel = "FILE", description = "Which file.")
  private String file = "";

  @Override
  public Integer call() throws IOException {
    Location location = devices.locate(file);
    try (OpenVolume opened = OpenVolume.forReading(location.devices())) {
      FileInode inode = Inodes.findFile(opened, location);
      if (!quiet) {
        out().println(json ? json(inode) : text(inode));
        out().flush();
      }
    }
    return DONE;
  }

  private static String text(FileInode inode) {
    StringBuilder text = new StringBuilder();
    text.append(Inodes.printable(inode.path())).append(": size ").append(inode.sizeBytes());
    Fmap fmap = inode.fmap();
    if (fmap instanceof Fmap.Interleaved interleaved) {
      text.append(", interleaved over ")
          .append(fmap.ranges().size())
          .append(" strips in chunks of ")
          .append(interleaved.chunkBytes());
    }
    for (DeviceRange range : fmap.ranges()) {
      text.append(System.lineSeparator())
          .append("  device ")
          .append(range.daxdevIndex())
          .append(" offset 0x")
          .append(Long.toHexString(range.offset()))
          .append(" length 0x")
          .append(Long.toHexString(range.lengthBytes()));
    }
    return text.toString();
  }

  private static String json(FileInode inode) {
    StringBuilder text = new StringBuilder();
    JsonWriter writer = new JsonWriter(text);
    writer.beginObject().name("path").value(inode.path()).name("size").value(inode.sizeBytes());
    String list = "extents";
    if (inode.fmap() instanceof Fmap.Interleaved interleaved) {
      writer.name("nstrips").value(interleaved.ranges().size());
      writer.name("chunk_size").value(interleaved.chunkBytes());
      list = "strips";
    }
    writer.name(list).beginArray();
    for (DeviceRange range : inode.fmap().ranges()) {
      writer
          .beginObject()
          .name("dev")
          .value(range.daxdevIndex())
          .name("offset")
          .value(range.offset())
          .name("len")
          .value(range.lengthBytes())
          .endObject();
    }
    writer.endArray().endObject();
    return text.toString();
  }
}
