package io.famfs.cli;

import io.famfs.core.JsonWriter;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.core.format.LogEntry;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.store.Volume;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `famfs stat`.
@Command(
    name = "stat",
    description = "Shows everything the log says about files and directories.",
    footer = {"", "Exit codes: 0 done, 1 when one of them is not there; the others are shown."})
final class StatCommand extends BaseCommand {
  @Mixin private DeviceOptions devices = new DeviceOptions();

  @Option(names = "--json", description = "Print a JSON array.")
  private boolean json;

  @Parameters(arity = "1..*", paramLabel = "PATH", description = "What to look at.")
  private List<String> paths = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    int result = DONE;
    JsonWriter writer = new JsonWriter(out());
    if (json) {
      writer.beginArray();
    }
    try (OpenVolumes volumes = new OpenVolumes()) {
      for (String path : paths) {
        try {
          Location location = devices.locate(path);
          OpenVolume opened = volumes.reading(location);
          Inode inode = Inodes.find(opened, location);
          if (json) {
            write(writer, opened.volume(), inode);
          } else {
            print(opened.volume(), inode);
          }
        } catch (CliException e) {
          complain(e.getMessage());
          result = FAILED;
        }
      }
    }
    if (json) {
      writer.endArray();
      out().println();
    }
    out().flush();
    return result;
  }

  private void print(Volume volume, Inode inode) {
    out().println("  path " + Inodes.printable("/" + inode.path()));
    out()
        .printf(
            Locale.ROOT,
            "  type %s, mode %s, uid %s, gid %s%n",
            inode instanceof DirectoryInode ? "directory" : "file",
            Inodes.octal(inode.mode()),
            Integer.toUnsignedString(inode.uid()),
            Integer.toUnsignedString(inode.gid()));
    out()
        .printf(
            Locale.ROOT,
            "nodeid %s, %s%n",
            Long.toUnsignedString(inode.nodeid()),
            inode.logIndex() < 0
                ? "no log entry"
                : "log entry "
                    + inode.logIndex()
                    + " at byte "
                    + LogHeaderLayout.entryMediaOffset(inode.logIndex()));
    if (inode instanceof DirectoryInode directory) {
      out().println("  with " + directory.childCount() + " children");
    } else if (inode instanceof FileInode file) {
      out()
          .printf(
              Locale.ROOT,
              "  size %d bytes, %d allocated, flags %d%n",
              file.sizeBytes(),
              file.extents().allocatedBytes(),
              flags(volume, file));
      out().println("   map " + map(file.fmap()));
    }
  }

  private static String map(Fmap fmap) {
    int count = fmap.ranges().size();
    return switch (fmap) {
      case Fmap.Simple _ -> "simple, " + count + (count == 1 ? " extent" : " extents");
      case Fmap.Interleaved interleaved ->
          "interleaved over "
              + count
              + (count == 1 ? " strip" : " strips")
              + " in chunks of "
              + interleaved.chunkBytes()
              + " bytes";
    };
  }

  private static int flags(Volume volume, FileInode file) {
    return LogEntries.of(volume, file) instanceof LogEntry.FileEntry entry ? entry.flags() : 0;
  }

  private static void write(JsonWriter writer, Volume volume, Inode inode) {
    writer.beginObject();
    Inodes.writeFields(writer, inode);
    writer.name("log_index").value(inode.logIndex());
    if (inode instanceof DirectoryInode directory) {
      writer.name("children").value(directory.childCount());
    }
    if (inode instanceof FileInode file) {
      writer.name("allocated").value(file.extents().allocatedBytes());
      writer.name("flags").value(flags(volume, file));
      Fmap fmap = file.fmap();
      writer.name("map").value(fmap instanceof Fmap.Simple ? "simple" : "interleaved");
      if (fmap instanceof Fmap.Interleaved interleaved) {
        writer.name("chunk_size").value(interleaved.chunkBytes());
      }
      writer.name("extents").value(fmap.ranges().size());
      writer.name("devices").beginArray();
      fmap.ranges().stream()
          .mapToInt(DeviceRange::daxdevIndex)
          .distinct()
          .sorted()
          .forEach(writer::value);
      writer.endArray();
    }
    writer.endObject();
  }
}
