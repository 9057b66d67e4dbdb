package io.famfs.cli;

import io.famfs.store.namespace.FileInode;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `famfs clone`.
@Command(
    name = "clone",
    description = {
      "Damages a file system on purpose: makes a second file on the space of another",
      "one, to test what finds and repairs cross-linked files."
    })
final class CloneCommand extends BaseCommand {
  @Mixin private DeviceOptions devices = new DeviceOptions();

  @Option(names = "--allow-cross-link", description = "Needed: says that the damage is wanted.")
  private boolean allowed;

  @Option(
      names = {"-v", "--verbose"},
      description = "Say what was made.")
  private boolean verbose;

  @Parameters(index = "0", paramLabel = "SOURCE", description = "The file whose space is shared.")
  private String source = "";

  @Parameters(index = "1", paramLabel = "DESTINATION", description = "The new file.")
  private String destination = "";

  @Override
  public Integer call() throws IOException {
    if (!allowed) {
      throw CliException.misuse(
          "the file system would not be clean any more; to test with it add --allow-cross-link");
    }
    Location from = devices.locate(source);
    Location to = devices.locate(destination);
    if (from.mount() != null || to.mount() != null) {
      throw new CliException(
          "the server of a mount makes no damaged entries: unmount, then name the device with"
              + " --device");
    }
    try (OpenVolume opened = OpenVolume.forWriting(from.devices())) {
      FileInode made = opened.volume().crossLink(to.path(), Inodes.findFile(opened, from));
      if (verbose) {
        out()
            .println(
                to.display()
                    + " shares "
                    + made.extents().allocatedBytes()
                    + " bytes with "
                    + from.display());
        out().flush();
      }
    }
    return DONE;
  }
}
