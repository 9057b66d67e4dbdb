package io.famfs.cli;

import io.famfs.core.JsonWriter;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.store.namespace.FileInode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `famfs getmap`.
@Command(
    name = "getmap",
    description = "Shows where on the devices files lie, as the log of the file system says.",
    footer = {"", "Exit codes: 0 every file has a map, 1 one of them has not."})
final class GetmapCommand extends BaseCommand {
  @Mixin private DeviceOptions devices = new DeviceOptions();

  @Option(names = "--json", description = "Print JSON; an array when there are several files.")
  private boolean json;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print nothing; only check that every file has a map.")
  private boolean quiet;

  @Option(
      names = {"-c", "--continue"},
      description = "Go on with the next file after an error.")
  private boolean goOn;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Which files.")
  private List<String> files = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    int result = DONE;
    JsonWriter writer = new JsonWriter(out());
    boolean array = json && !quiet && files.size() > 1;
    if (array) {
      writer.beginArray();
    }
    try (OpenVolumes volumes = new OpenVolumes()) {
      for (String file : files) {
        try {
          Location location = devices.locate(file);
          show(writer, file, Inodes.findFile(volumes.reading(location), location));
        } catch (CliException e) {
          complain(e.getMessage());
          result = FAILED;
          if (!goOn) {
            break;
          }
        }
      }
    }
    if (array) {
      writer.endArray();
    }
    if (json && !quiet) {
      out().println();
    }
    out().flush();
    return result;
  }

  private void show(JsonWriter writer, String name, FileInode inode) {
    if (quiet) {
      return;
    }
    if (json) {
      write(writer, inode);
    } else {
      print(Inodes.printable(name), inode);
    }
  }

  /// The lines of the reference; an extent that is not on the primary device says so.
  private void print(String name, FileInode inode) {
    Fmap fmap = inode.fmap();
    out().println("File:     " + name);
    out().println("\tsize:    " + inode.sizeBytes());
    out().println("\textents: " + (fmap instanceof Fmap.Simple ? fmap.ranges().size() : 1));
    if (fmap instanceof Fmap.Interleaved interleaved) {
      out().println("Interleave_Param chunk_size: " + interleaved.chunkBytes());
      out().println("Interleaved extent has " + fmap.ranges().size() + " strips:");
    }
    for (DeviceRange range : fmap.ranges()) {
      String place = "\t\t" + Long.toHexString(range.offset()) + "\t" + range.lengthBytes();
      int device = range.daxdevIndex();
      out().println(device == 0 ? place : place + "\tdevice " + device);
    }
    out().println("famfs_getmap: good file " + name);
  }

  private static void write(JsonWriter writer, FileInode inode) {
    writer.beginObject().name("path").value(inode.path()).name("size").value(inode.sizeBytes());
    String list = "extents";
    if (inode.fmap() instanceof Fmap.Interleaved interleaved) {
      writer.name("nstrips").value(interleaved.ranges().size());
      writer.name("chunk_size").value(interleaved.chunkBytes());
      list = "strips";
    }
    writer.name(list).beginArray();
    for (DeviceRange range : inode.fmap().ranges()) {
      writer.beginObject().name("dev").value(range.daxdevIndex());
      writer.name("offset").value(range.offset());
      writer.name("len").value(range.lengthBytes()).endObject();
    }
    writer.endArray().endObject();
  }
}
