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

/// Random operations against a model (`gtest churn`) through every door: alone, and through all of
/// them at once, each in its own part of one file. `-Dfamfs.churn.operations=N` makes it long,
/// `-Dfamfs.churn.seed=N` repeats a run; a failure prints both.
class ChurnIT extends GuestCase {
  private static final int OPERATIONS = Integer.getInteger("famfs.churn.operations", 3000);
  private static final long SEED =
      Long.getLong("famfs.churn.seed", new SplittableRandom().nextInt(1 << 30));
  private static final long WINDOW_BYTES = 16 * ByteSize.MIB;
  private static final int PART_BYTES = (int) (8 * ByteSize.MIB);

  /// An emulated guest does some thousand operations in a second.
  private static final Duration LIMIT = Duration.ofSeconds(90 + OPERATIONS / 200);

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

  private static String script(String mount, int part) {
    return mount
        + " /mnt || no mount\n"
        + "gtest "
        + churn("/mnt", part)
        + " || no churn\n"
        + "host unchanged || no 'another file was changed'\n"
        + "umount /mnt || no umount\n";
  }

  private GuestSpec guest(String name, String mount, int part, Door door) {
    return spec("churn-" + name, script(mount, part), new HostWords(volume, door), door)
        .timeLimit(LIMIT);
  }

  @Test
  void throughRequests() throws Exception {
    Door door = volume.door("plain", 2, 0);
    GuestResult result = pass(guest("plain", "mount -t virtiofs plain", 0, door));
    report(result.console());
  }

  @Test
  void throughAWindowThatIsSmallerThanTheFile() throws Exception {
    Door door = volume.door("window", 2, WINDOW_BYTES);
    GuestResult result = pass(guest("window", "mount -t virtiofs -o dax window", 0, door));
    report(result.console());
  }

  @Test
  void throughAMountOfThisHost() throws Exception {
    try (Mounted mounted = new Mounted()) {
      report(mounted.run(churn(mounted.directory.toString(), 0)));
    }
    assertTrue(volume.isUnchanged());
  }

  /// What one door stores must never come up in the part of another one.
  @Test
  void throughAllDoorsAtOnce() throws Exception {
    Door plain = volume.door("plain", 1, 0);
    Door window = volume.door("window", 1, WINDOW_BYTES);
    try (Mounted mounted = new Mounted();
        GuestRun first = start(guest("with-plain", "mount -t virtiofs plain", 0, plain));
        GuestRun second =
            start(guest("with-window", "mount -t virtiofs -o dax window", 1, window))) {
      report(mounted.run(churn(mounted.directory.toString(), 2)));
      for (GuestRun run : List.of(first, second)) {
        GuestResult result = run.await();
        assertTrue(result.passed(), result::summary);
        report(result.console());
      }
    }
    assertTrue(volume.isUnchanged());
  }

  private static void report(String output) {
    output
        .lines()
        .filter(line -> line.startsWith("churn "))
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
