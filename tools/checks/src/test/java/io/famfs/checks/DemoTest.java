package io.famfs.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `famfs demo`, as the README promises it.
class DemoTest {
  private static final long LIMIT_SECONDS = 900;

  @TempDir private Path home;

  @Test
  void everyClaimHoldsAndTheConsoleIsKept() throws Exception {
    Path console = Launched.ROOT.resolve("tools/checks/target/demo-console.log");
    Files.deleteIfExists(console);
    Launched run = demo(Map.of(), "--console", console);
    System.out.print(run.text());
    assertEquals(0, run.code(), run.text() + run.err());
    assertTrue(run.text().contains(" all hold"), run.text());
    if (run.text().matches("(?s).* guest +skipped: .*")) {
      assertFalse("true".equals(System.getenv("CI")), "no guest: " + run.text());
      System.out.println("SKIPPED, the demo booted no guest");
      Assumptions.abort("the demo booted no guest");
    }
    assertTrue(run.text().contains("FUSE_READ 0, FUSE_WRITE 0"), run.text());
    assertTrue(Files.size(console) > 0);
    assertNothingLeft();
  }

  @Test
  void withoutNetworkTheGuestIsSkippedAndTheRestIsDone() throws Exception {
    Map<String, String> offline =
        Map.of(
            "FAMFS_E2E_CACHE", Files.createDirectory(home.resolve("cache")).toString(),
            "FAMFS_E2E_MIRROR", "http://127.0.0.1:1/",
            "FAMFS_E2E_VM", "");
    Launched run = demo(offline);
    assertEquals(0, run.code(), run.text() + run.err());
    assertTrue(run.text().matches("(?s).*\n  guest +skipped: .*"), run.text());
    assertTrue(run.text().contains(" all hold; skipped: guest"), run.text());
    assertTrue(run.text().contains(" copied from "), run.text());
    assertNothingLeft();
  }

  private Launched demo(Map<String, String> environment, Object... options)
      throws IOException, InterruptedException {
    Object[] all = new Object[options.length + 2];
    all[0] = "demo";
    System.arraycopy(options, 0, all, 1, options.length);
    all[all.length - 1] = Launched.ROOT.resolve("famfs-core/src");
    return Launched.finish(
        Launched.prepared(home, environment, Launched.command("famfs", all)), LIMIT_SECONDS);
  }

  /// A demonstration that has ended leaves no region behind. Others may be running.
  private static void assertNothingLeft() throws IOException {
    try (var regions = Files.newDirectoryStream(Path.of("/dev/shm"), "famfs-demo-*.img")) {
      for (Path region : regions) {
        String pid = region.getFileName().toString().replaceAll("\\D", "");
        assertTrue(ProcessHandle.of(Long.parseLong(pid)).isPresent(), region + " is left over");
      }
    }
  }
}
