package io.famfs.cli;

import io.famfs.core.Errno;
import io.famfs.core.format.MediaException;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.store.StoreException;
import io.famfs.store.archive.ArchiveException;
import io.famfs.store.archive.MetadataImport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `famfs import`.
@Command(
    name = "import",
    description = {
      "Writes the metadata of an archive back to devices. The bytes of files are not",
      "in the archive: they are what stands on the devices."
    },
    footer = {"", "Several devices: name them in order of their index, the primary one first."})
final class ImportCommand extends BaseCommand {
  @Mixin private DeviceOptions devices = new DeviceOptions();

  @Option(
      names = {"-f", "--force"},
      description = "Destroy another file system, or files that are not in the archive.")
  private boolean force;

  @Option(
      names = {"-n", "--dryrun"},
      description = "Check archive and devices; write nothing.")
  private boolean dryRun;

  @Parameters(paramLabel = "FILE", description = "An archive of 'famfs export'.")
  private Path archive = Path.of("");

  @Override
  public Integer call() throws IOException {
    Devices named = devices.required();
    List<MappedDaxDevice> opened = new ArrayList<>();
    try {
      MetadataImport content = MetadataImport.read(Files.readAllBytes(archive));
      for (Path path : named.paths()) {
        opened.add(dryRun ? named.open(path, Mode.READ_WRITE) : named.takeOver(path));
      }
      content.check(opened, force);
      if (!dryRun) {
        content.restore(opened);
      }
      out()
          .println(
              "file system "
                  + content.fsUuid()
                  + ": "
                  + content.entries()
                  + " log entries, "
                  + content.deviceCount()
                  + (content.deviceCount() == 1 ? " device" : " devices")
                  + (dryRun ? " could be written" : " written"));
      out().flush();
      return DONE;
    } catch (ArchiveException e) {
      throw new CliException(archive + ": " + e.getMessage());
    } catch (MediaException e) {
      throw new CliException(archive + ": what is in the archive is no volume: " + e.getMessage());
    } catch (StoreException e) {
      if (e.errno() == Errno.EEXIST) {
        throw new CliException(e.getMessage() + " (option -f)");
      }
      throw e;
    } finally {
      opened.forEach(MappedDaxDevice::close);
    }
  }
}
