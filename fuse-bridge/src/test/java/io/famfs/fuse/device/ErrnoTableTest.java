package io.famfs.fuse.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import io.famfs.core.DaxDevice;
import io.famfs.dax.DaxDevices;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.store.FormatOptions;
import io.famfs.store.Volume;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What programs get for names, flags, modes, sizes and permissions on a mount, row by row
/// (`errno-table.pl`).
@Timeout(120)
class ErrnoTableTest {
  private static final long DEVICE_BYTES = 64 * ByteSize.MIB;
  private static final int FEWEST_ROWS = 150;

  @TempDir Path place;

  @Test
  void everyRowIsAnsweredAsOnAnyFileSystem() throws Exception {
    Mountable.assume(place);
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "SKIPPED: no perl");
    Path mounted = Mountable.directory(place, "mounted");
    try (DaxDevice device = DaxDevices.memfd("errno-table", DEVICE_BYTES);
        Volume volume = Volume.format(List.of(device), FormatOptions.ownedBy(UUID.randomUUID()))) {
      volume.namespace().root().setMode(0777);
      FuseServer server = new FuseServer(new FamfsFileSystem(volume, FamfsOptions.standard()));
      // One worker serves requests in their order: the end of a file before the next question.
      FuseMount mount =
          FuseMount.mount(MountOptions.at(mounted, "errno-table").withWorkers(1), server);
      try {
        check(run(mounted));
      } finally {
        mount.close();
      }
    }
  }

  private static void check(List<String> lines) {
    List<String> wrong =
        lines.stream().filter(line -> !line.startsWith("ok ") && !line.equals("done")).toList();
    assertEquals(List.of(), wrong);
    assertEquals("done", lines.getLast());
    assertTrue(lines.size() > FEWEST_ROWS, () -> lines.size() + " rows");
    System.out.println("[errno table] " + (lines.size() - 1) + " rows");
  }

  private List<String> run(Path mounted) throws IOException, InterruptedException {
    Path script = place.resolve("errno-table.pl");
    try (InputStream source = ErrnoTableTest.class.getResourceAsStream("errno-table.pl")) {
      if (source == null) {
        throw new IOException("errno-table.pl is not with the tests");
      }
      Files.copy(source, script);
    }
    Process perl =
        new ProcessBuilder("/usr/bin/perl", script.toString())
            .directory(mounted.toFile())
            .redirectErrorStream(true)
            .start();
    perl.getOutputStream().close();
    String output = new String(perl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(perl.waitFor(60, TimeUnit.SECONDS), "still running");
    return output.lines().toList();
  }
}
