package io.famfs.e2e;

import io.famfs.e2e.GuestResult.Reason;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A guest that runs, or has run. Safe for use by several threads.
public final class GuestRun implements AutoCloseable {
  /// How long a guest may take to power off after its script; a hanging sync is not waited for.
  private static final Pattern MIGRATION_ENDED =
      Pattern.compile("\"status\": \"(completed|failed|cancelled)\"");

  private static final Duration POWER_OFF = Duration.ofSeconds(10);

  private static final long DRAIN_MS = 5000;
  private static final int TEXT_LIMIT = 4 << 20;
  private static final Pattern EXIT_LINE =
      Pattern.compile("^e2e: script exit (\\d{1,3}) at ", Pattern.MULTILINE);

  /// What a run is made from.
  record Plan(
      GuestSpec spec,
      List<String> command,
      Map<String, String> environment,
      Path directory,
      HostChannel channel,
      boolean foreign) {
    Path qemuLog() {
      return directory.resolve("qemu.log");
    }
  }

  private final Plan plan;
  private final long startedNs = System.nanoTime();
  private final CompletableFuture<Process> process = new CompletableFuture<>();
  private final CompletableFuture<GuestResult> result = new CompletableFuture<>();

  /// On an orderly end of this process QEMU dies by itself, but its files would stay.
  private final Thread atShutdown = new Thread(this::abandon, "guest-files");

  private GuestRun(Plan plan) {
    this.plan = plan;
  }

  static GuestRun start(Plan plan) throws IOException {
    GuestRun run = new GuestRun(plan);
    Runtime.getRuntime().addShutdownHook(run.atShutdown);
    // QEMU asks the kernel to kill it when its parent goes, and the kernel means the thread that
    // started it: so this thread has to live as long as QEMU does.
    Thread.ofPlatform()
        .daemon()
        .name("guest-" + plan.directory().getFileName())
        .start(run::supervise);
    try {
      run.process.join();
      return run;
    } catch (CompletionException e) {
      throw new IOException("cannot start QEMU: " + e.getCause(), e);
    }
  }

  private void supervise() {
    try {
      result.complete(runToEnd());
    } catch (IOException | InterruptedException | RuntimeException e) {
      process.completeExceptionally(e);
      result.completeExceptionally(e);
    }
  }

  /// Everything of the run is gone when this returns, so whoever waits for the result may leave.
  private GuestResult runToEnd() throws IOException, InterruptedException {
    try {
      Process qemu = launch();
      process.complete(qemu);
      try {
        boolean inTime = waitForEnd(qemu);
        return conclude(qemu, inTime);
      } finally {
        qemu.destroyForcibly();
      }
    } finally {
      cleanUp();
    }
  }

  private Process launch() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(plan.command())
            .directory(plan.directory().toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(plan.qemuLog().toFile());
    builder.environment().putAll(plan.environment());
    return builder.start();
  }

  /// Waits for the script's exit code or QEMU's end, then for QEMU's end; kills it when that takes
  /// too long. Returns whether the first came within the time limit.
  private boolean waitForEnd(Process qemu) throws InterruptedException {
    CompletableFuture<?> first = CompletableFuture.anyOf(qemu.onExit(), plan.channel().exit());
    boolean inTime = true;
    try {
      first.get(plan.spec().timeLimit().toMillis(), TimeUnit.MILLISECONDS);
      if (!qemu.waitFor(POWER_OFF.toMillis(), TimeUnit.MILLISECONDS)) {
        qemu.destroyForcibly();
      }
    } catch (TimeoutException e) {
      inTime = false;
      qemu.destroyForcibly();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
    qemu.waitFor();
    plan.channel().drain(DRAIN_MS);
    return inTime;
  }

  private GuestResult conclude(Process qemu, boolean inTime) throws IOException {
    double seconds = (System.nanoTime() - startedNs) / 1e9;
    String console = tail(plan.spec().console()).replace("\r", "");
    int exit = plan.channel().exit().getNow(plan.foreign() ? exitOnConsole(console) : -1);
    Reason reason;
    if (exit >= 0) {
      reason = Reason.EXIT;
    } else if (!inTime) {
      reason = Reason.TIMEOUT;
    } else if (qemu.exitValue() == 1 && console.isEmpty()) {
      reason = Reason.NOT_STARTED;
    } else {
      reason = Reason.DIED;
    }
    return new GuestResult(
        exit, reason, plan.spec().console(), console, tail(plan.qemuLog()), seconds);
  }

  /// What `init` says on the console of a guest that has no other line to the host; -1 when it did
  /// not come to that.
  private static int exitOnConsole(String console) {
    Matcher told = EXIT_LINE.matcher(console);
    return told.find() ? Integer.parseInt(told.group(1)) : -1;
  }

  private static String tail(Path file) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      long length = in.length();
      in.seek(Math.max(0, length - TEXT_LIMIT));
      byte[] bytes = new byte[(int) Math.min(length, TEXT_LIMIT)];
      in.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private void abandon() {
    if (process.isDone() && !process.isCompletedExceptionally()) {
      Process qemu = process.join();
      qemu.destroyForcibly();
      qemu.onExit().orTimeout(DRAIN_MS, TimeUnit.MILLISECONDS).exceptionally(_ -> qemu).join();
    }
    deleteFiles();
  }

  private void cleanUp() {
    try {
      Runtime.getRuntime().removeShutdownHook(atShutdown);
    } catch (IllegalStateException e) {
      // This process is ending: the hook is at work.
      return;
    }
    deleteFiles();
  }

  private void deleteFiles() {
    try {
      plan.channel().close();
      VmFetch.deleteTree(plan.directory());
    } catch (IOException e) {
      System.getLogger(GuestRun.class.getName())
          .log(System.Logger.Level.WARNING, "cannot clean up {0}: {1}", plan.directory(), e);
    }
  }

  /// Waits for the guest's end; the time limit of the guest bounds this too.
  ///
  /// @throws IOException when its console or log cannot be read
  public GuestResult await() throws IOException, InterruptedException {
    try {
      return result.get();
    } catch (ExecutionException | CancellationException e) {
      throw new IOException("the guest's result is lost: " + e.getMessage(), e);
    }
  }

  /// Waits until the script is about to start.
  ///
  /// @return whether it came to that within `limit`
  public boolean awaitBoot(Duration limit) throws InterruptedException {
    try {
      plan.channel().booted().get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    }
  }

  /// Whether QEMU still runs.
  public boolean isRunning() {
    return process.join().isAlive();
  }

  /// Sends a command to QEMU's machine protocol and returns the answer, a line of JSON.
  ///
  /// @param command a name like `system_reset`, or a whole command as JSON
  public String qmp(String command) throws IOException {
    return Qmp.execute(plan.directory().resolve("qmp"), command);
  }

  /// Moves the guest to another QEMU, or into a file, and waits until it is there; it stops here
  /// then.
  ///
  /// @param uri where to, as QEMU's `migrate` has it
  /// @throws IOException when it cannot be moved
  public void migrate(String uri) throws IOException {
    qmp(
        "{\"execute\": \"migrate-set-capabilities\", \"arguments\": {\"capabilities\":"
            + " [{\"capability\": \"events\", \"state\": true}]}}");
    String end =
        Qmp.execute(
            plan.directory().resolve("qmp"),
            "{\"execute\": \"migrate\", \"arguments\": {\"uri\": \"" + uri + "\"}}",
            line -> line.contains("\"MIGRATION\"") && MIGRATION_ENDED.matcher(line).find());
    if (!end.contains("\"completed\"")) {
      throw new IOException("the guest was not moved: " + qmp("query-migrate"));
    }
  }

  /// Kills QEMU at once, as when its host fails; back-ends see their sockets close.
  public void kill() {
    process.join().destroyForcibly();
  }

  /// Kills the guest if it runs and waits until it is gone.
  @Override
  public void close() {
    kill();
    try {
      result.handle((@Nullable GuestResult _, @Nullable Throwable _) -> true).join();
    } catch (CompletionException e) {
      throw new IllegalStateException(e);
    }
  }
}
