package io.famfs.cli;

import io.famfs.core.Errno;
import io.famfs.core.JsonWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `famfs mkdir`.
@Command(name = "mkdir", description = "Makes directories.")
final class MkdirCommand extends BaseCommand {
  private static final int DEFAULT_MODE = 0755;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description = "Work inside the unmounted file system on DEVICE.")
  private @Nullable Path device;

  @Option(
      names = {"-p", "--parents"},
      description = "Make missing parents; an existing directory is no error.")
  private boolean parents;

  @Option(names = "--json", description = "Print what was made as JSON.")
  private boolean json;

  @Mixin private Ownerships ownerships = new Ownerships();

  @Parameters(arity = "1..*", paramLabel = "DIRECTORY", description = "What to make.")
  private List<String> directories = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    List<String> made = new ArrayList<>();
    for (String directory : directories) {
      Location location = Location.of(device, directory);
      try (TreeWriter writer = TreeWriter.open(location)) {
        if (parents) {
          makeAll(writer, location, ownerships.or(DEFAULT_MODE), made);
        } else {
          makeOne(writer, location, made);
        }
      }
    }
    if (json) {
      StringBuilder text = new StringBuilder();
      JsonWriter list = new JsonWriter(text).beginArray();
      made.forEach(list::value);
      list.endArray();
      out().println(text);
      out().flush();
    }
    return DONE;
  }

  private void makeOne(TreeWriter writer, Location location, List<String> made) throws IOException {
    if (writer.find(location.path()) != null) {
      throw new CliException(location.display() + ": " + Errno.describe(Errno.EEXIST));
    }
    writer.mkdir(location.path(), ownerships.or(DEFAULT_MODE));
    made.add(location.path());
  }

  /// Makes a directory and whatever is missing above it.
  static void makeAll(
      TreeWriter writer, Location location, TreeWriter.Ownership ownership, List<String> made)
      throws IOException {
    String path = location.path();
    int end = 0;
    while (end < path.length()) {
      int slash = path.indexOf('/', end);
      end = slash < 0 ? path.length() : slash;
      String part = path.substring(0, end);
      TreeWriter.Present present = writer.find(part);
      if (present == null) {
        writer.mkdir(part, ownership);
        made.add(part);
      } else if (!present.directory()) {
        throw new CliException(part + ": " + Errno.describe(Errno.ENOTDIR));
      }
      end++;
    }
  }
}
