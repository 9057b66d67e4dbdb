package io.famfs.cli;

import io.famfs.core.ByteSize;
import io.famfs.core.Errno;
import io.famfs.core.JsonWriter;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.Superblock;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.os.ErrnoException;
import io.famfs.store.FormatOptions;
import io.famfs.store.Volume;
import io.famfs.store.VolumeUsage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `mkfs.famfs`.
@Command(
    name = "mkfs.famfs",
    description = "Makes an empty famfs file system.",
    footer = {"", "Example:  mkfs.famfs --size 1G /dev/shm/famfs.img"})
final class MkfsCommand extends BaseCommand {
  @Option(
      names = {"-f", "--force"},
      description = "Overwrite an existing famfs file system.")
  private boolean force;

  @Option(
      names = {"-l", "--loglen"},
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "Length of the metadata log: a power of two, at least 8M (default: 8M).")
  private long logLengthBytes = LogHeaderLayout.MIN_LOG_BYTES;

  @Option(
      names = {"-s", "--size"},
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "Make DEVICE, a regular file that does not exist yet, with this size.")
  private long sizeBytes;

  @Option(
      names = {"-k", "--kill"},
      description = "Destroy the famfs on DEVICE and make none; only together with -f.")
  private boolean kill;

  @Mixin private CoherenceOptions coherence = new CoherenceOptions();

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  @Option(names = "--verbose", description = "Print more about what was made.")
  private boolean verbose;

  @Mixin private ReferenceOptions referenceOptions = new ReferenceOptions();

  @Parameters(
      arity = "1..*",
      paramLabel = "DEVICE",
      description = "A device-dax node, or a regular file (tmpfs, hugetlbfs, fsdax).")
  private List<Path> devices = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    referenceOptions.note(this::complain);
    return kill ? destroy() : make();
  }

  private int destroy() throws IOException {
    if (!force) {
      throw CliException.misuse("-k destroys a file system and all files in it: add -f to do so");
    }
    if (sizeBytes != 0) {
      throw CliException.misuse("-k makes nothing, so there is no --size");
    }
    Devices named = new Devices(devices, coherence.policies());
    for (Path path : devices) {
      try (MappedDaxDevice device = named.takeOver(path)) {
        boolean destroyed = Volume.destroy(device);
        out().println(path + (destroyed ? ": the famfs is destroyed" : ": there was no famfs"));
      }
    }
    out().flush();
    return DONE;
  }

  private int make() throws IOException {
    List<MappedDaxDevice> opened = new ArrayList<>();
    List<Path> made = new ArrayList<>();
    boolean done = false;
    try {
      Devices named = new Devices(devices, coherence.policies());
      for (Path device : devices) {
        opened.add(open(device, named, made));
      }
      UUID host = HostIdentity.readOrCreate();
      FormatOptions options =
          FormatOptions.ownedBy(host).withLogLength(logLengthBytes).withForce(force);
      try (Volume volume = OpenVolume.format(opened, options)) {
        print(volume);
      }
      done = true;
      return DONE;
    } finally {
      opened.forEach(MappedDaxDevice::close);
      if (!done) {
        for (Path file : made) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private MappedDaxDevice open(Path device, Devices named, List<Path> made) throws IOException {
    if (sizeBytes == 0) {
      return named.takeOver(device);
    }
    try {
      MappedDaxDevice file = DaxDevices.createFile(device, sizeBytes, named.policies().of(device));
      made.add(device);
      OpenVolume.lock(file);
      return file;
    } catch (ErrnoException e) {
      if (e.errno() == Errno.EEXIST) {
        throw new CliException(
            device + " exists already: use it as it is without --size, or remove it first");
      }
      throw e;
    }
  }

  private void print(Volume volume) {
    VolumeUsage usage = volume.usage();
    if (json) {
      StringBuilder text = new StringBuilder();
      new JsonWriter(text)
          .beginObject()
          .name("fs_uuid")
          .value(volume.superblock().fsUuid().toString())
          .name("total_bytes")
          .value(usage.totalBytes())
          .name("free_bytes")
          .value(usage.freeBytes())
          .name("log_len")
          .value(logLengthBytes)
          .name("log_entries")
          .value(usage.logEntriesTotal())
          .endObject();
      out().println(text);
    } else {
      out()
          .println(
              "famfs "
                  + volume.superblock().fsUuid()
                  + " on "
                  + volume.device(0).name()
                  + ": "
                  + ByteSize.human(usage.freeBytes())
                  + " of "
                  + ByteSize.human(usage.totalBytes())
                  + " free, room for "
                  + usage.logEntriesTotal()
                  + " files and directories");
      if (verbose) {
        printMore(volume);
      }
    }
    out().flush();
  }

  private void printMore(Volume volume) {
    Superblock superblock = volume.superblock();
    out().println("version     " + superblock.version());
    out().println("device uuid " + superblock.deviceUuid());
    out().println("owner       " + superblock.systemUuid() + " (this host)");
    out()
        .println(
            "log         "
                + ByteSize.format(superblock.logLengthBytes())
                + " at "
                + superblock.logOffset());
    out().println("alloc unit  " + ByteSize.format(superblock.allocUnitBytes()));
  }
}
