package io.famfs.cli;

import io.famfs.core.ByteSize;
import io.famfs.core.JsonWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
      "A file that exists with the same size is filled again, so a copy can be restarted.",
      "Exit 0: everything is copied (with -c: equal), 1: something is not."
    })
final class CpCommand extends BaseCommand {
  @Mixin private DeviceOptions devices = new DeviceOptions();

  @Option(
      names = {"-r", "--recursive"},
      description = "Copy directories with all they hold.")
  private boolean recursive;

  @Option(
      names = {"-p", "--preserve"},
      description =
          "Keep owner, group and all permission bits, and in a mount the time of the last change.")
  private boolean preserve;

  @Option(
      names = {"-c", "--compare"},
      description = "Copy nothing: report what is missing or not equal.")
  private boolean compare;

  @Option(
      names = "--resume",
      description = "Leave alone what is equal already in files that exist.")
  private boolean resume;

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

  @Mixin private Threads threads = new Threads();

  @Mixin private Interleaving interleaving = new Interleaving();

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
    if (compare && resume) {
      throw CliException.misuse("-c changes nothing, so there is nothing to --resume");
    }
    CopyRules rules =
        new CopyRules(
            action(),
            threads.count(),
            preserve,
            source -> ownerships.ofCopy(source, preserve),
            interleaving.layouts());
    List<Path> sources = paths.subList(0, paths.size() - 1).stream().map(Path::of).toList();
    Location destination = devices.locate(paths.getLast());
    CopyPlan plan =
        CopyPlan.of(sources, recursive, p -> !excluded.contains(p.getFileName().toString()));
    Copier copier;
    try (Tree tree = compare ? Tree.forReading(destination) : Tree.forWriting(destination);
        Progress progress = new Progress("cp", plan.totalBytes())) {
      copier = new Copier(tree, rules, progress, this::complain);
      if (verbose) {
        copier.onCopied(this::show);
      }
      copier.run(paths.getLast().endsWith("/") ? plan.towardsDirectory() : plan, destination);
    }
    report(copier);
    return copier.failures() == 0 ? DONE : FAILED;
  }

  /// At once, so that somebody who waits sees how far it is.
  private void show(String line) {
    out().println(line);
    out().flush();
  }

  private CopyRules.Action action() {
    if (compare) {
      return CopyRules.Action.COMPARE;
    }
    return resume ? CopyRules.Action.RESUME : CopyRules.Action.COPY;
  }

  private void report(Copier copier) {
    if (json) {
      StringBuilder text = new StringBuilder();
      new JsonWriter(text)
          .beginObject()
          .name("files")
          .value(copier.files())
          .name("unchanged")
          .value(copier.unchanged())
          .name("directories")
          .value(copier.directories())
          .name("bytes")
          .value(copier.bytes())
          .name("failures")
          .value(copier.failures())
          .endObject();
      out().println(text);
    } else if (verbose) {
      out()
          .println(
              copier.files()
                  + " files, "
                  + ByteSize.human(copier.bytes())
                  + (compare ? " equal, " : " copied, ")
                  + copier.failures()
                  + " failures");
    }
    out().flush();
  }
}
