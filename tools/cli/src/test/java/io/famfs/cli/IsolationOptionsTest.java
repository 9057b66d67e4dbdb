package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `famfs serve` says of its sandbox without entering it.
class IsolationOptionsTest {
  private static final List<String> LAYERS =
      List.of(
          "core-dumps",
          "descriptors",
          "user",
          "capabilities",
          "no-new-privs",
          "landlock",
          "seccomp");

  @TempDir Path directory;

  private static JsonNode layer(JsonNode printed, String name) {
    for (JsonNode layer : printed.get("layers")) {
      if (layer.get("layer").asText().equals(name)) {
        return layer;
      }
    }
    throw new AssertionError(name + " in " + printed);
  }

  @Test
  void everyLayerIsPrintedWithAReason() throws IOException {
    JsonNode printed =
        CommandRun.famfs(
                "serve", "--print-sandbox", "--json", "--sandbox=full", "--user", "root:root")
            .json();
    for (String name : LAYERS) {
      assertTrue(layer(printed, name).get("detail").asText().length() > 3, name);
    }
    String text =
        CommandRun.famfs("serve", "--print-sandbox", "--sandbox", "auto", "--rlimit-nofile", "77")
            .done()
            .out();
    for (String name : LAYERS) {
      assertTrue(text.lines().anyMatch(line -> line.startsWith(name)), text);
    }
    assertTrue(text.contains("at most 77"), text);
    assertTrue(Files.readString(Path.of("/proc/self/status")).contains("Seccomp:\t0"));
  }

  @Test
  void whatIsNotAskedForIsNotInForce() throws IOException {
    JsonNode none = CommandRun.famfs("serve", "--print-sandbox", "--json", "--sandbox=none").json();
    for (String name : List.of("capabilities", "no-new-privs", "landlock", "seccomp")) {
      assertEquals(false, layer(none, name).get("inForce").asBoolean(), name);
      assertEquals("not asked for", layer(none, name).get("detail").asText());
    }
    JsonNode open =
        CommandRun.famfs("serve", "--print-sandbox", "--json", "--sandbox=auto", "--seccomp=none")
            .json();
    assertEquals("not asked for", layer(open, "seccomp").get("detail").asText());
  }

  @Test
  void pathsAreThoseOfTheServer() throws IOException {
    Path socket = directory.resolve("s");
    Path more = Files.createDirectory(directory.resolve("more"));
    JsonNode printed =
        CommandRun.famfs(
                "serve",
                "--print-sandbox",
                "--json",
                "--socket",
                socket + ",tag=t",
                "--sandbox-path",
                more)
            .json();
    String paths = printed.get("paths").toString();
    assertTrue(paths.contains("{\"path\":\"" + directory + "\",\"access\":\"sockets\"}"), paths);
    assertTrue(paths.contains("{\"path\":\"" + more + "\",\"access\":\"change\"}"), paths);
  }

  @Test
  void impossibleSandboxesAreWrongUsage() {
    for (List<String> wrong :
        List.of(
            List.of("--sandbox", "chroot"),
            List.of("--seccomp", "maybe"),
            List.of("--user", "no-such-user"),
            List.of("--rlimit-nofile", "-1"))) {
      CommandRun.famfs("serve", "--print-sandbox", wrong.get(0), wrong.get(1)).refused(2);
    }
    CommandRun.famfs("serve", "--socket", directory.resolve("s") + ",tag=t", "--json").refused(2);
  }
}
