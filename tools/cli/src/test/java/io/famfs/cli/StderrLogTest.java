package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ResourceBundle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StderrLogTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final System.Logger logger =
      new StderrLog.Lines("test", new PrintStream(bytes, true, StandardCharsets.UTF_8));

  @AfterEach
  void backToTheDefault() {
    StderrLog.show(Level.WARNING);
  }

  @Test
  void anEventIsOneLineWithItsLevel() {
    logger.log(Level.WARNING, "{0}: ring {1} stopped\nbadly", "tag", 12345);
    assertEquals("famfs: warning: tag: ring 12345 stopped | badly\n", text());
  }

  @Test
  void anExceptionIsNamedOnTheSameLine() {
    logger.log(Level.ERROR, "worker failed", new IllegalStateException("no"));
    assertTrue(
        text().startsWith("famfs: error: worker failed: java.lang.IllegalStateException: no at "));
    assertEquals(1, text().lines().count());
  }

  @Test
  void onlyWarningsShowUnlessMoreIsWanted() {
    logger.log(Level.INFO, "quiet");
    StderrLog.show(Level.INFO);
    logger.log(Level.INFO, "loud");
    logger.log(Level.DEBUG, "quiet");
    assertEquals("famfs: info: loud\n", text());
  }

  @Test
  void textWithoutValuesIsTakenAsItIs() {
    logger.log(Level.WARNING, "it's {braced}");
    logger.log(Level.WARNING, (ResourceBundle) null, "and {0}", (Throwable) null);
    assertEquals("famfs: warning: it's {braced}\nfamfs: warning: and {0}\n", text());
  }

  @Test
  void levelsHaveNames() {
    assertEquals(Level.DEBUG, StderrLog.level("debug"));
    assertEquals(Level.OFF, StderrLog.level("OFF"));
    assertEquals(Level.ALL, StderrLog.level("whatever"));
  }

  @Test
  void theServersOfThisModuleLogHere() {
    assertEquals(
        "io.famfs.cli.StderrLog$Lines",
        System.LoggerFinder.getLoggerFinder()
            .getLogger("x", StderrLogTest.class.getModule())
            .getClass()
            .getName());
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
