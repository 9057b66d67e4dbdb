package io.famfs.cli;

import io.famfs.core.JsonWriter;
import io.famfs.core.RandomContent;
import io.famfs.store.Placement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `famfs creat`.
@Command(
    name = "creat",
    description = "Makes files of a given size, filled with zeros or with checkable content.",
    footer = {
      "",
      "A file that exists with the same size is no error; with -r it is filled again.",
      "'famfs verify' checks what -r has written."
    })
final class CreatCommand extends BaseCommand {
  private static final int DEFAULT_MODE = 0644;

  @Mixin private DeviceOptions devices = new DeviceOptions();

  @Option(
      names = {"-s", "--size"},
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "Size of the file; it never changes. 0 makes an empty file.")
  private @Nullable Long sizeBytes;

  @Option(
      names = {"-r", "--randomize"},
      description = "Fill the file with the content that a seed stands for.")
  private boolean randomize;

  @Option(
      names = {"-S", "--seed"},
      paramLabel = "SEED",
      converter = Seed.Narrow.class,
      description = "The seed for -r; its low 32 bits count. 0: leave the content alone.")
  private @Nullable Seed seed;

  @Option(
      names = "--seed64",
      paramLabel = "SEED",
      converter = Seed.Wide.class,
      description = "The seed for -r, with all of its 64 bits.")
  private @Nullable Seed wideSeed;

  @Option(
      names = {"-M", "--multi"},
      paramLabel = "NAME,SIZE[,SEED]",
      converter = NamedContent.WithSize.class,
      description = "One of several files, instead of FILE; may be repeated.")
  private List<NamedContent> several = new ArrayList<>();

  @Option(names = "--json", description = "Print what was made as JSON.")
  private boolean json;

  @Option(
      names = {"-v", "--verbose"},
      description = "Print every file made.")
  private boolean verbose;

  @Mixin private Threads threads = new Threads();

  @Mixin private Interleaving interleaving = new Interleaving();

  @Mixin private Ownerships ownerships = new Ownerships();

  @Parameters(arity = "0..1", paramLabel = "FILE", description = "What to make.")
  private @Nullable String file;

  private record Result(Location location, NamedContent wanted, boolean created) {}

  private final List<Result> results = new ArrayList<>();
  private int failures;
  private Interleaving.Layouts layouts = Placement::contiguous;

  @Override
  public Integer call() throws IOException {
    List<NamedContent> wanted = wanted();
    layouts = interleaving.layouts();
    List<Location> locations =
        wanted.stream().map(content -> devices.locate(content.name())).toList();
    long total = wanted.stream().filter(c -> c.seed() != null).mapToLong(c -> c.sizeBytes()).sum();
    try (OpenTrees trees = new OpenTrees(Tree::forWriting);
        Progress progress = new Progress("creat", total);
        WorkQueue queue = new WorkQueue(threads.count())) {
      for (int i = 0; i < locations.size(); i++) {
        Location location = locations.get(i);
        Tree tree = trees.at(location);
        try {
          queue.add(begin(tree, location, wanted.get(i), progress));
        } catch (IOException | CliException e) {
          fail(e);
        }
      }
      queue.finish();
    }
    if (json && (results.size() == 1 || !several.isEmpty())) {
      printJson();
    } else if (verbose) {
      results.forEach(this::print);
    }
    out().flush();
    return failures == 0 ? DONE : FAILED;
  }

  private List<NamedContent> wanted() {
    Seed asked = seed != null ? seed : wideSeed;
    if (!several.isEmpty()) {
      if (file != null || sizeBytes != null || asked != null || randomize) {
        throw CliException.misuse(
            "-M names files, sizes and seeds: no FILE, -s, -r or -S beside it");
      }
      return several;
    }
    if (file == null || sizeBytes == null) {
      throw CliException.misuse("name a FILE and its size, as in: creat -s 64M FILE");
    }
    if (seed != null && wideSeed != null) {
      throw CliException.misuse("-S and --seed64 say the same: give one of them");
    }
    if (randomize != (asked != null)) {
      throw CliException.misuse("-r and a seed (-S or --seed64) belong together");
    }
    return List.of(new NamedContent(file, sizeBytes, asked));
  }

  private ContentWork begin(Tree tree, Location location, NamedContent wanted, Progress progress)
      throws IOException {
    Tree.Present present = tree.find(location.path());
    if (present != null && (present.directory() || present.sizeBytes() != wanted.sizeBytes())) {
      throw new CliException(
          location.display()
              + " exists already and is not a file of "
              + wanted.sizeBytes()
              + " bytes");
    }
    Seed asked = wanted.seed();
    RandomContent content = asked == null || asked.none() ? null : asked.content();
    TreeFile opened =
        present == null
            ? tree.create(
                location.path(),
                wanted.sizeBytes(),
                ownerships.ofFile(DEFAULT_MODE),
                layouts.next())
            : tree.open(location.path());
    boolean changed = present == null || content != null;
    return ContentWork.filling(
        opened,
        content,
        progress,
        (made, _, failure) -> {
          if (failure != null) {
            fail(failure);
            return;
          }
          try {
            if (changed) {
              made.commit();
            }
            results.add(new Result(location, wanted, present == null));
          } catch (IOException | UncheckedIOException e) {
            fail(e);
          }
        });
  }

  private void fail(Exception e) {
    failures++;
    complain(CommandLines.line(e));
  }

  private void print(Result result) {
    out()
        .println(
            result.location().display()
                + (result.created() ? ": made, " : ": exists, ")
                + result.wanted().sizeBytes()
                + " bytes");
  }

  private void printJson() {
    StringBuilder text = new StringBuilder();
    JsonWriter writer = new JsonWriter(text);
    if (several.isEmpty()) {
      results.forEach(result -> print(writer, result));
    } else {
      writer.beginArray();
      results.forEach(result -> print(writer, result));
      writer.endArray();
    }
    out().println(text);
  }

  private static void print(JsonWriter writer, Result result) {
    writer
        .beginObject()
        .name("path")
        .value(result.location().path())
        .name("size")
        .value(result.wanted().sizeBytes())
        .name("created")
        .value(result.created())
        .endObject();
  }
}
