package io.famfs.cli;

import io.famfs.bench.load.Load;
import io.famfs.bench.load.LoadClient;
import io.famfs.bench.load.LoadOperation;
import io.famfs.bench.load.LoadOptions;
import io.famfs.bench.load.LoadResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `famfs bench virtiofs`.
@Command(
    name = "virtiofs",
    description = {
      "Connects to a vhost-user-fs socket as a virtual machine would, any server's, and puts load"
          + " on",
      "a file behind it. Whatever the server does, the command ends."
    },
    footer = {
      "",
      "Operations: getattr, lookup, open (with its release), read:SIZE, write:SIZE,"
          + " setupmapping:SIZE",
      "(a range of the window mapped and each of its pages loaded from, one at a time)."
    })
final class BenchVirtiofsCommand extends BaseCommand {
  private static final long MILLIS = 1000;

  @Option(
      names = "--socket",
      required = true,
      paramLabel = "PATH",
      description = "Where the server listens.")
  private Path socket = Path.of("");

  @Option(
      names = "--file",
      required = true,
      paramLabel = "FILE",
      description =
          "The file, from the root of the file system. Its content is overwritten by"
              + " write and --verify.")
  private String file = "";

  @Option(
      names = "--op",
      split = ",",
      paramLabel = "OPERATION",
      converter = LoadOperationConverter.class,
      description =
          "What requests do; repeat it for more, one after the other."
              + " Default: getattr,lookup,read:4k.")
  private List<LoadOperation> operations = new ArrayList<>();

  @Option(
      names = "--depth",
      paramLabel = "N",
      defaultValue = "8",
      description = "Requests under way in each queue, 1 to 128. Default: ${DEFAULT-VALUE}.")
  private int depth;

  @Option(
      names = "--queues",
      paramLabel = "N",
      defaultValue = "1",
      description = "Request queues, each with a thread of its own. Default: ${DEFAULT-VALUE}.")
  private int queues;

  /// How replies are awaited.
  static final class Waiting {
    @Option(names = "--polled", description = "Look for replies all the time.")
    private boolean polled;

    @Option(names = "--by-event", description = "Sleep until replies come. This is the default.")
    private boolean byEvent;
  }

  @ArgGroup private Waiting waiting = new Waiting();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "3",
      description = "How long each operation is done. Default: ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Requests that are due each second, whether earlier ones are answered or not;"
              + " latencies count from when they are due. Default: as many as go.")
  private long rate;

  @Option(names = "--random", description = "Draw the offsets of read and write.")
  private boolean random;

  @Option(
      names = "--verify",
      description =
          "Overwrite the file with bytes that say where they are, compare everything read"
              + " with them, and print a checksum of all of it at the end.")
  private boolean verify;

  @Option(
      names = "--limit",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "How long the server may take for anything. Default: ${DEFAULT-VALUE}.")
  private double limitSeconds;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<LoadOperation> wanted = operations.isEmpty() ? standard() : operations;
    LoadText text = new LoadText(out(), json);
    try {
      int limitMillis = Math.toIntExact(Math.round(limitSeconds * MILLIS));
      LoadOptions options = new LoadOptions(socket, file, queues, depth, limitMillis);
      List<Load> loads = wanted.stream().map(this::load).toList();
      try (LoadClient client = LoadClient.connect(options)) {
        run(client, loads, text);
      }
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw CliException.misuse(String.valueOf(e.getMessage()));
    }
    out().flush();
    return DONE;
  }

  private static List<LoadOperation> standard() {
    return List.of(
        LoadOperation.parse("getattr"),
        LoadOperation.parse("lookup"),
        LoadOperation.parse("read:4k"));
  }

  private Load load(LoadOperation operation) {
    long millis = Math.round(seconds * MILLIS);
    return new Load(
        operation, depth, queues, waiting.polled && !waiting.byEvent, millis, rate, random, verify);
  }

  private void run(LoadClient client, List<Load> loads, LoadText text)
      throws IOException, InterruptedException {
    if (verify) {
      client.fill();
    }
    text.begin(client.peer(), client.fileBytes());
    for (Load load : loads) {
      LoadResult result = client.run(load);
      text.result(result, client.mmapNanos(load));
    }
    if (verify) {
      text.checksum(client.checksum());
    }
    text.end(verify);
  }
}
