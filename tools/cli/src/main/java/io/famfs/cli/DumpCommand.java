package io.famfs.cli;

import io.famfs.core.JsonWriter;
import io.famfs.core.format.MediaDump;
import io.famfs.core.format.MediaException;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `famfs dump`: superblock, log header and entries as they are.
@Command(
    name = "dump",
    description = "Prints superblock, log header and log entries as they stand on the device.")
final class DumpCommand extends BaseCommand {
  @Option(names = "--json", description = "As JSON (the only form there is).")
  private boolean json = true;

  @Parameters(paramLabel = "DEVICE", description = "The device.")
  private Path device = Path.of("");

  @Override
  public Integer call() throws IOException {
    if (!json) {
      throw new CliException("there is no other form than --json");
    }
    try (MappedDaxDevice opened = DaxDevices.open(device, Mode.READ_ONLY)) {
      StringBuilder text = new StringBuilder();
      MediaDump.write(opened.memory(), new JsonWriter(text));
      out().println(text);
      out().flush();
    } catch (MediaException e) {
      throw new CliException(device + ": " + e.getMessage());
    }
    return DONE;
  }
}
