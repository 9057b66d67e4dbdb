package io.famfs.e2e.cases;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.e2e.JavaCommand;
import io.famfs.os.handover.Supervisor;
import io.famfs.store.CheckReport;
import io.famfs.store.FileCreation;
import io.famfs.store.FormatOptions;
import io.famfs.store.Volume;
import io.famfs.store.VolumeCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A volume, a supervised server of it, and somebody who kills the server at random moments while a
/// load runs.
final class Killing implements AutoCloseable {
  /// Times the server is killed under each load; `-Dfamfs.takeover.kills=100` makes it long.
  static final int KILLS = Integer.getInteger("famfs.takeover.kills", 5);

  /// Of moments and loads; `-Dfamfs.takeover.seed=N` repeats a run as far as its timing can be.
  static final int SEED =
      Integer.getInteger("famfs.takeover.seed", new SplittableRandom().nextInt(1 << 30));

  /// A file of fixed size for stores.
  static final String SCRATCH = "scratch.bin";

  static final long SCRATCH_BYTES = 32 * ByteSize.MIB;

  /// Another one, for who maps it from its start.
  static final String MAPPED = "mapped.bin";

  static final long MAPPED_BYTES = 2 * ByteSize.MIB;

  /// Room for the files that a long run leaves.
  private static final long DEVICE_BYTES = 3 * ByteSize.GIB;

  private static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final Duration END_LIMIT = Duration.ofSeconds(30);
  private static final int SIGKILL = 9;

  /// A server lives at least and at most so long after it is ready.
  private static final long SHORTEST_NANOS = Duration.ofMillis(100).toNanos();

  private static final long LONGEST_NANOS = Duration.ofMillis(1500).toNanos();

  private final Path directory;
  private final Path device;
  private final SplittableRandom random = new SplittableRandom(SEED);
  private final Semaphore ready = new Semaphore(0);
  private final List<Long> pausesMillis = new ArrayList<>();
  private @Nullable Supervisor supervisor;
  private @Nullable Thread supervising;
  private final Thread killer = Thread.ofPlatform().unstarted(this::killAll);
  private volatile String trouble = "";

  Killing() throws IOException {
    directory = Files.createTempDirectory(place(), "famfs-killing-");
    device = directory.resolve("region");
    try (MappedDaxDevice made = DaxDevices.createFile(device, DEVICE_BYTES);
        Volume volume = Volume.format(List.of(made), FormatOptions.ownedBy(KilledServer.OWNER));
        FileCreation scratch = volume.create(SCRATCH, SCRATCH_BYTES, 0666, 0, 0);
        FileCreation mapped = volume.create(MAPPED, MAPPED_BYTES, 0666, 0, 0)) {
      scratch.commit();
      mapped.commit();
    }
  }

  private static Path place() {
    Path shm = Path.of("/dev/shm");
    return Files.isWritable(shm) ? shm : Path.of(System.getProperty("java.io.tmpdir"));
  }

  Path directory() {
    return directory;
  }

  /// How a server is started, see [KilledServer].
  List<String> command(String... door) {
    List<String> options = List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1");
    List<String> command = JavaCommand.of(options, KilledServer.class, device.toString());
    command.addAll(List.of(door));
    return command;
  }

  /// Starts a server; returns when it serves.
  void serve(String... door) throws IOException, InterruptedException {
    Supervisor fresh = Supervisor.of(command(door), _ -> ready.release());
    supervisor = fresh;
    supervising = Thread.ofPlatform().start(fresh::run);
    assertTrue(awaitReady(), "the server does not start");
  }

  private boolean awaitReady() throws InterruptedException {
    return ready.tryAcquire(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Begins to kill.
  void start() {
    System.out.printf("[killing] seed %d, %d kills%n", SEED, KILLS);
    killer.start();
  }

  /// Whether the load has to go on.
  boolean goesOn() {
    return killer.isAlive();
  }

  private void killAll() {
    try {
      for (int i = 0; i < KILLS; i++) {
        LockSupport.parkNanos(random.nextLong(SHORTEST_NANOS, LONGEST_NANOS));
        long start = System.nanoTime();
        supervisor().signal(SIGKILL);
        if (!awaitReady()) {
          trouble = "server " + (i + 2) + " does not start";
          return;
        }
        pausesMillis.add((System.nanoTime() - start) / 1_000_000);
      }
    } catch (InterruptedException e) {
      trouble = "interrupted";
    }
  }

  /// Ends the server when the load has ended, and looks at what it has left.
  void finish(String name) throws IOException, InterruptedException {
    killer.join();
    assertTrue(trouble.isEmpty(), trouble);
    assertTrue(supervisor().starts() == KILLS + 1, "a server has ended by itself");
    stop();
    pausesMillis.sort(null);
    System.out.printf(
        "[killing] %s: seed %d, %d kills, from kill to ready %d ms at the middle, %d ms at most%n",
        name, SEED, KILLS, pausesMillis.get(KILLS / 2), pausesMillis.getLast());
    try (MappedDaxDevice opened = DaxDevices.open(device, Mode.READ_WRITE)) {
      CheckReport report = VolumeCheck.check(List.of(opened));
      assertTrue(report.clean(), () -> report.findings().toString());
    }
  }

  private Supervisor supervisor() {
    return Objects.requireNonNull(supervisor);
  }

  private void stop() throws InterruptedException {
    Thread running = supervising;
    if (running != null) {
      supervisor().stop();
      assertTrue(running.join(END_LIMIT), "the supervisor does not end");
    }
  }

  @Override
  public void close() throws IOException {
    killer.interrupt();
    try {
      killer.join();
      stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(directory);
  }
}
