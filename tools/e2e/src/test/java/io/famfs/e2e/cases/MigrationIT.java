package io.famfs.e2e.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.e2e.Guest;
import io.famfs.e2e.GuestResult;
import io.famfs.e2e.GuestRun;
import io.famfs.e2e.GuestSpec;
import io.famfs.e2e.HookResult;
import io.famfs.e2e.HostHook;
import io.famfs.e2e.TestVm;
import io.famfs.e2e.VirtioFsDevice;
import io.famfs.store.CheckReport;
import io.famfs.store.FileCreation;
import io.famfs.store.FormatOptions;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import io.famfs.store.VolumeCheck;
import io.famfs.store.namespace.FileInode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A guest goes live from one QEMU and one server to another QEMU and another server, processes of
/// their own over the same memory: with open files, running I/O and locks; and into a file and out
/// of it again.
class MigrationIT {
  private static final int CHURN_BYTES = (int) (4 * ByteSize.MIB);
  private static final int KEPT_BYTES = 300_000;
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final String MOVED = "moved!!!";

  private static final String SCRIPT =
      GuestCase.PRELUDE
          + """
          mount -t virtiofs moved /mnt || no mount
          exec 3< /mnt/kept 5<> /mnt/written
          dd bs=4096 count=3 <&3 > /tmp/first 2> /dev/null
          echo before >&5
          gtest lock /mnt/written posix hold > /tmp/posix 2>&1 & posix=$!
          gtest lock /mnt/locked bsd hold > /tmp/bsd 2>&1 & bsd=$!
          until grep -q held /tmp/posix && grep -q held /tmp/bsd; do usleep 50000; done
          gtest churn /mnt/churned 0 4194304 42 OPERATIONS > /tmp/churn 2>&1 & churn=$!
          mkdir /mnt/before || no mkdir
          host migrate || no migrate
          until [ "$(dd if=/mnt/word bs=8 count=1 2> /dev/null)" = moved!!! ]; do usleep 100000; done
          echo behind >&5 || no 'write to an open file'
          printf 'before\nbehind\n' > /tmp/expected
          head -n 2 /mnt/written | cmp - /tmp/expected || no 'what was written'
          cat <&3 > /tmp/rest || no 'read of an open file'
          cat /tmp/first /tmp/rest | sha256sum | cmp - /run/kept.sum || no 'what was read'
          gtest lock /mnt/locked bsd try && no 'the BSD lock is lost'
          gtest lock /mnt/written posix try && no 'the POSIX lock is lost'
          kill $posix $bsd; wait $posix $bsd
          gtest lock /mnt/locked bsd try || no 'the BSD lock stays'
          gtest lock /mnt/written posix try || no 'the POSIX lock stays'
          wait $churn || { cat /tmp/churn; no churn; }
          cat /tmp/churn
          mkdir /mnt/behind && cp /run/kept.sum /mnt/behind/new || no create
          cmp /mnt/behind/new /run/kept.sum || no 'a new file'
          exec 3<&- 5<&-
          umount /mnt || no umount
          """;

  private Path directory;
  private Path deviceFile;

  @BeforeEach
  void makeVolume() throws IOException {
    directory = Files.createTempDirectory("famfs-migration");
    deviceFile = directory.resolve("region");
    try (MappedDaxDevice device = DaxDevices.createFile(deviceFile, 64 * ByteSize.MIB);
        Volume volume =
            Volume.format(List.of(device), FormatOptions.ownedBy(MigratingServer.OWNER))) {
      make(volume, "churned", CHURN_BYTES, 0);
      make(volume, "written", 4096, 0);
      make(volume, "locked", 4096, 0);
      make(volume, "word", 4096, 0);
      make(volume, "kept", KEPT_BYTES, 7);
    }
  }

  private static void make(Volume volume, String name, int bytes, long seed) throws IOException {
    try (FileCreation creation = volume.create(name, bytes, 0666, 0, 0)) {
      if (seed != 0) {
        ServedVolume.copyIn(volume, creation.extents(), Pattern.bytes(seed, 0, bytes));
      }
      creation.commit();
    }
  }

  @AfterEach
  void remove() throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  /// Stores the word for which the guest waits, past all servers.
  private void tellGuest() throws IOException {
    try (MappedDaxDevice device = DaxDevices.open(deviceFile, Mode.READ_WRITE);
        Volume volume = Volume.open(List.of(device), OpenOptions.forReading())) {
      FileInode word = (FileInode) volume.namespace().find("word");
      ServedVolume.copyIn(volume, word.extents(), MOVED.getBytes(StandardCharsets.UTF_8));
    }
  }

  private GuestSpec spec(String name, Path socket, int operations, HostHook hook) {
    String sum = ServedVolume.sha256(Pattern.bytes(7, 0, KEPT_BYTES)) + "  -\n";
    String script = SCRIPT.replace("OPERATIONS", Integer.toString(operations));
    return GuestSpec.of(TestVm.console("migration-" + name), script)
        .memoryMiB(256)
        .timeLimit(LIMIT)
        .file("/run/kept.sum", sum)
        .device(VirtioFsDevice.plain(socket, MigratingServer.TAG).requestQueues(2))
        .hook(hook);
  }

  private static String command(String name, String uri) {
    return "{\"execute\": \"%s\", \"arguments\": {\"uri\": \"%s\"}}".formatted(name, uri);
  }

  /// Until the guest says that it may be moved.
  private static void awaitWish(GuestRun run, CountDownLatch wanted) throws Exception {
    while (!wanted.await(1, TimeUnit.SECONDS)) {
      assertTrue(run.isRunning(), "the guest has ended");
    }
  }

  private void requireSound() throws IOException {
    try (MappedDaxDevice device = DaxDevices.open(deviceFile, Mode.READ_WRITE)) {
      CheckReport report = VolumeCheck.check(List.of(device));
      assertTrue(report.clean(), () -> report.findings().toString());
      try (Volume volume = Volume.open(List.of(device), OpenOptions.forReading())) {
        assertEquals(5 + 2, volume.namespace().root().childCount());
      }
    }
  }

  @Test
  void guestGoesOnLiveAtAnotherServer() throws Exception {
    Path first = directory.resolve("1");
    Path second = directory.resolve("2");
    CountDownLatch wanted = new CountDownLatch(1);
    HostHook hook =
        _ -> {
          wanted.countDown();
          return HookResult.ok();
        };
    String uri = "unix:" + directory.resolve("m");
    try (MigratingServer source = MigratingServer.start(deviceFile, first, false);
        MigratingServer target = MigratingServer.start(deviceFile, second, true);
        GuestRun here = Guest.start(TestVm.image(), spec("source", first, 2500, hook));
        GuestRun there =
            Guest.start(
                TestVm.image(),
                spec("target", second, 2500, hook).qemuArguments("-incoming", "defer"))) {
      awaitWish(here, wanted);
      there.qmp(command("migrate-incoming", uri));
      here.migrate(uri);
      System.out.println("[case] " + here.qmp("query-migrate"));
      here.kill();
      tellGuest();
      GuestResult result = there.await();
      assertTrue(result.passed(), result::summary);
      assertTrue(source.isAlive() && target.isAlive());
    }
    requireSound();
  }

  @Test
  void guestGoesOnOutOfAFileAtALaterServer() throws Exception {
    Path first = directory.resolve("1");
    Path second = directory.resolve("2");
    Path saved = directory.resolve("saved");
    CountDownLatch wanted = new CountDownLatch(1);
    HostHook hook =
        _ -> {
          wanted.countDown();
          return HookResult.ok();
        };
    try (MigratingServer _ = MigratingServer.start(deviceFile, first, false);
        GuestRun here = Guest.start(TestVm.image(), spec("saved", first, 300, hook))) {
      awaitWish(here, wanted);
      here.qmp("stop");
      here.qmp("cont");
      here.migrate("file:" + saved);
      System.out.println("[case] " + here.qmp("query-migrate"));
    }
    try (MigratingServer _ = MigratingServer.start(deviceFile, second, false);
        GuestRun there =
            Guest.start(
                TestVm.image(),
                spec("restored", second, 300, hook).qemuArguments("-incoming", "file:" + saved))) {
      tellGuest();
      GuestResult result = there.await();
      assertTrue(result.passed(), result::summary);
    }
    requireSound();
  }
}
