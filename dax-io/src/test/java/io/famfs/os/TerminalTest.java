package io.famfs.os;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// On a pseudoterminal (`pty(7)`).
@Timeout(60)
class TerminalTest {
  private static final int TCGETS = 0x5401;
  private static final int TIOCSWINSZ = 0x5414;
  private static final int TIOCGPTN = 0x80045430;
  private static final int TIOCSPTLCK = 0x40045431;
  private static final int O_NOCTTY = 0x100;

  private final Arena arena = Arena.ofAuto();
  private Fd master;
  private Fd slave;

  @BeforeEach
  void makeTerminal() throws ErrnoException {
    master = Fd.open(Path.of("/dev/ptmx"), Fd.O_RDWR | O_NOCTTY, 0);
    MemorySegment number = arena.allocate(JAVA_INT);
    assertEquals(0, Ioctl.call(master, TIOCSPTLCK, number));
    assertEquals(0, Ioctl.call(master, TIOCGPTN & 0xffffffffL, number));
    Path name = Path.of("/dev/pts/" + number.get(JAVA_INT, 0));
    slave = Fd.open(name, Fd.O_RDWR | O_NOCTTY, 0);
  }

  @AfterEach
  void closeTerminal() {
    slave.close();
    master.close();
  }

  private byte[] mode() {
    MemorySegment mode = arena.allocate(36, 4);
    assertEquals(0, Ioctl.call(slave, TCGETS, mode));
    return mode.toArray(JAVA_BYTE);
  }

  private void type(String keys) {
    MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, keys.getBytes(StandardCharsets.US_ASCII));
    assertEquals(keys.length(), Io.write(master, bytes, 0, keys.length()));
  }

  private String shown(int bytes) {
    MemorySegment text = arena.allocate(bytes);
    long have = 0;
    while (have < bytes) {
      have += Io.read(master, text, have, bytes - have);
    }
    return new String(text.toArray(JAVA_BYTE), StandardCharsets.US_ASCII);
  }

  private Terminal terminal() {
    return Objects.requireNonNull(Terminal.of(slave, slave));
  }

  @Test
  void keysComeOneByOneAndTheTerminalIsPutBack() {
    byte[] before = mode();
    try (Terminal terminal = terminal()) {
      assertArrayEquals(before, mode());
      terminal.takeKeys();
      byte[] own = mode();
      assertEquals(0, own[12] & 10, "no lines, no echo");
      assertEquals(before[12] & 1, own[12] & 1, "signals stay");
      assertEquals(Terminal.NO_KEY, terminal.key(0));
      type("q");
      assertEquals('q', terminal.key(10_000));
      assertEquals(Terminal.NO_KEY, terminal.key(1));
      assertTrue(terminal.write("text\n".getBytes(StandardCharsets.US_ASCII)));
      assertEquals("text\r\n", shown(6), "nothing of the key was echoed");
    }
    assertArrayEquals(before, mode());
  }

  @Test
  void whatAShellHasUndoneIsDoneAgainButNotAfterTheEnd() {
    byte[] before = mode();
    Terminal terminal = terminal();
    terminal.takeKeys();
    byte[] own = mode();
    terminal().close();
    assertArrayEquals(own, mode(), "the second one found it so");
    terminal.close();
    terminal.takeKeys();
    assertArrayEquals(before, mode());
    terminal.close();
    assertArrayEquals(before, mode());
  }

  @Test
  void sizeIsWhatItIsNow() {
    try (Terminal terminal = terminal()) {
      assertEquals(new Terminal.Size(0, 0), terminal.size());
      MemorySegment size = arena.allocate(8, 4);
      size.set(JAVA_SHORT, 0, (short) 50);
      size.set(JAVA_SHORT, 2, (short) 132);
      assertEquals(0, Ioctl.call(master, TIOCSWINSZ, size));
      assertEquals(new Terminal.Size(50, 132), terminal.size());
    }
  }

  @Test
  void aTerminalThatGoesIsNoticed() {
    try (Terminal terminal = terminal()) {
      terminal.takeKeys();
      master.close();
      assertEquals(Terminal.GONE, terminal.key(10_000));
      assertFalse(terminal.write(new byte[1]));
    }
  }

  @Test
  void onlyTerminalsAreTaken() throws ErrnoException {
    try (Fd none = Fd.open(Path.of("/dev/null"), Fd.O_RDWR, 0)) {
      assertNull(Terminal.of(none, slave));
      assertNull(Terminal.of(slave, none));
    }
  }
}
