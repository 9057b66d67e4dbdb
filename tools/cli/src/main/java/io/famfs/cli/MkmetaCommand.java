package io.famfs.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `famfs mkmeta`: there is nothing it could make.
@Command(
    name = "mkmeta",
    description = "Says that a mount needs no meta files here; always ends with 1.")
final class MkmetaCommand extends BaseCommand {
  @Parameters(arity = "0..*", paramLabel = "DEVICE", description = "Not looked at.")
  private List<String> devices = new ArrayList<>();

  @Override
  public Integer call() {
    complain(
        "there are no meta files to make"
            + (devices.isEmpty() ? "" : " for " + Inodes.printable(String.join(", ", devices)))
            + ": 'famfs mount' reads superblock and log from the device; see them with"
            + " 'famfs dump'");
    return FAILED;
  }
}
