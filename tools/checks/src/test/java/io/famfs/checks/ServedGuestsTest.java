package io.famfs.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.e2e.Guest;
import io.famfs.e2e.GuestResult;
import io.famfs.e2e.GuestRun;
import io.famfs.e2e.GuestSpec;
import io.famfs.e2e.HookResult;
import io.famfs.e2e.HostHook;
import io.famfs.e2e.VirtioFsDevice;
import io.famfs.e2e.VmImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// `famfs serve` as a user starts it, locked in, with four guests at once on doors of four kinds,
/// one of which was added while the others were in use.
@Timeout(900)
class ServedGuestsTest {
  private static final int GUESTS = 4;
  private static final int MEMORY_MIB = 256;
  private static final Duration LIMIT = Duration.ofSeconds(400);
  private static final int OPERATIONS = 400;

  private static final String PRELUDE =
      """
      no() { echo "FAILED: $*"; host failed; exit 1; }
      # Until all guests are here.
      meet() { host meet || no 'another guest has failed'; }
      refused() {
        text=$1; shift
        "$@" > /tmp/error 2>&1 && no "$* succeeded"
        grep -q "$text" /tmp/error || no "$*: $(cat /tmp/error)"
      }
      """;

  private static final String WHOLE =
      """
      mount -t virtiofs -o dax whole /mnt || no mount
      gtest dax /mnt/team/turns || no 'not dax'
      mkdir -m 777 /mnt/team/dir && echo secret > /mnt/outside && gtest fill /mnt/stores 0 8m 5 mmap \\
        || no 'made and filled'
      meet
      meet
      [ "$(cat /mnt/team/dir/inside)" = inside ] || no 'what the team wrote'
      [ "$(stat -c %u:%g /mnt/team/dir/inside)" = 100000:100007 ] || no 'whose it is'
      gtest poke /mnt/stores 4096 77aa || no poke
      meet
      """;

  private static final String LOOK =
      """
      mount -t virtiofs -o ro look /mnt || no mount
      meet
      gtest check /mnt/stores 0 8m 5 mmap && gtest check /mnt/stores 0 8m 5 read || no 'what was stored'
      refused 'Read-only' sh -c 'echo more > /mnt/team/dir/new'
      umount /mnt && mount -t virtiofs look /mnt || no 'mount rw'
      refused 'Read-only' sh -c 'echo more > /mnt/team/dir/new'
      refused 'Read-only' touch /mnt/outside
      meet
      [ "$(cat /mnt/team/dir/inside)" = inside ] || no 'what the team wrote'
      for round in 1 2 3 4 5; do gtest check /mnt/stores 64k 4m 5 direct || no round; done
      meet
      """;

  private static final String TEAM =
      """
      mount -t virtiofs team /mnt || no mount
      meet
      [ "$(ls /mnt)" = "$(printf 'dir\\nturns')" ] || no "$(ls /mnt)"
      [ "$(ls /mnt/..)" = "$(ls /)" ] || no 'up'
      echo inside > /mnt/dir/inside && chown 0:7 /mnt/dir/inside || no inside
      [ "$(stat -c %u:%g /mnt/dir/inside)" = 0:7 ] || no "$(stat -c %u:%g /mnt/dir/inside)"
      [ "$(stat -c %u /mnt/turns)" = 65534 ] || no 'a user of nobody in here'
      meet
      meet
      """;

  private static final String LATE =
      """
      mount -t virtiofs -o dax late /mnt || no mount
      meet
      gtest waitfor /mnt/stores 4096 77aa 200 & seen=$!
      refused 'Read-only\\|too large\\|not permitted' sh -c 'echo more >> /mnt/outside'
      meet
      wait $seen || no 'a store of another guest'
      meet
      """;

  private MemoryFolder memory;
  private Path home;
  private Path device;
  private VmImage image;
  private final long seed = new SplittableRandom().nextInt(1 << 30);

  /// Its parties are the guests; one that fails ends it for all.
  private final Phaser meeting = new Phaser(GUESTS);

  @BeforeEach
  void makeVolume() throws Exception {
    Privileges.assumeRoot();
    image = CheckVm.image();
    memory = MemoryFolder.make();
    home = memory.path();
    device = home.resolve("device.img");
    Launched.mkfs(home, "--size", "128M", device).done();
    Launched.famfs(home, "mkdir", "-m", "777", "team", "--device", device).done();
    String anybody = "umask 0 && exec \"$0\" creat -s 8M -m 666 \"$1\" --device \"$2\"";
    for (String file : new String[] {"team/turns", "stores"}) {
      String famfs = Launched.launcher("famfs");
      List<String> command = List.of("sh", "-c", anybody, famfs, file, device.toString());
      Launched.run(home, Map.of(), command).done();
    }
  }

  @AfterEach
  void remove() throws IOException {
    if (memory != null) {
      memory.close();
    }
  }

  private HookResult answer(String word) throws Exception {
    if (word.equals("failed")) {
      meeting.forceTermination();
      return HookResult.ok();
    }
    int phase = meeting.arrive();
    int next = phase < 0 ? phase : meeting.awaitAdvanceInterruptibly(phase, 300, TimeUnit.SECONDS);
    return HookResult.of(next >= 0);
  }

  private GuestRun start(String name, boolean window, String script) throws Exception {
    Path socket = home.resolve(name + ".sock");
    HostHook hook = words -> answer(words.getFirst());
    Path console = Path.of("target", "guest-consoles", "served-" + name + ".log");
    GuestSpec spec =
        GuestSpec.of(console, PRELUDE + script + "umount /mnt || no umount\n")
            .memoryMiB(MEMORY_MIB)
            .cpus(1)
            .timeLimit(LIMIT)
            .hook(hook)
            .device(
                window
                    ? VirtioFsDevice.withWindow(socket, name)
                    : VirtioFsDevice.plain(socket, name));
    return Guest.start(image, spec);
  }

  private static void requirePassed(GuestRun... runs) throws Exception {
    for (GuestRun run : runs) {
      GuestResult result = run.await();
      assertTrue(result.passed(), result::summary);
    }
  }

  /// Takes turns with two others in the first 6 MiB of a file of 8 MiB.
  private String turns(String file, int part) {
    return "gtest turns /mnt/%s 6m %d %d 40 %d 3 || no turns\n"
        .formatted(file, seed, OPERATIONS, part);
  }

  /// What the kernel says of every thread of a process.
  private static void requireLockedIn(long pid) throws IOException {
    try (var threads = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
      for (Path thread : threads) {
        String status = Files.readString(thread.resolve("status"));
        assertTrue(status.contains("Seccomp:\t2\n"), thread + "\n" + status);
        assertTrue(status.contains("NoNewPrivs:\t1\n"), thread + "\n" + status);
        assertTrue(status.contains("CapEff:\t0000000000000000\n"), thread + "\n" + status);
      }
    }
  }

  private static long pidOf(Process launched) {
    return launched.descendants().reduce((_, last) -> last).orElse(launched.toHandle()).pid();
  }

  @Test
  void fourGuestsOnDoorsOfFourKindsShareOneStore() throws Exception {
    Process server =
        Launched.server(
            home,
            "serve",
            "--device",
            device,
            "--socket",
            home.resolve("whole.sock") + ",tag=whole,window=16M",
            "--socket",
            home.resolve("look.sock") + ",tag=look,ro",
            "--socket",
            home.resolve("team.sock")
                + ",tag=team,subdir=team,uid-map=0:100000:65536,gid-map=0:100000:65536");
    requireLockedIn(pidOf(server));
    System.out.println("[served] seed " + seed);
    try (GuestRun whole = start("whole", true, WHOLE + turns("team/turns", 0));
        GuestRun look = start("look", false, LOOK);
        GuestRun team = start("team", false, TEAM + turns("turns", 1))) {
      Launched.famfs(home, "ctl", "add", home.resolve("late.sock") + ",tag=late,window=8M").done();
      try (GuestRun late = start("late", true, LATE + turns("team/turns", 2))) {
        requirePassed(team, look, late, whole);
      }
    }
    requireLockedIn(pidOf(server));
    String doors = Launched.famfs(home, "ctl", "list", "--json").done().text();
    assertTrue(doors.contains("late.sock"), doors);
    Launched.famfs(home, "ctl", "remove", home.resolve("late.sock")).done();
    String stats = Launched.famfs(home, "stats", "--json").done().text();
    assertTrue(stats.contains("\"SETUPMAPPING\""), stats);
    server.descendants().forEach(ProcessHandle::destroy);
    server.destroy();
    assertEquals(0, Launched.end(server));
    String said = Launched.errorsOf(home);
    assertTrue(!said.contains("WARNING") && !said.contains("SEVERE"), said);
    Launched.famfs(home, "fsck", device).done();
  }
}
