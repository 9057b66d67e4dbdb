package io.famfs.cli;

import io.famfs.bench.load.Comparison;
import io.famfs.bench.load.Load;
import io.famfs.bench.load.LoadClient;
import io.famfs.bench.load.LoadOperation;
import io.famfs.bench.load.LoadOptions;
import io.famfs.bench.load.MemoryCopy;
import io.famfs.core.ByteSize;
import io.famfs.os.CpuSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `famfs bench compare`.
@Command(
    name = "compare",
    description = {
      "Starts 'famfs serve' and virtiofsd, each with a file of the same size in memory, and puts"
          + " the",
      "same loads on both, in turn. virtiofsd is fetched from Debian and not installed."
    },
    footer = {
      "",
      "Each row runs several times on either side; printed are the medians, and those of the"
          + " ratios",
      "within a round. cpu: processor time of the server's process for a request."
    })
final class BenchCompareCommand extends BaseCommand {
  private static final int LIMIT_MILLIS = 20_000;
  private static final int DEPTH = 8;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "How often each row runs on either side. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--millis",
      paramLabel = "N",
      defaultValue = "500",
      description = "How long each run is. Default: ${DEFAULT-VALUE}.")
  private long millis;

  @Option(
      names = "--size",
      paramLabel = "SIZE",
      defaultValue = "64M",
      converter = SizeConverter.class,
      description = "Size of the file. Default: ${DEFAULT-VALUE}.")
  private long fileBytes;

  @Option(
      names = "--rows",
      paramLabel = "PATTERN",
      defaultValue = ".*",
      description = "Only rows whose name matches this regular expression.")
  private String pattern = ".*";

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "How long famfs does each row before it is measured, in milliseconds: it is"
              + " compiled while it runs. Default: ${DEFAULT-VALUE}.")
  private long warmUpMillis;

  @Option(
      names = "--pin",
      description = "Run this client on the first processor and each server on the second one.")
  private boolean pin;

  @Option(
      names = "--virtiofsd",
      paramLabel = "PROGRAM",
      description = "Compare with this virtiofsd instead of Debian's.")
  private @Nullable Path program;

  @Option(
      names = "--serve",
      paramLabel = "OPTION",
      description =
          "Give 'famfs serve' this option as well, as in --serve=--poll-us=0;"
              + " may be repeated.")
  private List<String> serveOptions = new ArrayList<>();

  @Override
  public Integer call() throws IOException, InterruptedException {
    CpuSet all = CpuSet.ofThisThread();
    if (pin && all.count() < 2) {
      throw CliException.misuse("--pin: there is one processor only");
    }
    if (pin) {
      // What is started from a thread inherits its processors.
      all.one(1).bindThisThread();
    }
    try (ComparedServers servers =
        ComparedServers.start(fileBytes, serveOptions, program, this::say)) {
      if (pin) {
        all.one(0).bindThisThread();
      }
      compare(servers);
    } finally {
      all.bindThisThread();
    }
    return DONE;
  }

  private void say(String line) {
    err().println(line);
    err().flush();
  }

  private void compare(ComparedServers servers) throws IOException, InterruptedException {
    ComparisonText text = new ComparisonText(out(), servers.description());
    try (LoadClient ours = connect(servers.ours(), 2);
        LoadClient theirs = connect(servers.theirs(), 1);
        LoadClient windowed = connect(servers.windowed(), 1);
        MemoryCopy copy = new MemoryCopy(fileBytes, DEPTH)) {
      ours.fill();
      theirs.fill();
      if (ours.checksum() != theirs.checksum()) {
        throw new CliException("the servers show different bytes");
      }
      text.begin();
      List<Comparison.Row> rows = rows().stream().filter(r -> r.name().matches(pattern)).toList();
      for (Comparison.Row row : rows) {
        ours.run(row.first().withMillis(warmUpMillis));
      }
      new Comparison(ours, theirs, copy, rounds).run(rows, text::row);
      if ("setupmapping".matches(pattern)) {
        LoadOperation map = LoadOperation.parse("setupmapping:2M");
        Load load = Load.closed(map, 1, false, millis);
        windowed.run(load.withMillis(warmUpMillis));
        text.window(windowed.run(load), windowed.mmapNanos(load));
      }
    }
    text.end();
  }

  private static LoadClient connect(Path socket, int queues) throws IOException {
    LoadOptions options =
        new LoadOptions(socket, ComparedServers.FILE, queues, DEPTH, LIMIT_MILLIS);
    return LoadClient.connect(options);
  }

  private List<Comparison.Row> rows() {
    List<Comparison.Row> rows = new ArrayList<>();
    for (String operation :
        List.of(
            "getattr",
            "lookup",
            "open",
            "read:4k",
            "write:4k",
            "read:128k",
            "write:128k",
            "read:1M",
            "write:1M")) {
      Load load = Load.closed(LoadOperation.parse(operation), DEPTH, true, millis);
      rows.add(Comparison.Row.of(operation + " depth 8 polled", load));
    }
    for (String operation : List.of("getattr", "lookup", "read:4k", "write:4k")) {
      Load load = Load.closed(LoadOperation.parse(operation), 1, false, millis);
      rows.add(Comparison.Row.of(operation + " depth 1 by event", load));
    }
    // By event, so that the client's threads leave processors to the server.
    for (String operation : List.of("read:4k", "read:128k", "read:1M")) {
      Load one = Load.closed(LoadOperation.parse(operation), DEPTH, false, millis);
      String name = operation + " 2 queues against 1, by event";
      rows.add(new Comparison.Row(name, one.withQueues(2), one, false));
    }
    return rows;
  }

  /// The size of a file system that holds one file.
  static long deviceBytes(long fileBytes) {
    return fileBytes + 32 * ByteSize.MIB;
  }
}
