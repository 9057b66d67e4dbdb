package io.famfs.e2e.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import io.famfs.store.FileCreation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// fsx of xfstests on a mount of this host, in its lite mode, which never changes the size of the
/// file. The program is not ours and not here: `FAMFS_FSX` names it, built.
/// `-Dfamfs.fsx.operations=N` makes the run long, `-Dfamfs.fsx.seed=N` repeats one.
///
/// What is left out asks for another size or for what is not served: FALLOCATE that extends,
/// collapsed and inserted ranges, clones, deduplication, exchanged ranges, unshared ranges, atomic
/// writes. Nor is the file closed and opened (`-c`): fsx drops the caches of the whole machine
/// then.
class FsxTest {
  private static final String PROGRAM = "FAMFS_FSX";
  private static final int OPERATIONS = Integer.getInteger("famfs.fsx.operations", 20_000);
  private static final long SEED =
      Long.getLong("famfs.fsx.seed", 1 + new SplittableRandom().nextInt(1 << 30));

  private static final List<String> LITE =
      List.of("-L", "-F", "-C", "-I", "-J", "-B", "-0", "-u", "-a");

  private static final long DEVICE_BYTES = 64 * ByteSize.MIB;
  private static final long FILE_BYTES = ByteSize.MIB - 77;
  private static final int WORKERS = 2;

  /// A loaded machine does some hundred operations in a second.
  private static final long LIMIT_SECONDS = 120L + OPERATIONS / 100;

  @TempDir Path place;

  @Test
  void aFileOfFixedSizeHoldsWhatWasStored() throws Exception {
    String program = System.getenv(PROGRAM);
    if (program == null) {
      System.err.println("*** SKIPPED: " + PROGRAM + " names no fsx ***");
    }
    Assumptions.assumeTrue(program != null, PROGRAM + " is not set");
    HostMount.assume(place);
    try (HostMount mount = HostMount.of(place.resolve("mounted"), DEVICE_BYTES, WORKERS)) {
      try (FileCreation file = mount.volume().create("file", FILE_BYTES, 0644, 0, 0)) {
        file.commit();
      }
      run(String.valueOf(program), mount.directory().resolve("file"));
      assertEquals(FILE_BYTES, Files.size(mount.directory().resolve("file")));
    }
  }

  private void run(String program, Path file) throws Exception {
    List<String> command = new ArrayList<>(List.of(program, "-q", "-P", place.toString()));
    command.addAll(LITE);
    command.addAll(List.of("-N", "" + OPERATIONS, "-S", "" + SEED));
    command.add(file.toString());
    Path log = place.resolve("fsx.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    process.getOutputStream().close();
    boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly().waitFor();
    String output = Files.readString(log);
    assertTrue(ended, () -> "still running after " + LIMIT_SECONDS + " s\n" + output);
    assertEquals(0, process.exitValue(), () -> String.join(" ", command) + "\n" + output);
    assertTrue(output.contains("All " + OPERATIONS + " operations completed"), output);
    System.out.println("[fsx] seed " + SEED + ": " + OPERATIONS + " operations");
  }
}
