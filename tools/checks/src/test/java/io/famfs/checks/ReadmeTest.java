package io.famfs.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Every command of the README is executed, in order, in one scratch folder.
class ReadmeTest {
  private static final String MEMORY = "/dev/shm/";

  /// Commands that another test executes, with the reason.
  private static final Map<String, String> ELSEWHERE =
      Map.of(
          "tools/bin/famfs demo", "DemoTest runs it, with its guest",
          "./mvnw verify", "runs this very test");

  /// The fenced `sh` blocks of a document; a line that ends in a backslash goes on in the next.
  static List<List<String>> blocks(List<String> document) {
    List<List<String>> blocks = new ArrayList<>();
    List<String> block = null;
    StringBuilder command = new StringBuilder();
    for (String line : document) {
      if (block == null) {
        block = line.equals("```sh") ? new ArrayList<>() : null;
      } else if (line.equals("```")) {
        blocks.add(block);
        block = null;
      } else if (line.endsWith("\\")) {
        command.append(line, 0, line.length() - 1);
      } else if (!line.isBlank() && !line.startsWith("#")) {
        block.add(command.append(line).toString());
        command.setLength(0);
      }
    }
    return blocks;
  }

  @Test
  void theExtractorFindsCommands() {
    assertEquals(
        List.of(List.of("a   b", "c"), List.of()),
        blocks(
            List.of(
                "text", "```sh", "a \\", "  b", "", "# why", "c", "```", "```text", "no", "```",
                "```sh", "```")));
  }

  @Test
  void everyCommandWorks() throws Exception {
    List<List<String>> blocks = blocks(Files.readAllLines(Launched.ROOT.resolve("README.md")));
    assertTrue(blocks.size() >= 4, "the README has commands: " + blocks);
    int executed = 0;
    try (MemoryFolder memory = MemoryFolder.make()) {
      for (List<String> block : blocks) {
        if (block.stream().anyMatch(line -> line.contains("famfs mount")) && !canMount()) {
          System.out.println("SKIPPED without root and /dev/fuse: " + block);
          continue;
        }
        for (String line : block) {
          if (!ELSEWHERE.containsKey(line)) {
            execute(line, memory.path());
            executed++;
          }
        }
      }
      assertFalse(Files.exists(memory.path().resolve("shared.img")), "the README tidies up");
    }
    assertTrue(executed >= 8, "commands executed: " + executed);
  }

  private static boolean canMount() throws IOException {
    int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    return uid == 0 && Files.exists(Path.of("/dev/fuse"));
  }

  /// Devices go into the scratch folder, so that two tests on one machine do not meet.
  private static void execute(String line, Path scratch) throws IOException, InterruptedException {
    String command = line.replace(MEMORY, scratch + "/");
    String path = Launched.BIN + ":" + System.getenv("PATH");
    if (command.startsWith("famfs serve ")) {
      Object[] words = command.substring("famfs ".length()).split(" ");
      words[List.of(words).indexOf("--socket") + 1] = scratch.resolve("shared.sock").toString();
      Process server = Launched.server(scratch, words);
      server.destroy();
      assertEquals(0, Launched.end(server), Launched.errorsOf(scratch));
      return;
    }
    Launched run =
        Launched.finish(
            Launched.prepared(scratch, Map.of("PATH", path), List.of("sh", "-ec", command))
                .directory(scratch.toFile()),
            120);
    assertEquals(0, run.code(), line + "\n" + run.err());
  }
}
