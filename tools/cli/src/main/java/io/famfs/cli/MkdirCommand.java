package io.famfs.cli;

import io.famfs.core.Errno;
import io.famfs.core.JsonWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `famfs mkdir`.
@Command(name = "mkdir", description = "Makes directories. The umask does not count.")
final class MkdirCommand extends BaseCommand {
  private static final int DEFAULT_MODE = 0755;

  @Mixin private DeviceOptions devices = new DeviceOptions();

  @Option(
      names = {"-p", "--parents"},
      description = "Make missing parents; an existing directory is no error.")
  private boolean parents;

  @Option(
      names = {"-v", "--verbose"},
      description = "Print every directory made.")
  private boolean verbose;

  @Option(names = "--json", description = "Print what was made as JSON.")
  private boolean json;

  @Mixin private Ownerships ownerships = new Ownerships();

  @Parameters(arity = "1..*", paramLabel = "DIRECTORY", description = "What to make.")
  private List<String> directories = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    List<Location> locations =
        directories.stream().map(directory -> devices.locate(directory)).toList();
    List<String> made = new ArrayList<>();
    int failures = 0;
    try (OpenTrees trees = new OpenTrees(Tree::forWriting)) {
      for (Location location : locations) {
        Tree tree = trees.at(location);
        try {
          if (parents) {
            makeAll(tree, location, made);
          } else {
            makeOne(tree, location, made);
          }
        } catch (IOException | CliException e) {
          failures++;
          complain(CommandLines.line(e));
        }
      }
    }
    if (json) {
      StringBuilder text = new StringBuilder();
      JsonWriter list = new JsonWriter(text).beginArray();
      made.forEach(list::value);
      list.endArray();
      out().println(text);
    } else if (verbose) {
      made.forEach(path -> out().println("made directory " + path));
    }
    out().flush();
    return failures == 0 ? DONE : FAILED;
  }

  private void makeOne(Tree tree, Location location, List<String> made) throws IOException {
    if (tree.find(location.path()) != null) {
      throw new CliException(location.display() + ": " + Errno.describe(Errno.EEXIST));
    }
    tree.mkdir(location.path(), ownerships.ofDirectory(DEFAULT_MODE));
    made.add(location.path());
  }

  /// Makes a directory and whatever is missing above it.
  private void makeAll(Tree tree, Location location, List<String> made) throws IOException {
    String path = location.path();
    int end = 0;
    while (end < path.length()) {
      int slash = path.indexOf('/', end);
      end = slash < 0 ? path.length() : slash;
      String part = path.substring(0, end);
      Tree.Present present = tree.find(part);
      if (present == null) {
        tree.mkdir(part, ownerships.ofDirectory(DEFAULT_MODE));
        made.add(part);
      } else if (!present.directory()) {
        throw new CliException(part + ": " + Errno.describe(Errno.ENOTDIR));
      }
      end++;
    }
  }
}
