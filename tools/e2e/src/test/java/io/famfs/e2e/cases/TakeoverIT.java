package io.famfs.e2e.cases;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import io.famfs.e2e.Guest;
import io.famfs.e2e.GuestPrograms;
import io.famfs.e2e.GuestResult;
import io.famfs.e2e.GuestRun;
import io.famfs.e2e.GuestSpec;
import io.famfs.e2e.HookResult;
import io.famfs.e2e.TestVm;
import io.famfs.e2e.VirtioFsDevice;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// A guest whose server is killed again and again while it works: it sees pauses, no error and no
/// wrong byte. Three programs work at the same time, on parts of a file of fixed size and on files
/// that are new, until nobody is killed any more.
class TakeoverIT {
  private static final long WINDOW_BYTES = 16 * ByteSize.MIB;
  private static final int QUEUES = 2;

  /// fio has libraries for all kinds of storage: 60 MB, twice while the guest boots.
  private static final int MEMORY_MIB = 512;

  /// A kill takes a second or two, on a busy machine five.
  private static final Duration LIMIT = Duration.ofSeconds(180 + 15L * Killing.KILLS);

  /// The mmap engine of fio 3.39 maps from the start of the file whatever the offset of the job, so
  /// it has a file for itself.
  private static final String FIO =
      """
      [global]
      thread
      overwrite=1
      verify=crc32c
      verify_fatal=1
      verify_backlog=50
      bsrange=4k-64k
      size=1m
      [psync]
      ioengine=psync
      filename=/mnt/scratch.bin
      rw=randwrite
      offset=16m
      [mmap]
      ioengine=mmap
      filename=/mnt/mapped.bin
      rw=randwrite
      [direct]
      ioengine=psync
      direct=1
      filename=/mnt/scratch.bin
      rw=randrw
      offset=24m
      """;

  private static final String SCRIPT =
      """
      no() { echo "CASE FAILED: $*"; echo "$*" >> /run/failed; exit 1; }
      MOUNT /mnt || no mount
      more() { [ ! -e /run/failed ] && host more; }
      # VERB: does it with another seed each time, as long as somebody kills.
      again() {
        n=0
        while more; do
          n=$((n + 1))
          $1 $n > /tmp/$1 2>&1 || { cat /tmp/$1; no "$1 in round $n"; }
          grep -E '^(churn|grow) ' /tmp/$1
        done
        echo "rounds $1 $n"
      }
      churn() { gtest churn /mnt/scratch.bin 0 8m $((SEED + $1)) 1000; }
      grow() { gtest grow /mnt $((SEED + $1)) 3 150; }
      tested() {
        fio --eta=never --randseed=$((SEED + $1)) /run/fio && [ $(grep -c 'err= 0' /tmp/tested) = 3 ]
      }
      again churn & a=$!
      again grow & b=$!
      again tested & c=$!
      wait $a $b $c
      [ ! -e /run/failed ] || exit 1
      umount /mnt || no umount
      mount -t virtiofs door /mnt && (cd /mnt && ls -l | wc -l) || no 'mount again'
      umount /mnt || no 'umount again'
      """;

  private static void run(String name, long windowBytes, String mount) throws Exception {
    GuestPrograms programs = TestVm.programs();
    try (Killing killing = new Killing()) {
      Path socket = killing.directory().resolve("s");
      killing.serve(
          "socket", socket.toString(), Integer.toString(QUEUES), Long.toString(windowBytes));
      VirtioFsDevice device =
          windowBytes > 0
              ? VirtioFsDevice.withWindow(socket, KilledServer.TAG)
              : VirtioFsDevice.plain(socket, KilledServer.TAG);
      String script =
          SCRIPT.replace("MOUNT", mount).replace("SEED", Integer.toString(Killing.SEED));
      GuestSpec spec =
          GuestSpec.of(TestVm.console("takeover-" + name), script)
              .memoryMiB(MEMORY_MIB)
              .timeLimit(LIMIT)
              .file("/run/fio", FIO)
              .hook(_ -> killing.goesOn() ? HookResult.ok() : HookResult.failed(""))
              .device(device.requestQueues(QUEUES));
      try (GuestRun guest = Guest.start(TestVm.image(), programs.add(spec, "fio"))) {
        assertTrue(guest.awaitBoot(LIMIT), "the guest does not boot");
        killing.start();
        GuestResult result = guest.await();
        report(name, result);
        assertTrue(result.passed(), result::summary);
      }
      killing.finish("guest, " + name);
    }
  }

  private static void report(String name, GuestResult result) {
    long longestMillis =
        result
            .console()
            .lines()
            .filter(line -> line.contains(", longest "))
            .mapToLong(line -> Long.parseLong(line.replaceAll(".*, longest (\\d+) ms.*", "$1")))
            .max()
            .orElse(-1);
    System.out.printf("[takeover] %s: longest operation %d ms%n", name, longestMillis);
    result
        .console()
        .lines()
        .filter(line -> line.startsWith("rounds "))
        .forEach(System.out::println);
  }

  @Test
  void guestSeesPausesWhenItsServerIsKilled() throws Exception {
    run("plain", 0, "mount -t virtiofs door");
  }

  @Test
  void guestWithAWindowSeesPausesWhenItsServerIsKilled() throws Exception {
    run("window", WINDOW_BYTES, "mount -t virtiofs -o dax door");
  }
}
