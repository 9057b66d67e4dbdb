package io.famfs.cli;

import io.famfs.core.ByteSize;
import io.famfs.core.Errno;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `famfs devadd`.
@Command(
    name = "devadd",
    description = "Adds devices to an unmounted file system; their first 2M are overwritten.",
    footer = {"", "Example:  famfs devadd /dev/dax1.0 --device /dev/dax0.0"})
final class DevaddCommand extends BaseCommand {
  @Mixin private DeviceOptions devices = new DeviceOptions();

  @Option(
      names = {"-f", "--force"},
      description = "Destroy a famfs that a device holds.")
  private boolean force;

  @Parameters(arity = "1..*", paramLabel = "DEVICE", description = "The devices to add.")
  private List<Path> added = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    Devices named = devices.required();
    try (OpenVolume opened = OpenVolume.forWriting(named)) {
      opened.warn(err());
      for (Path path : added) {
        try (MappedDaxDevice device = OpenVolume.lock(path, named.policies().of(path))) {
          add(opened, device);
        }
      }
    }
    out().flush();
    return DONE;
  }

  private void add(OpenVolume opened, MappedDaxDevice device) throws IOException {
    try {
      opened.volume().addDevice(device, force);
    } catch (StoreException e) {
      if (e.errno() == Errno.EEXIST) {
        throw new CliException(e.getMessage() + " (option -f)");
      }
      throw e;
    }
    out()
        .println(
            device.name()
                + " is device "
                + (opened.volume().deviceCount() - 1)
                + " of famfs "
                + opened.volume().superblock().fsUuid()
                + ": "
                + ByteSize.human(opened.volume().usage().freeBytes())
                + " free now");
  }
}
