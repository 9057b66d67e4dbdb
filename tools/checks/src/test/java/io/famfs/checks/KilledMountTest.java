package io.famfs.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// `famfs mount` is killed while files are being written: what was closed before is there, of what
/// was still open there is no trace.
@Timeout(600)
class KilledMountTest {
  @Test
  void whatIsNotInTheLogYetIsGoneAndItsSpaceIsFree() throws Exception {
    Privileges.assumeMounts();
    try (MemoryFolder memory = MemoryFolder.make()) {
      Path home = memory.path();
      Path device = home.resolve("device.img");
      Path mounted = Files.createDirectory(home.resolve("mnt"));
      Launched.mkfs(home, "--size", "64M", device).done();
      Launched.famfs(home, "mount", device, mounted).done();
      ProcessHandle server = MountTest.holder(home, device);
      long free = Files.getFileStore(mounted).getUsableSpace();
      String script =
          """
          set -e
          head -c 3000000 /dev/zero | tr '\\0' x > "$0/closed"
          exec 3> "$0/synced"; echo synced >&3; sync "$0/synced"
          exec 4> "$0/open"; head -c 9000000 /dev/zero >&4
          test -f "$0/open"
          kill -9 "$1"
          exec 3>&- 4>&- || true
          """;
      String pid = Long.toString(server.pid());
      Launched.run(home, Map.of(), List.of("bash", "-c", script, mounted.toString(), pid)).done();
      server.onExit().join();
      Launched.run(home, Map.of(), List.of("umount", "-l", mounted.toString())).done();
      Launched.famfs(home, "fsck", device).done();
      Launched.famfs(home, "mount", device, mounted).done();
      try {
        assertEquals(3_000_000, Files.size(mounted.resolve("closed")));
        assertEquals("synced\n", Files.readString(mounted.resolve("synced")));
        assertFalse(Files.exists(mounted.resolve("open")));
        long used = free - Files.getFileStore(mounted).getUsableSpace();
        assertEquals(3L * (2 << 20), used, "two units and one");
        Files.write(mounted.resolve("open"), new byte[9_000_000]);
        assertTrue(Files.size(mounted.resolve("open")) == 9_000_000);
      } finally {
        Launched.famfs(home, "umount", mounted).done();
      }
    }
  }
}
