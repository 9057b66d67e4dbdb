package io.famfs.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.format.MediaException;
import io.famfs.core.format.MediaFault.Rule;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.store.FormatOptions;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import io.famfs.store.VolumeCheck;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.io.BufferedReader;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A real process that writes to a volume is killed at any moment: what it has reported is there,
/// and nothing is half there.
class KilledWriterTest {
  private static final int ROUNDS = 20;
  private static final int MOST_REPORTS = 60;
  private static final long MOST_NANOS = 3_000_000;
  private static final long DEVICE_BYTES = 8L << 30;
  private static final long UNIT_BYTES = 2 << 20;
  private static final long LIMIT_SECONDS = 60;

  @Test
  @Timeout(value = 600, unit = TimeUnit.SECONDS)
  void everyReportedCreationSurvivesAKill() throws Exception {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    try (MemoryFolder folder = MemoryFolder.make()) {
      Path file = folder.path().resolve("device");
      try (MappedDaxDevice device = DaxDevices.createFile(file, DEVICE_BYTES)) {
        Volume.format(List.of(device), FormatOptions.ownedBy(KilledWriter.OWNER)).close();
      }
      List<String> reported = new ArrayList<>();
      int unreported = 0;
      for (int round = 0; round < ROUNDS; round++) {
        reported.addAll(killed("create", file, random));
        try (MappedDaxDevice device = DaxDevices.open(file, Mode.READ_WRITE)) {
          int entries = assertWhole(device, reported, "seed " + seed + " round " + round);
          unreported = entries - reported.size();
          assertTrue(unreported <= round + 1, unreported + " in round " + round);
        }
      }
      System.out.println(
          "killed " + ROUNDS + " times: " + reported.size() + " reported, " + unreported + " more");
    }
  }

  /// A volume whose entries are all there, each as it was made.
  ///
  /// @return how many they are
  private static int assertWhole(MappedDaxDevice device, List<String> reported, String run)
      throws Exception {
    assertTrue(VolumeCheck.check(List.of(device)).clean(), run);
    Volume volume = Volume.open(List.of(device), OpenOptions.forHost(KilledWriter.OWNER));
    for (String name : reported) {
      assertNotNull(volume.namespace().find(name), () -> name + " is lost, " + run);
    }
    DirectoryInode root = volume.namespace().root();
    ExtentCursor cursor = new ExtentCursor();
    long fileBytes = 0;
    for (int number = 0; number < root.childCount(); number++) {
      Inode inode = root.child(number);
      assertNotNull(inode, run);
      assertEquals("n" + number, inode.path(), run);
      if (number % KilledWriter.DIRECTORY_EVERY == 0) {
        assertInstanceOf(DirectoryInode.class, inode, run);
        continue;
      }
      FileInode made = assertInstanceOf(FileInode.class, inode, run);
      assertEquals(KilledWriter.FILE_BYTES, made.sizeBytes(), run);
      fileBytes += made.extents().allocatedBytes();
      for (long at : new long[] {0, KilledWriter.FILE_BYTES - Long.BYTES}) {
        made.extents().resolve(at, Long.BYTES, cursor);
        long found =
            volume.memory(cursor.deviceIndex()).get(ValueLayout.JAVA_LONG, cursor.deviceOffset());
        assertEquals(number, found, () -> "content of " + made + ", " + run);
      }
    }
    // What was half made took nothing along.
    assertEquals(volume.superblock().reservedBytes() + fileBytes, volume.usage().usedBytes(), run);
    try (var next = volume.create("next", UNIT_BYTES, 0644, 0, 0)) {
      assertEquals(UNIT_BYTES, next.sizeBytes());
    }
    return root.childCount();
  }

  @Test
  @Timeout(value = 600, unit = TimeUnit.SECONDS)
  void aKilledMkfsLeavesAWholeVolumeOrNone() throws Exception {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    int whole = 0;
    try (MemoryFolder folder = MemoryFolder.make()) {
      Path file = folder.path().resolve("device");
      DaxDevices.createFile(file, 64 << 20).close();
      for (int round = 0; round < ROUNDS / 2; round++) {
        assertTrue(!killed("mkfs", file, random).isEmpty());
        try (MappedDaxDevice device = DaxDevices.open(file, Mode.READ_ONLY)) {
          Volume volume = Volume.open(List.of(device), OpenOptions.forReading());
          assertTrue(volume.report().clean(), "seed " + seed);
          long entries = volume.usage().logEntriesUsed();
          assertEquals(entries > 1, volume.namespace().find("made/again") != null);
          assertTrue(entries <= 2, entries + " entries, seed " + seed);
          whole++;
        } catch (MediaException e) {
          assertEquals(Rule.SUPERBLOCK_MAGIC, e.fault().rule(), "seed " + seed);
        }
      }
    }
    System.out.println("killed mkfs " + ROUNDS / 2 + " times: " + whole + " whole volumes");
  }

  /// Starts a writer, kills it some time after one of its reports, and returns all it reported.
  private static List<String> killed(String what, Path device, SplittableRandom random)
      throws Exception {
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                KilledWriter.class.getName(),
                what,
                device.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> reported = new ArrayList<>();
    try (BufferedReader reports = writer.inputReader()) {
      int enough = random.nextInt(1, MOST_REPORTS);
      while (reported.size() < enough) {
        String report = reports.readLine();
        assertNotNull(report, "the writer ended by itself");
        reported.add(report);
      }
      long end = System.nanoTime() + random.nextLong(MOST_NANOS);
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      // SIGKILL, without closing the pipe, which still holds reports.
      writer.toHandle().destroyForcibly();
      reports.lines().forEach(reported::add);
      assertTrue(writer.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS));
      assertEquals(128 + 9, writer.exitValue());
    } finally {
      writer.destroyForcibly();
    }
    return reported;
  }
}
