package io.famfs.cli;

import io.famfs.core.MemoryRange;
import io.famfs.core.format.Superblock;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.store.Superblocks;
import io.famfs.store.Volume;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.health.BadRangeFiles;
import io.famfs.store.health.BadRangeFiles.Remembered;
import io.famfs.store.health.RangeSet;
import io.famfs.store.namespace.FileInode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `famfs poison add`.
@Command(
    name = "add",
    description = "Says that a range of a device, or of a file, is bad memory.",
    footer = {"", "The range is taken in whole pages."})
final class PoisonAddCommand extends BaseCommand {
  @Mixin private DeviceOptions devices = new DeviceOptions();

  @Parameters(
      index = "0",
      paramLabel = "DEVICE|PATH",
      description = "A device, or a file in a mount; with --device a file of that file system.")
  private String target = "";

  @Parameters(
      index = "1",
      paramLabel = "OFFSET",
      converter = SizeConverter.class,
      description = "The first byte.")
  private long offset;

  @Parameters(
      index = "2",
      paramLabel = "LENGTH",
      converter = SizeConverter.class,
      description = "How many bytes.")
  private long lengthBytes;

  private final BadRangeFiles files = new BadRangeFiles(StateDirectory.path());

  @Override
  public Integer call() throws IOException {
    if (lengthBytes <= 0 || offset < 0 || offset > Long.MAX_VALUE - lengthBytes) {
      throw CliException.misuse("a range has an offset of 0 or more and a length of 1 or more");
    }
    Optional<Location> inMount =
        devices.missing() ? Location.inMount(target) : Optional.of(devices.locate(target));
    if (inMount.isPresent()) {
      addToFile(inMount.get());
    } else {
      addToDevice(Path.of(target));
    }
    return DONE;
  }

  private void addToDevice(Path path) throws IOException {
    try (MappedDaxDevice device = OpenVolume.device(path, Mode.READ_ONLY)) {
      UUID uuid = uuid(device);
      if (uuid == null) {
        throw new CliException(path + " is not a device of a famfs");
      }
      check(device.sizeBytes(), path.toString());
      add(uuid, new MemoryRange(offset, lengthBytes), device.pageBytes(), device.sizeBytes());
    }
  }

  private static @Nullable UUID uuid(MappedDaxDevice device) throws IOException {
    Superblock further = Volume.identify(device);
    return further == null
        ? Superblocks.of(device).map(Superblock::deviceUuid).orElse(null)
        : further.deviceUuid();
  }

  private void addToFile(Location location) throws IOException {
    try (OpenVolume opened = OpenVolume.forReading(location.devices())) {
      if (!(Inodes.find(opened, location) instanceof FileInode file)) {
        throw new CliException(location.display() + " is a directory: name a file or a device");
      }
      opened.requireReachable(file);
      check(file.extents().mappedBytes(), location.display());
      ExtentCursor cursor = new ExtentCursor();
      for (long done = 0; done < lengthBytes; done += cursor.runBytes()) {
        file.extents().resolve(offset + done, lengthBytes - done, cursor);
        int index = cursor.deviceIndex();
        add(
            opened.volume().deviceUuid(index),
            new MemoryRange(cursor.deviceOffset(), cursor.runBytes()),
            opened.volume().device(index).pageBytes(),
            opened.volume().device(index).sizeBytes());
      }
    }
  }

  private void check(long sizeBytes, String name) {
    if (offset + lengthBytes > sizeBytes) {
      throw new CliException(
          name + " has " + sizeBytes + " bytes: the range ends at " + (offset + lengthBytes));
    }
  }

  private void add(UUID uuid, MemoryRange range, int pageBytes, long sizeBytes) throws IOException {
    RangeSet more = RangeSet.of(List.of(range)).inPages(pageBytes, sizeBytes);
    files.change(uuid, old -> new Remembered(old.fault(), old.manual().union(more)));
  }
}
