package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sockets that are passed on to a server, and what is refused of them.
class ListenOptionsTest {
  @TempDir Path directory;

  @Test
  void socketsOfAServiceManagerAreThoseMeantForThisProcess() {
    Map<String, String> two = Map.of("LISTEN_FDS", "2", "LISTEN_PID", "77");
    assertEquals(List.of(3, 4), ListenOptions.activated(two, 77));
    assertEquals(List.of(), ListenOptions.activated(two, 78));
    assertEquals(List.of(), ListenOptions.activated(Map.of("LISTEN_FDS", "2"), 77));
    assertEquals(List.of(), ListenOptions.activated(Map.of(), 77));
    for (String wrong : List.of("", "x", "-1", "1025", "99999999999")) {
      Map<String, String> said = Map.of("LISTEN_FDS", wrong, "LISTEN_PID", "77");
      assertThrows(CliException.class, () -> ListenOptions.activated(said, 77), wrong);
    }
  }

  @Test
  void whatCannotBeListenedAtIsWrongUsage() {
    assertTrue(
        CommandRun.famfs("serve", "--tag", "t").refused(2).contains("say where clients come in"));
    for (List<String> wrong :
        List.of(
            List.of("--fd", "2"),
            List.of("--fd", "x"),
            List.of("--fd", "1000000"),
            List.of("--socket-mode", "1777"),
            List.of("--socket-mode", "9"),
            List.of("--socket-group", "no-such-group"))) {
      CommandRun.famfs(
              "serve",
              "--socket",
              directory.resolve("s") + ",tag=t",
              "--tag",
              "t",
              wrong.get(0),
              wrong.get(1))
          .refused(2);
    }
  }
}
