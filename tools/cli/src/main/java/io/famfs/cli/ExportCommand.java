package io.famfs.cli;

import io.famfs.core.JsonWriter;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.core.format.MediaException;
import io.famfs.core.format.Superblock;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.store.Volume;
import io.famfs.store.archive.MetadataExport;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `famfs export`.
@Command(
    name = "export",
    description = "Writes the metadata of a file system, without the bytes of files, into a file.",
    footer = {"", "'famfs import' takes the archive; the JSON form is for other programs."})
final class ExportCommand extends BaseCommand {
  /// Of the JSON form; grows when a member changes its meaning.
  private static final int SCHEMA = 1;

  @Mixin private VolumeTarget target = new VolumeTarget();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where to; needed unless --json prints it.")
  private @Nullable Path output;

  @Option(
      names = {"-f", "--force"},
      description = "Overwrite FILE.")
  private boolean force;

  @Option(names = "--json", description = "The tree as JSON.")
  private boolean json;

  /// Writes what is exported.
  private interface Writing {
    void to(OutputStream out) throws IOException;
  }

  @Override
  public Integer call() throws IOException {
    if (output == null && !json) {
      throw CliException.misuse("name a file: -o FILE");
    }
    if (json) {
      exportTree();
    } else {
      exportArchive(target.devices());
    }
    return DONE;
  }

  private void exportTree() throws IOException {
    try (OpenVolume opened = OpenVolume.forReading(target.devices())) {
      opened.warn(err());
      if (output == null) {
        write(out(), opened.volume());
        return;
      }
      save(
          output,
          stream -> {
            PrintWriter writer = new PrintWriter(stream, false, StandardCharsets.UTF_8);
            write(writer, opened.volume());
            if (writer.checkError()) {
              throw new IOException(output + ": not all of it could be written");
            }
          });
    }
  }

  private void exportArchive(Devices named) throws IOException {
    List<MappedDaxDevice> devices = new ArrayList<>();
    try {
      for (Path path : named.paths()) {
        devices.add(named.open(path, Mode.READ_ONLY));
      }
      DumpCommand.primaryFirst(devices);
      long[] entries = {0};
      save(
          Objects.requireNonNull(output),
          stream -> entries[0] = MetadataExport.write(devices, stream));
      out().println(output + ": " + entries[0] + " log entries of " + devices.getFirst().name());
      out().flush();
    } catch (MediaException e) {
      throw new CliException(
          named.getFirst() + ": " + e.getMessage() + "; " + e.fault().rule().advice());
    } finally {
      devices.forEach(MappedDaxDevice::close);
    }
  }

  /// Writes into a file beside the output and renames it: what has that name is whole.
  private void save(Path file, Writing writing) throws IOException {
    if (!force && Files.exists(file)) {
      throw new FileAlreadyExistsException(file.toString(), null, "exists already (option -f)");
    }
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      try (OutputStream stream =
          new BufferedOutputStream(
              Files.newOutputStream(
                  part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
        writing.to(stream);
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException e) {
      throw new FileAlreadyExistsException(
          part.toString(), null, "is left of another export: remove it");
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(part);
      throw e;
    }
  }

  private static void write(PrintWriter out, Volume volume) {
    JsonWriter writer = new JsonWriter(out);
    Superblock superblock = volume.superblock();
    writer.beginObject().name("schema").value(SCHEMA);
    writer.name("fs_uuid").value(superblock.fsUuid().toString());
    writer.name("system_uuid").value(superblock.systemUuid().toString());
    writer.name("version").unsigned(superblock.version().version());
    writer.name("alloc_unit").value(superblock.allocUnitBytes());
    writer.name("log_len").value(superblock.logLengthBytes());
    writer.name("log_entries").value(volume.usage().logEntriesUsed());
    writer.name("devices").beginArray();
    for (int i = 0; i < volume.deviceCount(); i++) {
      writer.beginObject().name("index").value(i).name("name").value(volume.device(i).name());
      writer.name("size").value(volume.device(i).sizeBytes()).endObject();
    }
    writer.endArray().name("tree").beginArray();
    for (Inode inode : LogEntries.inLogOrder(volume)) {
      writer.beginObject();
      Inodes.writeFields(writer, inode);
      writer.name("log_index").value(inode.logIndex());
      if (inode instanceof FileInode file) {
        map(writer, file.fmap());
      }
      writer.endObject();
    }
    writer.endArray().endObject();
    out.println();
    out.flush();
  }

  private static void map(JsonWriter writer, Fmap fmap) {
    if (fmap instanceof Fmap.Interleaved interleaved) {
      writer.name("chunk_size").value(interleaved.chunkBytes());
    }
    writer.name(fmap instanceof Fmap.Simple ? "extents" : "strips").beginArray();
    for (DeviceRange range : fmap.ranges()) {
      writer.beginObject().name("dev").value(range.daxdevIndex());
      writer.name("offset").value(range.offset());
      writer.name("len").value(range.lengthBytes()).endObject();
    }
    writer.endArray();
  }
}
