package io.famfs.e2e.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import io.famfs.e2e.GuestResult;
import io.famfs.e2e.GuestRun;
import io.famfs.e2e.GuestSpec;
import io.famfs.e2e.TestVm;
import io.famfs.fuse.device.FuseMount;
import io.famfs.fuse.device.MountOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.store.CheckReport;
import io.famfs.store.namespace.FileInode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// Random operations against a model through every door: on a file of fixed size (`gtest churn`),
/// on files while they are new (`gtest grow`), and on one file through all doors, each in its own
/// part of it and then all in all of it by turns (`gtest turns`). `-Dfamfs.churn.operations=N`
/// makes it long, `-Dfamfs.churn.seed=N` repeats a run; a failure prints both.
class ChurnIT extends GuestCase {
  private static final int OPERATIONS = Integer.getInteger("famfs.churn.operations", 3000);
  private static final long SEED =
      Long.getLong("famfs.churn.seed", new SplittableRandom().nextInt(1 << 30));
  private static final long WINDOW_BYTES = 16 * ByteSize.MIB;
  private static final int PART_BYTES = (int) (8 * ByteSize.MIB);

  /// Files that are made, and operations on each.
  private static final int GROWN = 6;

  private static final int GROWING = Math.max(50, OPERATIONS / 2 / GROWN);

  /// Operations until it is another one's turn.
  private static final int BURST = 40;

  /// An emulated guest does some hundred operations in a second.
  private static final Duration LIMIT = Duration.ofSeconds(120 + OPERATIONS / 100);

  private static String churn(String mountPoint, int part) {
    return "churn %s/%s %d %d %d %d"
        .formatted(
            mountPoint,
            ServedVolume.SCRATCH,
            (long) part * PART_BYTES,
            PART_BYTES,
            SEED + part,
            OPERATIONS);
  }

  private static String turns(String mountPoint, int part) {
    return "turns %s/%s %d %d %d %d %d 3"
        .formatted(mountPoint, ServedVolume.SCRATCH, 3 * PART_BYTES, SEED, OPERATIONS, BURST, part);
  }

  private static String grow(String mountPoint) {
    return "grow %s %d %d %d".formatted(mountPoint, SEED, GROWN, GROWING);
  }

  private static String script(String mount, String... commands) {
    StringBuilder script = new StringBuilder(mount + " /mnt || no mount\n");
    for (String command : commands) {
      script.append("gtest " + command + " || no '" + command + "'\n");
    }
    return script
        + "host unchanged || no 'another file was changed'\n"
        + "host sound || no 'the server complained'\n"
        + "umount /mnt || no umount\n";
  }

  private GuestSpec guest(String name, Door door, String script) {
    return spec("churn-" + name, script, new HostWords(volume, door), door).timeLimit(LIMIT);
  }

  @Test
  void throughRequests() throws Exception {
    Door door = volume.door("plain", 2, 0);
    String script = script("mount -t virtiofs plain", churn("/mnt", 0), grow("/mnt"));
    report(pass(guest("plain", door, script)).console());
    requireGrown();
  }

  @Test
  void throughAWindowThatIsSmallerThanTheFile() throws Exception {
    Door door = volume.door("window", 2, WINDOW_BYTES);
    String script = script("mount -t virtiofs -o dax window", churn("/mnt", 0), grow("/mnt"));
    report(pass(guest("window", door, script)).console());
    requireGrown();
  }

  @Test
  void throughAMountOfThisHost() throws Exception {
    try (Mounted mounted = new Mounted()) {
      report(mounted.run(churn(mounted.directory.toString(), 0)));
      report(mounted.run(grow(mounted.directory.toString())));
    }
    assertTrue(volume.isUnchanged());
    requireGrown();
  }

  /// What one door stores must never come up in the part of another one, and must be there for all
  /// others when it is their turn.
  @Test
  void throughAllDoorsAtOnce() throws Exception {
    Door plain = volume.door("plain", 1, 0);
    Door window = volume.door("window", 1, WINDOW_BYTES);
    String first = script("mount -t virtiofs plain", churn("/mnt", 0), turns("/mnt", 0));
    String second = script("mount -t virtiofs -o dax window", churn("/mnt", 1), turns("/mnt", 1));
    try (Mounted mounted = new Mounted();
        GuestRun one = start(guest("with-plain", plain, first));
        GuestRun other = start(guest("with-window", window, second))) {
      report(mounted.run(churn(mounted.directory.toString(), 2)));
      report(mounted.run(turns(mounted.directory.toString(), 2)));
      for (GuestRun run : List.of(one, other)) {
        GuestResult result = run.await();
        assertTrue(result.passed(), result::summary);
        report(result.console());
      }
    }
    assertTrue(volume.isUnchanged());
  }

  /// Whether files that were made are whole, each in one piece.
  private void requireGrown() {
    CheckReport report = volume.check();
    assertTrue(report.clean(), () -> report.findings().toString());
    int grown = 0;
    for (int i = 0; i < GROWN; i++) {
      String name = "grow-" + SEED + "-" + i;
      if (volume.volume().namespace().find(name) instanceof FileInode file) {
        assertTrue(file.isCommitted(), name);
        assertEquals(1, file.extents().rangeCount(), name);
        grown++;
      }
    }
    System.out.println("[churn] seed " + SEED + ": " + grown + " files have grown");
  }

  private static void report(String output) {
    output
        .lines()
        .filter(line -> line.matches("(churn|turns|grow) .*"))
        .forEach(line -> System.out.println("[churn] seed " + SEED + ": " + line.strip()));
  }

  /// A mount of the volume on this host; the program that uses it is another process.
  private final class Mounted implements AutoCloseable {
    final Path directory;
    private final Path program;
    private final FuseMount mount;

    Mounted() throws IOException, InterruptedException {
      Assumptions.assumeTrue(
          Files.isWritable(Path.of("/dev/fuse")), "SKIPPED: /dev/fuse is not for this user");
      program = TestVm.image().testProgram();
      directory = Files.createTempDirectory("famfs-churn");
      mount = FuseMount.mount(MountOptions.at(directory, "churn"), new FuseServer(volume.files()));
    }

    String run(String command) throws IOException, InterruptedException {
      List<String> words = new ArrayList<>(List.of(program.toString()));
      words.addAll(Arrays.asList(command.split(" ")));
      Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
      String output;
      try (Stream<String> lines = process.inputReader().lines()) {
        output = String.join("\n", lines.toList());
      }
      assertTrue(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS), "still running");
      assertEquals(0, process.exitValue(), output);
      return output;
    }

    @Override
    public void close() throws IOException {
      mount.close();
      Files.delete(directory);
    }
  }
}
