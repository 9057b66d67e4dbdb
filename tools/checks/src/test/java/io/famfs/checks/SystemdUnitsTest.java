package io.famfs.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The units in tools/systemd are what systemd takes, and lock the server in.
class SystemdUnitsTest {
  private static final Path UNITS =
      Stream.of("../systemd", "tools/systemd")
          .map(Path::of)
          .filter(Files::isDirectory)
          .findFirst()
          .orElseThrow();

  @TempDir Path directory;

  @Test
  void systemdTakesThem() throws Exception {
    Path analyze = Path.of("/usr/bin/systemd-analyze");
    Assumptions.assumeTrue(Files.isExecutable(analyze), "SKIPPED: no systemd-analyze");
    for (String kind : List.of("service", "socket")) {
      // The program is elsewhere while nothing is installed.
      String text =
          Files.readString(UNITS.resolve("famfs-serve@." + kind))
              .replace("/usr/bin/famfs", "/bin/true");
      Files.writeString(directory.resolve("famfs-serve@." + kind), text);
      Files.writeString(directory.resolve("famfs-serve@x." + kind), text);
    }
    for (String kind : List.of("service", "socket")) {
      Process verify =
          new ProcessBuilder(
                  analyze.toString(),
                  "verify",
                  directory.resolve("famfs-serve@x." + kind).toString())
              .redirectErrorStream(true)
              .start();
      String said = new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, verify.waitFor(), said);
      List<String> ours = said.lines().filter(line -> line.contains("famfs")).toList();
      assertEquals(List.of(), ours);
    }
  }

  @Test
  void theServerHasNoRights() throws IOException {
    List<String> lines = Files.readAllLines(UNITS.resolve("famfs-serve@.service"));
    for (String line :
        List.of(
            "User=famfs",
            "CapabilityBoundingSet=",
            "AmbientCapabilities=",
            "NoNewPrivileges=yes",
            "ProtectSystem=strict",
            "RestrictAddressFamilies=AF_UNIX",
            "LimitCORE=0",
            "Requires=famfs-serve@%i.socket")) {
      assertTrue(lines.contains(line), line);
    }
    assertTrue(
        lines.stream().anyMatch(line -> line.startsWith("ExecStart=/usr/bin/famfs serve ")),
        lines.toString());
    List<String> socket = Files.readAllLines(UNITS.resolve("famfs-serve@.socket"));
    assertTrue(socket.contains("Accept=no") && socket.contains("SocketMode=0660"));
  }
}
