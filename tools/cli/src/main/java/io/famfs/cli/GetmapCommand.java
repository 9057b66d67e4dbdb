package io.famfs.cli;

import io.famfs.core.JsonWriter;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.ExtentList;
import io.famfs.core.extent.Fmap;
import io.famfs.dax.MountedExtents;
import io.famfs.store.namespace.FileInode;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `famfs getmap`.
@Command(
    name = "getmap",
    description = {
      "Shows where on the devices files lie: as the log says, or the server of a mounted file."
    },
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
          show(writer, file, find(volumes, file));
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

  /// Where a file lies.
  ///
  /// @param path as far as it is known relative to the root of the file system
  private record Found(String path, long sizeBytes, Fmap map) {}

  /// Asks the server of a mounted file, also that of a guest that has no device, and reads the log
  /// otherwise.
  private Found find(OpenVolumes volumes, String name) throws IOException {
    Path path = Path.of(name);
    if (devices.missing() && Files.isRegularFile(path) && MountedExtents.isServed(path)) {
      try {
        ExtentList list = MountedExtents.read(path);
        String inside = Location.inMount(name).map(Location::path).orElse(name);
        return new Found(inside, list.sizeBytes(), list.map());
      } catch (FileSystemException e) {
        throw new CliException(name + ": " + e.getReason());
      }
    }
    Location location = devices.locate(name);
    FileInode inode = Inodes.findFile(volumes.reading(location), location);
    return new Found(inode.path(), inode.sizeBytes(), inode.fmap());
  }

  private void show(JsonWriter writer, String name, Found file) {
    if (quiet) {
      return;
    }
    if (json) {
      write(writer, file);
    } else {
      print(Inodes.printable(name), file);
    }
  }

  /// The lines of the reference; an extent that is not on the primary device says so.
  private void print(String name, Found file) {
    Fmap fmap = file.map();
    out().println("File:     " + name);
    out().println("\tsize:    " + file.sizeBytes());
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

  private static void write(JsonWriter writer, Found file) {
    writer.beginObject().name("path").value(file.path()).name("size").value(file.sizeBytes());
    String list = "extents";
    if (file.map() instanceof Fmap.Interleaved interleaved) {
      writer.name("nstrips").value(interleaved.ranges().size());
      writer.name("chunk_size").value(interleaved.chunkBytes());
      list = "strips";
    }
    writer.name(list).beginArray();
    for (DeviceRange range : file.map().ranges()) {
      writer.beginObject().name("dev").value(range.daxdevIndex());
      writer.name("offset").value(range.offset());
      writer.name("len").value(range.lengthBytes()).endObject();
    }
    writer.endArray().endObject();
  }
}
