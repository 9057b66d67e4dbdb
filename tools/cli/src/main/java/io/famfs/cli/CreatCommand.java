package io.famfs.cli;

import io.famfs.core.JsonWriter;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `famfs creat`.
@Command(name = "creat", description = "Makes a file of a given size, filled with zeros.")
final class CreatCommand extends BaseCommand {
  private static final int DEFAULT_MODE = 0644;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description = "Work inside the unmounted file system on DEVICE.")
  private @Nullable Path device;

  @Option(
      names = {"-s", "--size"},
      required = true,
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "Size of the file; it never changes.")
  private long sizeBytes;

  @Option(names = "--json", description = "Print what was made as JSON.")
  private boolean json;

  @Mixin private Ownerships ownerships = new Ownerships();

  @Parameters(paramLabel = "FILE", description = "What to make.")
  private String file = "";

  @Override
  public Integer call() throws IOException {
    Location location = Location.of(device, file);
    boolean made = false;
    try (TreeWriter writer = TreeWriter.open(location)) {
      TreeWriter.Present present = writer.find(location.path());
      if (present == null) {
        writer.create(location.path(), sizeBytes, ownerships.or(DEFAULT_MODE), null, _ -> {});
        made = true;
      } else if (present.directory() || present.sizeBytes() != sizeBytes) {
        throw new CliException(
            location.display() + " exists already and is not a file of " + sizeBytes + " bytes");
      }
    }
    if (json) {
      StringBuilder text = new StringBuilder();
      new JsonWriter(text)
          .beginObject()
          .name("path")
          .value(location.path())
          .name("size")
          .value(sizeBytes)
          .name("created")
          .value(made)
          .endObject();
      out().println(text);
      out().flush();
    }
    return DONE;
  }
}
