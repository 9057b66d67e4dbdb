package io.famfs.e2e;

import java.nio.file.Path;
import java.time.Duration;

/// A process that starts a guest, says so and waits to be killed.
final class GuestParent {
  private GuestParent() {}

  /// Starts the guest.
  public static void main(String[] arguments) throws Exception {
    GuestSpec spec =
        GuestSpec.of(Path.of("target/guest-consoles/orphan.log"), "sleep 600")
            .memoryMiB(256)
            .timeLimit(Duration.ofMinutes(5));
    try (GuestRun run = Guest.start(VmImage.obtain(Progress.none()), spec)) {
      System.out.println(run.awaitBoot(Duration.ofMinutes(3)) ? "started" : "not started");
      run.await();
    }
  }
}
