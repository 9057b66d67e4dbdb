package io.famfs.cli;

import io.famfs.core.ByteSize;
import io.famfs.core.JsonWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `famfs cp`.
@Command(
    name = "cp",
    customSynopsis = "famfs cp [OPTIONS] SOURCE... DESTINATION",
    description = "Copies files of this host into a file system.",
    footer = {
      "",
      "With -r, the contents of a directory SOURCE go into DESTINATION, which is made if missing.",
      "A file that exists with the same size is filled again, so a copy can be restarted."
    })
final class CpCommand extends BaseCommand {
  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description = "Work inside the unmounted file system on DEVICE.")
  private @Nullable Path device;

  @Option(
      names = {"-r", "--recursive"},
      description = "Copy directories with all they hold.")
  private boolean recursive;

  @Option(
      names = "--exclude",
      paramLabel = "NAME",
      description = "Leave out files and directories of this name; may be repeated.")
  private Set<String> excluded = new HashSet<>();

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  @Option(
      names = {"-v", "--verbose"},
      description = "Print every file copied.")
  private boolean verbose;

  @Mixin private Ownerships ownerships = new Ownerships();

  @Parameters(
      arity = "1..*",
      paramLabel = "PATH",
      hideParamSyntax = true,
      description = "Files or directories of this host, then where they go.")
  private List<String> paths = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    if (paths.size() < 2) {
      throw CliException.misuse("name at least one SOURCE and a DESTINATION");
    }
    List<Path> sources = paths.subList(0, paths.size() - 1).stream().map(Path::of).toList();
    Location destination = Location.of(device, paths.getLast());
    CopyPlan plan =
        CopyPlan.of(sources, recursive, p -> !excluded.contains(p.getFileName().toString()));
    Copier copier;
    try (TreeWriter writer = TreeWriter.open(destination);
        Progress progress = new Progress("cp", plan.totalBytes())) {
      copier = new Copier(writer, ownerships::or, progress, this::complain);
      if (verbose) {
        copier.onCopied(line -> out().println(line));
      }
      copier.run(paths.getLast().endsWith("/") ? plan.towardsDirectory() : plan, destination);
    }
    report(copier);
    return copier.failures() == 0 ? DONE : FAILED;
  }

  private void report(Copier copier) {
    if (json) {
      StringBuilder text = new StringBuilder();
      new JsonWriter(text)
          .beginObject()
          .name("files")
          .value(copier.files())
          .name("directories")
          .value(copier.directories())
          .name("bytes")
          .value(copier.bytes())
          .name("failures")
          .value(copier.failures())
          .endObject();
      out().println(text);
    } else if (verbose) {
      out().println(copier.files() + " files, " + ByteSize.human(copier.bytes()) + " copied");
    }
    out().flush();
  }
}
