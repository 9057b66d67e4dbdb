package io.famfs.cli;

import io.famfs.core.Errno;
import io.famfs.core.JsonWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `famfs verify`.
@Command(
    name = "verify",
    description = "Checks the content that 'creat -r' or another famfs gave to files.",
    footer = {"", "Exit 0: all equal, 1: a file differs; the first bad byte is named."})
final class VerifyCommand extends BaseCommand {
  @Mixin private DeviceOptions devices = new DeviceOptions();

  @Option(
      names = {"-f", "--filename"},
      paramLabel = "FILE",
      description = "A file to check; the same as FILE at the end.")
  private List<String> named = new ArrayList<>();

  @Option(
      names = {"-S", "--seed"},
      paramLabel = "SEED",
      converter = Seed.Narrow.class,
      description = "The seed of the content; its low 32 bits count.")
  private @Nullable Seed seed;

  @Option(
      names = "--seed64",
      paramLabel = "SEED",
      converter = Seed.Wide.class,
      description = "The seed of the content, with all of its 64 bits.")
  private @Nullable Seed wideSeed;

  @Option(
      names = {"-m", "--multi"},
      paramLabel = "FILE,SEED",
      converter = NamedContent.WithSeed.class,
      description = "One of several files with its own seed; may be repeated.")
  private List<NamedContent> several = new ArrayList<>();

  @Mixin private Threads threads = new Threads();

  @Option(
      names = {"-q", "--quiet"},
      description = "Say nothing about files that are right.")
  private boolean quiet;

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  @Parameters(arity = "0..*", paramLabel = "FILE", description = "What to check.")
  private List<String> files = new ArrayList<>();

  private record Result(Location location, long sizeBytes, long firstBad) {}

  private record Target(Location location, Seed seed, long sizeBytes) {}

  private final List<Result> results = new ArrayList<>();
  private int failures;

  @Override
  public Integer call() throws IOException {
    List<NamedContent> wanted = wanted();
    try (OpenTrees trees = new OpenTrees(Tree::forReading)) {
      List<Target> targets = find(wanted, trees);
      long total = targets.stream().mapToLong(Target::sizeBytes).sum();
      try (Progress progress = new Progress("verify", total);
          WorkQueue queue = new WorkQueue(threads.count())) {
        for (Target target : targets) {
          TreeFile opened = trees.at(target.location()).open(target.location().path());
          queue.add(
              ContentWork.checking(
                  opened,
                  target.seed().content(),
                  progress,
                  (file, bad, failure) -> end(target.location(), file, bad, failure)));
        }
        queue.finish();
      }
    }
    print();
    return failures == 0 ? DONE : FAILED;
  }

  private List<NamedContent> wanted() {
    List<String> names = new ArrayList<>(named);
    names.addAll(files);
    Seed asked = seed != null ? seed : wideSeed;
    if (seed != null && wideSeed != null) {
      throw CliException.misuse("-S and --seed64 say the same: give one of them");
    }
    if (!several.isEmpty() && (asked != null || !names.isEmpty())) {
      throw CliException.misuse("-m names files and seeds: no other FILE and no -S beside it");
    }
    if (several.isEmpty() && (asked == null || names.isEmpty())) {
      throw CliException.misuse("name the FILE and the seed (-S or --seed64) of its content");
    }
    List<NamedContent> wanted =
        several.isEmpty()
            ? names.stream().map(name -> new NamedContent(name, 0, asked)).toList()
            : several;
    if (wanted.stream().anyMatch(c -> c.seed() == null || c.seed().none())) {
      throw CliException.misuse("the seed 0 stands for no content: there is nothing to check");
    }
    return wanted;
  }

  private List<Target> find(List<NamedContent> wanted, OpenTrees trees) throws IOException {
    List<Target> targets = new ArrayList<>();
    for (NamedContent content : wanted) {
      Location location = devices.locate(content.name());
      Tree.Present present = trees.at(location).find(location.path());
      Seed asked = content.seed();
      if (present == null || present.directory() || asked == null) {
        int errno = present == null ? Errno.ENOENT : Errno.EISDIR;
        fail(location.display() + ": " + Errno.describe(errno));
      } else {
        targets.add(new Target(location, asked, present.sizeBytes()));
      }
    }
    return targets;
  }

  private void end(Location location, TreeFile file, long bad, @Nullable Exception failure) {
    if (failure != null) {
      fail(location.display() + ": " + CommandLines.line(failure));
      return;
    }
    results.add(new Result(location, file.sizeBytes(), bad));
    if (bad >= 0) {
      fail(
          location.display()
              + " differs at byte "
              + bad
              + " of "
              + file.sizeBytes()
              + " from the content of its seed");
    }
  }

  private void fail(String message) {
    failures++;
    complain(message);
  }

  private void print() {
    if (json) {
      StringBuilder text = new StringBuilder();
      JsonWriter writer = new JsonWriter(text).beginArray();
      for (Result result : results) {
        writer.beginObject().name("path").value(result.location().path());
        writer.name("size").value(result.sizeBytes()).name("equal").value(result.firstBad() < 0);
        if (result.firstBad() >= 0) {
          writer.name("first_bad").value(result.firstBad());
        }
        writer.endObject();
      }
      writer.endArray();
      out().println(text);
    } else if (!quiet) {
      results.stream()
          .filter(result -> result.firstBad() < 0)
          .forEach(result ->
              out()
                  .println(
                      result.location().display() + ": " + result.sizeBytes() + " bytes verified"));
    }
    out().flush();
  }
}
