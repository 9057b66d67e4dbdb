package io.famfs.e2e.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import io.famfs.core.DaxDevice;
import io.famfs.dax.DaxDevices;
import io.famfs.e2e.cases.ToolCase.Does;
import io.famfs.e2e.cases.ToolCase.Keeps;
import io.famfs.e2e.cases.ToolCase.Refuses;
import io.famfs.e2e.cases.ToolCase.Step;
import io.famfs.fuse.device.FuseMount;
import io.famfs.fuse.device.MountOptions;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.store.FormatOptions;
import io.famfs.store.Volume;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The tools of this host on a mount; in guests it is [OrdinaryToolsIT].
@Timeout(180)
class OrdinaryToolsTest {
  private static final long DEVICE_BYTES = 256 * ByteSize.MIB;

  @TempDir Path place;

  @TestFactory
  Stream<DynamicTest> everyCaseOnAMountOfThisHost() {
    return OrdinaryTools.CASES.stream()
        .map(each -> DynamicTest.dynamicTest(each.name(), () -> run(each)));
  }

  private void run(ToolCase each) throws Exception {
    boolean possible =
        Files.isWritable(Path.of("/dev/fuse"))
            && ((Number) Files.getAttribute(place, "unix:uid")).intValue() == 0;
    Assumptions.assumeTrue(possible, "SKIPPED: mounting needs root and /dev/fuse");
    Path work = Files.createDirectory(place.resolve(each.name()));
    Path mounted = Files.createDirectory(work.resolve("mounted"));
    Shell shell = new Shell(mounted, Files.createDirectory(work.resolve("outside")));
    Assumptions.assumeTrue(
        each.needs().isEmpty() || shell.run(each.needs() + " --version").status() == 0,
        "SKIPPED: no " + each.needs());
    try (DaxDevice device = DaxDevices.memfd("tools", DEVICE_BYTES);
        Volume volume = Volume.format(List.of(device), FormatOptions.ownedBy(UUID.randomUUID()));
        FuseMount _ =
            FuseMount.mount(
                MountOptions.at(mounted, "tools"),
                new FuseServer(new FamfsFileSystem(volume, FamfsOptions.standard())))) {
      for (Step step : each.steps()) {
        run(step, shell, volume);
      }
    }
  }

  private static void run(Step step, Shell shell, Volume volume) throws Exception {
    switch (step) {
      case Does(String script) -> {
        Ran ran = shell.run(script);
        assertEquals(0, ran.status(), () -> script + "\n" + ran.output());
      }
      case Refuses(String reason, String script) -> {
        Ran ran = shell.run(script);
        assertNotEquals(0, ran.status(), script);
        assertTrue(ran.output().contains(reason), () -> script + "\n" + ran.output());
      }
      case Keeps(String path, long sizeBytes, int mode) ->
          assertEquals("", ToolChecks.kept(volume, path, sizeBytes, mode));
    }
  }

  private record Ran(int status, String output) {}

  /// Runs scripts as [ToolCase] says.
  private record Shell(Path mounted, Path outside) {
    Ran run(String script) throws Exception {
      ProcessBuilder builder = new ProcessBuilder("bash", "-c", "set -eo pipefail\n" + script);
      builder.environment().put("M", mounted.toString());
      builder.environment().put("T", outside.toString());
      builder.environment().put("LC_ALL", "C");
      Process process = builder.redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
      return new Ran(process.exitValue(), output);
    }
  }
}
