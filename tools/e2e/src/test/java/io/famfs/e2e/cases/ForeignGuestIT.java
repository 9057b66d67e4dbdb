package io.famfs.e2e.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import io.famfs.e2e.Guest;
import io.famfs.e2e.GuestMachine;
import io.famfs.e2e.GuestResult;
import io.famfs.e2e.GuestRun;
import io.famfs.e2e.GuestSpec;
import io.famfs.e2e.TestVm;
import io.famfs.e2e.VmImage;
import io.famfs.fuse.protocol.OpenFlags;
import io.famfs.fuse.server.ServerStats;
import java.io.IOException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Guests of other architectures: their flags and their byte order are understood, whatever pages
/// they have, with a window and without.
class ForeignGuestIT {
  private static final long WINDOW_BYTES = 64 * ByteSize.MIB;
  private static final int MEMORY_MIB = 512;
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final int MIB = 1 << 20;

  /// The most a guest with 4 KiB pages asks for through a ring of 128 entries.
  private static final int SMALL_PAGES_READ = 124 * 4096;

  private static final int LARGE_PAGES_READ = 124 * 16384;

  private static final Pattern SUM = Pattern.compile("^SUM (\\w+) (\\w{64})$", Pattern.MULTILINE);

  /// `dd oflag=direct` and then a directory: on arm64 the flags of the one are those of the other
  /// on x86.
  private static final String SCRIPT =
      """
      F=/mnt/scratch.bin
      [ "$(uname -m)" = MACHINE ] || no "this is $(uname -m)"
      mount -t virtiofs OPTIONS data /mnt || no mount
      ls /mnt > /dev/null || no 'ls of the mount'
      listed
      summed
      dd if=/dev/urandom of=/tmp/random bs=64k count=16 2> /dev/null || no random
      dd if=/tmp/random of=$F bs=64k conv=notrunc oflag=direct 2> /tmp/error \\
        || no "dd oflag=direct: $(cat /tmp/error)"
      ls -l /mnt/sizes > /dev/null && (cd /mnt/many && ls > /dev/null) || no 'a directory'
      dd if=$F of=/tmp/back bs=64k count=16 iflag=direct 2> /dev/null || no 'dd iflag=direct'
      cmp /tmp/random /tmp/back || no 'what was written directly is not read directly'
      dd if=/tmp/random of=$F bs=777 seek=4096 conv=notrunc 2> /dev/null || no 'dd'
      echo "SUM random $(sha256sum < /tmp/random | cut -c -64)"
      dd if='/mnt/deep/er/and deeper/sixteen MiB' of=/dev/null bs=8M iflag=direct 2> /dev/null \\
        || no 'a large read'
      # TEXT COMMAND...: the command fails and says so
      fails() {
        text=$1; shift
        "$@" > /tmp/error 2>&1 && no "$* succeeded"
        grep -q "$text" /tmp/error || no "$*: $(cat /tmp/error)"
      }
      fails 'not permitted' sh -c ': > /mnt/sizes/4096'
      chmod 600 /mnt/sizes/4096 && [ $(stat -c %a /mnt/sizes/4096) = 600 ] || no chmod
      dd if=/dev/zero of=/mnt/tst_file bs=4096 count=1 oflag=direct 2> /dev/null || no 'dd direct'
      mkdir /mnt/made && echo new > /mnt/made/file && echo more >> /mnt/made/file 2> /dev/null \\
        && no 'a file that was closed has grown'
      [ "$(cat /mnt/made/file)" = new ] && [ $(stat -c %s /mnt/tst_file) = 4096 ] || no 'new files'
      fails 'too large' sh -c 'echo more >> /mnt/sizes/4096'
      fails 'No such file' cat /mnt/sizes/none
      fails 'name too long' cat /mnt/LONG
      touch -d '2001-02-03 04:05:06' /mnt/sizes/1 || no touch
      [ $(stat -c %Y /mnt/sizes/1) = 981173106 ] || no 'the time that was set'
      umount /mnt || no umount
      """;

  private ServedVolume volume;

  @BeforeEach
  void makeVolume() throws IOException {
    volume = new ServedVolume(ServedVolume.REGION_BYTES);
  }

  @AfterEach
  void closeVolume() throws IOException {
    volume.close();
  }

  @Test
  void arm64WithoutAWindow() throws Exception {
    assertEquals(SMALL_PAGES_READ, copied(GuestMachine.ARM64, "aarch64"));
  }

  @Test
  void arm64WithLargerPagesReadsMoreAtOnceThanItMayWrite() throws Exception {
    assertEquals(LARGE_PAGES_READ, copied(GuestMachine.ARM64_16K, "aarch64"));
  }

  @Test
  void bigEndianS390x() throws Exception {
    assertEquals(SMALL_PAGES_READ, copied(GuestMachine.S390X, "s390x"));
  }

  @Test
  void arm64WithAWindow() throws Exception {
    mapped(GuestMachine.ARM64, "aarch64");
  }

  @Test
  void arm64WithLargerPagesAndAWindow() throws Exception {
    mapped(GuestMachine.ARM64_16K, "aarch64");
  }

  /// Returns the largest READ.
  private int copied(GuestMachine machine, String uname) throws Exception {
    RequestRecorder recorder = new RequestRecorder();
    Door door = volume.door(recorder.before(volume.files()), "data", 1, 0);
    run(machine, uname, "", door, recorder);
    ServerStats stats = door.fuse().stats();
    assertTrue(stats.requests("READ") > 0 && stats.requests("WRITE") > 0, stats::toString);
    assertEquals(0, stats.requests("SETUPMAPPING"));
    return recorder.largestRead();
  }

  private void mapped(GuestMachine machine, String uname) throws Exception {
    RequestRecorder recorder = new RequestRecorder();
    Door door = volume.door(recorder.before(volume.files()), "data", 1, WINDOW_BYTES);
    run(machine, uname, "-o dax", door, recorder);
    ServerStats stats = door.fuse().stats();
    assertEquals(0, stats.requests("READ"), stats::toString);
    assertTrue(stats.requests("SETUPMAPPING") > 0, stats::toString);
    assertEquals(0, door.server().stats().liveMaps());
    assertEquals(0, door.server().stats().windowFailures());
  }

  private void run(
      GuestMachine machine, String uname, String options, Door door, RequestRecorder recorder)
      throws Exception {
    VmImage image = TestVm.image(machine);
    String script =
        SCRIPT
            .replace("MACHINE", uname)
            .replace("OPTIONS", options)
            .replace("LONG", "n".repeat(256));
    String name = "foreign-" + machine + (options.isEmpty() ? "" : "-window");
    GuestSpec spec =
        GuestSpec.of(TestVm.console(name), GuestCase.PRELUDE + script)
            .memoryMiB(MEMORY_MIB)
            .timeLimit(LIMIT)
            .file("/run/sums", volume.sums())
            .file("/run/statuses", volume.statuses())
            .device(door.device());
    GuestResult result;
    try (GuestRun run = Guest.start(image, spec)) {
      result = run.await();
    }
    System.out.printf("[case] %s: %.1f s%n", name, result.seconds());
    assertTrue(result.passed(), result::summary);
    requireStored(result);
    requireUnderstood(recorder);
    ServerStats stats = door.fuse().stats();
    // The one request that breaks a rule is the lookup of a name that is too long.
    assertEquals(1, stats.malformed(), stats::toString);
    assertEquals(0, stats.failures() + stats.memoryFaults(), stats::toString);
    assertEquals(0, door.server().stats().malformedRequests());
    assertTrue(volume.isUnchanged());
  }

  /// What the guest wrote is in the region: once directly, once in small pieces.
  private void requireStored(GuestResult result) {
    Matcher told = SUM.matcher(result.console());
    assertTrue(told.find(), result::summary);
    String sum = told.group(2);
    assertEquals(sum, ServedVolume.sha256(volume.bytes(ServedVolume.SCRATCH, 0, MIB)));
    long second = 777L * 4096;
    assertEquals(sum, ServedVolume.sha256(volume.bytes(ServedVolume.SCRATCH, second, MIB)));
  }

  /// Direct opens were direct and no directories, directories were directories and not direct.
  private static void requireUnderstood(RequestRecorder recorder) {
    boolean direct = false;
    for (int flags : recorder.openFlags()) {
      direct |= (flags & OpenFlags.DIRECT) != 0;
      assertEquals(0, flags & OpenFlags.DIRECTORY, () -> Integer.toOctalString(flags));
    }
    assertTrue(direct, "no OPEN was direct");
    boolean directory = false;
    for (int flags : recorder.opendirFlags()) {
      directory |= (flags & OpenFlags.DIRECTORY) != 0;
      assertEquals(0, flags & OpenFlags.DIRECT, () -> Integer.toOctalString(flags));
    }
    assertTrue(directory, "no OPENDIR was of a directory");
  }
}
