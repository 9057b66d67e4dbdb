package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.doors.DoorPlan;
import io.famfs.fuse.server.ClientOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoorConfigTest {
  @TempDir Path directory;

  private DoorConfig read(String text) throws IOException {
    Path file = directory.resolve("doors.yaml");
    Files.writeString(file, text);
    return DoorConfig.read(file);
  }

  /// The example of README.md, as it stands there.
  private static String example() throws IOException {
    String readme = Files.readString(Path.of("README.md"), StandardCharsets.UTF_8);
    String start = "```yaml\n";
    int from = readme.indexOf(start) + start.length();
    return readme.substring(from, readme.indexOf("```", from));
  }

  @Test
  void theExampleOfTheReadmeIsWhatItSays() throws IOException {
    DoorConfig config = read(example());
    assertEquals(List.of(Path.of("/dev/dax0.0")), config.devices());
    DoorPlans plans = new DoorPlans(ClientOptions.standard(), config.defaults());
    List<DoorPlan.Socket> sockets =
        config.sockets().stream().map(d -> plans.socket(d.path(), d.values())).toList();
    assertEquals(2, sockets.size());
    DoorPlan.Socket first = sockets.getFirst();
    assertEquals(Path.of("/run/famfs/a.sock"), first.path());
    assertEquals("shared", first.options().tag());
    assertEquals(256L << 20, first.options().windowBytes());
    DoorPlan.Socket second = sockets.getLast();
    assertEquals("team", second.options().tag());
    assertTrue(second.clients().export().readOnly());
    assertEquals("teams/b", second.clients().export().subdirectory());
    assertEquals(100000, second.clients().export().identities().uids().outside(0));
    assertEquals("/mnt/shared", config.mounts().getFirst().path().toString());
  }

  @Test
  void whatIsWrongIsNamedWithItsLine() {
    Map<String, String> wrong = new LinkedHashMap<>();
    wrong.put("socket:\n- path: a\n", ":1: unknown key 'socket': did you mean sockets?");
    wrong.put("sockets:\n- path: a\n  tga: x\n", ":3: unknown key 'tga'");
    wrong.put("sockets:\n- path: a\n  tag: x\n  tag: y\n", ":4: 'tag' is there twice");
    wrong.put("sockets:\n- tag: x\n", ":2: an entry of 'sockets' has no 'path'");
    wrong.put("sockets:\n  path: a\n", ":2: 'sockets' is not a list");
    wrong.put("sockets:\n- path: a\n  window: 3Q\n", ":3: 'window': ");
    wrong.put("sockets:\n- path: a\n  ro: yes\n", ":3: 'ro' is 'yes', neither true nor false");
    wrong.put("sockets:\n- path: a\n  queues: [1, 2]\n", ":3: 'queues' is there twice");
    wrong.put("sockets:\n- path: a\n  uid-map:\n  - 0:0:1\n  - 0:0\n", ":5: 'uid-map': '0:0'");
    wrong.put("sockets:\n- path: a\n  subdir: ../b\n", ":3: the directory '../b'");
    wrong.put("mounts:\n- path: {a: b}\n", ":2: a single value");
    wrong.put("mounts: [x]\n", ":1: an entry of 'mounts' has no keys");
    wrong.put("defaults: 7\n", ":1: defaults has no keys");
    wrong.put("devices:\n- ''\n", ":2: path: the path is empty");
    wrong.put("a: [\n", ": is no YAML");
    wrong.put("[".repeat(200_000), " nested too deeply");
    wrong.put("# " + "x".repeat(1 << 18), " bytes");
    wrong.forEach((text, message) -> {
      CliException refused = assertThrows(CliException.class, () -> read(text), message);
      assertTrue(refused.misuse());
      String said = refused.getMessage();
      assertTrue(said.startsWith(directory.toString()) && said.contains(message), said);
    });
  }

  @Test
  void anEmptyFileSaysNothing() throws IOException {
    assertEquals(List.of(), read("# nothing\n").sockets());
  }
}
