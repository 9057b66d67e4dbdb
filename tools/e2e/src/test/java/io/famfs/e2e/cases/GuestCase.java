package io.famfs.e2e.cases;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.e2e.Guest;
import io.famfs.e2e.GuestResult;
import io.famfs.e2e.GuestRun;
import io.famfs.e2e.GuestSpec;
import io.famfs.e2e.TestVm;
import io.famfs.e2e.VmImage;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/// Guests over a served volume.
abstract class GuestCase {
  /// What the cases' scripts have in common.
  static final String PRELUDE =
      """
      no() { echo "CASE FAILED: $*"; exit 1; }
      # Names, types, modes, owners and sizes of everything in the mount.
      listed() {
        (cd /mnt && find . -mindepth 1 -exec stat -c '%f %u %g %s %n' '{}' + | sort) > /tmp/statuses
        sort /run/statuses > /tmp/expected
        cmp /tmp/expected /tmp/statuses || { diff /tmp/expected /tmp/statuses; no listing; }
      }
      # The content of every file.
      summed() {
        (cd /mnt && sha256sum -c /run/sums) > /tmp/sums 2>&1 || { grep -v ': OK$' /tmp/sums; no sums; }
      }
      """;

  private static final int MEMORY_MIB = 320;
  private static final Duration LIMIT = Duration.ofSeconds(90);

  private static VmImage image;

  /// A fresh one for every case.
  ServedVolume volume;

  @BeforeAll
  static void obtainVm() throws Exception {
    image = TestVm.image();
  }

  @BeforeEach
  void makeVolume() throws IOException {
    volume = new ServedVolume(regionBytes());
  }

  /// The size of its region.
  long regionBytes() {
    return ServedVolume.REGION_BYTES;
  }

  @AfterEach
  void closeVolume() throws IOException {
    volume.close();
  }

  /// A guest with a door of the volume.
  GuestSpec spec(String name, String script, HostWords words, Door... doors) {
    GuestSpec spec =
        GuestSpec.of(TestVm.console("case-" + name), PRELUDE + script)
            .memoryMiB(MEMORY_MIB)
            .timeLimit(LIMIT)
            .file("/run/sums", volume.sums())
            .file("/run/statuses", volume.statuses())
            .hook(words);
    for (Door door : doors) {
      spec = spec.device(door.device());
    }
    return spec;
  }

  static GuestRun start(GuestSpec spec) throws IOException, InterruptedException {
    return Guest.start(image, spec);
  }

  /// Runs a guest whose script has to succeed.
  static GuestResult pass(GuestSpec spec) throws IOException, InterruptedException {
    try (GuestRun run = start(spec)) {
      GuestResult result = run.await();
      System.out.printf("[case] %s: %.1f s%n", spec.console().getFileName(), result.seconds());
      assertTrue(result.passed(), result::summary);
      return result;
    }
  }
}
