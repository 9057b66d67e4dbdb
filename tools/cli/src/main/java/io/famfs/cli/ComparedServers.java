package io.famfs.cli;

import io.famfs.core.ByteSize;
import io.famfs.e2e.PeerPrograms;
import io.famfs.e2e.Progress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/// `famfs serve` and virtiofsd as processes of their own, each with a file in memory. What they
/// have made is gone after [#close()].
final class ComparedServers implements AutoCloseable {
  /// The file that both have.
  static final String FILE = "bench.bin";

  private static final long END_LIMIT_SECONDS = 10;
  private static final long SOCKET_LIMIT_NS = 20_000_000_000L;

  private final Path directory;
  private final List<Process> processes = new ArrayList<>();
  private String description = "";

  private ComparedServers(Path directory) {
    this.directory = directory;
  }

  /// Starts both.
  ///
  /// @param serveOptions more options of `famfs serve`
  /// @param program a virtiofsd; null for Debian's
  static ComparedServers start(
      long fileBytes, List<String> serveOptions, @Nullable Path program, Progress progress)
      throws IOException, InterruptedException {
    Path memory = Path.of("/dev/shm");
    if (!Files.isWritable(memory)) {
      throw new CliException(memory + " is no place to write to: files in memory are needed");
    }
    Path directory = Files.createTempDirectory(memory, "famfs-compare-");
    ComparedServers servers = new ComparedServers(directory);
    boolean started = false;
    try {
      servers.startTheirs(fileBytes, program, progress);
      servers.startOurs(fileBytes, serveOptions, progress);
      started = true;
    } finally {
      if (!started) {
        servers.close();
      }
    }
    return servers;
  }

  /// Our socket with two request queues and no window.
  Path ours() {
    return directory.resolve("ours.sock");
  }

  /// Our socket with a window.
  Path windowed() {
    return directory.resolve("windowed.sock");
  }

  /// The socket of virtiofsd.
  Path theirs() {
    return directory.resolve("theirs.sock");
  }

  /// What is compared, for the head of a table.
  String description() {
    return description;
  }

  private void startTheirs(long fileBytes, @Nullable Path program, Progress progress)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>();
    if (program == null) {
      PeerPrograms peers = PeerPrograms.obtain(progress);
      words.addAll(peers.virtiofsd());
      description = "virtiofsd " + peers.virtiofsdVersion();
    } else {
      words.add(program.toString());
      description = program.toString();
    }
    Path shared = Files.createDirectory(directory.resolve("shared"));
    try (RandomAccessFile file = new RandomAccessFile(shared.resolve(FILE).toFile(), "rw")) {
      file.setLength(fileBytes);
    }
    List<String> options =
        List.of(
            "--cache=always",
            "--thread-pool-size=0",
            "--sandbox=none",
            "--seccomp=none",
            "--inode-file-handles=never",
            "--log-level=error");
    words.addAll(options);
    words.add("--shared-dir=" + shared);
    words.add("--socket-path=" + theirs());
    description += " " + String.join(" ", options);
    launch("virtiofsd", words);
    awaitSocket(theirs());
  }

  private void startOurs(long fileBytes, List<String> serveOptions, Progress progress)
      throws IOException {
    Path device = directory.resolve("device.img");
    progress.say("making a file system for " + ByteSize.human(fileBytes));
    try (RandomAccessFile file = new RandomAccessFile(device.toFile(), "rw")) {
      file.setLength(BenchCompareCommand.deviceBytes(fileBytes));
    }
    CommandLine mkfs = CommandLines.of(new MkfsCommand());
    CommandLine famfs = CommandLines.of(new FamfsCommand());
    mkfs.setOut(new java.io.PrintWriter(java.io.Writer.nullWriter()));
    famfs.setOut(mkfs.getOut());
    if (mkfs.execute(device.toString()) != 0
        || famfs.execute(
                "creat", "-s", Long.toString(fileBytes), "--device", device.toString(), FILE)
            != 0) {
      throw new CliException("cannot make a file system in " + device);
    }
    List<String> words =
        new ArrayList<>(OwnProgram.command("serve", "--device", device.toString()));
    words.addAll(List.of("--socket", ours() + ",tag=bench,queues=2", "--no-control"));
    words.addAll(
        List.of("--socket", windowed() + ",tag=bench,window=256M,front-end=specification"));
    words.addAll(serveOptions);
    launch("famfs", words);
    awaitSocket(windowed());
    description += ", famfs serve " + String.join(" ", serveOptions);
  }

  private void launch(String name, List<String> words) throws IOException {
    Path log = directory.resolve(name + ".log");
    Process process =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    processes.add(process);
  }

  /// Waits until the server started last listens.
  private void awaitSocket(Path socket) throws IOException {
    Process server = processes.getLast();
    long deadlineNs = System.nanoTime() + SOCKET_LIMIT_NS;
    while (!Files.exists(socket)) {
      if (!server.isAlive() || System.nanoTime() - deadlineNs > 0) {
        throw new CliException("a server did not start: " + lastLine());
      }
      try {
        server.waitFor(10, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CliException("interrupted");
      }
    }
  }

  private String lastLine() throws IOException {
    String last = "";
    try (Stream<Path> logs = Files.list(directory)) {
      for (Path log : logs.filter(path -> path.toString().endsWith(".log")).sorted().toList()) {
        try (BufferedReader reader = Files.newBufferedReader(log)) {
          last = reader.lines().reduce(last, (_, line) -> line);
        }
      }
    }
    return last;
  }

  @Override
  public void close() throws IOException {
    for (Process process : processes) {
      process.destroy();
    }
    for (Process process : processes) {
      try {
        if (!process.waitFor(END_LIMIT_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
