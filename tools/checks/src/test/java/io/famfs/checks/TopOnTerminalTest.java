package io.famfs.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// `famfs top` on a pseudoterminal, which `script` of util-linux makes: what is typed here goes to
/// the terminal, and what is drawn there comes back.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class TopOnTerminalTest {
  private static final String LEAVE = "\u001b[?7h\u001b[?25h\u001b[?1049l";

  private static final int MOST_CHARACTERS = 200_000;

  private MemoryFolder memory;
  private Path home;
  private Process server;
  private @Nullable Process terminal;
  private final StringBuilder seen = new StringBuilder();

  @BeforeEach
  void serve() throws Exception {
    boolean script = Files.isExecutable(Path.of("/usr/bin/script"));
    if (!script) {
      System.out.println("SKIPPED: there is no /usr/bin/script to make a terminal with");
    }
    Assumptions.assumeTrue(script);
    memory = MemoryFolder.make();
    home = memory.path();
    Path device = home.resolve("device.img");
    Launched.mkfs(home, "--size", "32M", device).done();
    server =
        Launched.server(
            home, "serve", "--device", device, "--socket", home.resolve("s"), "--tag", "seen");
  }

  @AfterEach
  void end() throws Exception {
    if (terminal != null) {
      terminal.destroyForcibly();
    }
    if (server != null) {
      server.destroy();
      Launched.end(server);
    }
    if (memory != null) {
      memory.close();
    }
  }

  /// Runs `famfs top` on a terminal of 10 lines, and prints the modes before and after.
  private void top() throws IOException {
    Path before = home.resolve("before");
    Path after = home.resolve("after");
    String script =
        String.format(
            "trap : INT; stty rows 10 cols 60; tty > '%s/tty'; stty -g > '%s'; '%s' top -d 0.2;"
                + " echo code $?; stty -g > '%s'",
            home, before, Launched.launcher("famfs"), after);
    terminal =
        Launched.prepared(home, Map.of(), List.of("/usr/bin/script", "-qec", script, "/dev/null"))
            .redirectInput(ProcessBuilder.Redirect.PIPE)
            .redirectErrorStream(true)
            .start();
  }

  private Process terminal() {
    return Objects.requireNonNull(terminal);
  }

  /// Reads until `text` has been drawn, and forgets what was before it.
  private void await(String text) throws IOException {
    byte[] some = new byte[4096];
    int at = seen.indexOf(text);
    InputStream drawn = terminal().getInputStream();
    while (at < 0) {
      int n = drawn.read(some);
      boolean enough = n <= 0 || seen.length() > MOST_CHARACTERS;
      assertFalse(enough, () -> "no '" + text + "' in " + seen);
      seen.append(new String(some, 0, n, StandardCharsets.UTF_8));
      at = seen.indexOf(text);
    }
    seen.delete(0, at + text.length());
  }

  private void type(String text) throws IOException {
    OutputStream keys = terminal().getOutputStream();
    keys.write(text.getBytes(StandardCharsets.US_ASCII));
    keys.flush();
  }

  private void assertRestored() throws Exception {
    assertTrue(terminal().waitFor(30, TimeUnit.SECONDS));
    assertEquals(Files.readString(home.resolve("before")), Files.readString(home.resolve("after")));
  }

  @Test
  void qEndsItAndTheTerminalIsAsBefore() throws Exception {
    top();
    await("\u001b[?1049h");
    await("serve seen (process " + server.pid());
    await(" operations/s");
    type("xq");
    await(LEAVE);
    await("code 0");
    assertRestored();
  }

  @Test
  void aSignalByKeyPutsTheTerminalBack() throws Exception {
    top();
    await(" operations/s");
    type("\u0003");
    await(LEAVE);
    await("code 130");
    assertRestored();
  }

  @Test
  void aNewSizeIsDrawnAtOnce() throws Exception {
    top();
    await("serve seen (process " + server.pid() + ", famfs-server");
    await(" operations/s");
    String tty = Files.readString(home.resolve("tty")).strip();
    Launched.run(home, Map.of(), List.of("stty", "-F", tty, "cols", "12", "rows", "2")).done();
    await("\u001b[Hserve seen (\u001b[K");
    await("0 operations\u001b[K\u001b[J");
    type("q");
    await(LEAVE);
    assertRestored();
  }

  @Test
  void aServerThatEndsEndsItWithAMessage() throws Exception {
    top();
    await(" operations/s");
    server.destroy();
    assertEquals(0, Launched.end(server));
    await(LEAVE);
    await("the server has ended");
    await("code 1");
    assertRestored();
  }
}
