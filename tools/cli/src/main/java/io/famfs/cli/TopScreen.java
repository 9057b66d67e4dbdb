package io.famfs.cli;

import io.famfs.os.Fd;
import io.famfs.os.Terminal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The terminal of this process, drawn over again and again on a screen of its own. Whatever ends
/// the process but SIGKILL, the terminal is as it was before.
final class TopScreen implements AutoCloseable {
  /// What a terminal has that does not say how large it is.
  private static final Terminal.Size USUAL = new Terminal.Size(24, 80);

  /// Own screen, no cursor, no line goes on in the next one.
  private static final String ENTER = "\u001b[?1049h\u001b[?25l\u001b[?7l";

  private static final String LEAVE = "\u001b[?7h\u001b[?25h\u001b[?1049l";
  private static final String HOME = "\u001b[H";
  private static final String END_OF_LINE = "\u001b[K";
  private static final String END_OF_SCREEN = "\u001b[J";

  private final Terminal terminal;
  private final Thread hook = new Thread(this::leave, "terminal");
  private boolean left;

  private TopScreen(Terminal terminal) {
    this.terminal = terminal;
  }

  /// Takes the terminal; null when standard input or output is none.
  static @Nullable TopScreen open() {
    Terminal terminal = Terminal.of(Fd.adopt(0), Fd.adopt(1));
    if (terminal == null) {
      return null;
    }
    TopScreen screen = new TopScreen(terminal);
    Runtime.getRuntime().addShutdownHook(screen.hook);
    terminal.takeKeys();
    screen.write(ENTER);
    return screen;
  }

  /// How large it is now.
  Terminal.Size size() {
    Terminal.Size size = terminal.size();
    return new Terminal.Size(
        size.rows() == 0 ? USUAL.rows() : size.rows(),
        size.columns() == 0 ? USUAL.columns() : size.columns());
  }

  /// Waits for a key: its byte, [Terminal#NO_KEY] or [Terminal#GONE].
  int key(int timeoutMillis) {
    return terminal.key(timeoutMillis);
  }

  /// Draws as many lines as fit, each as far as it fits.
  void draw(List<String> lines, Terminal.Size size) {
    terminal.takeKeys();
    write(frame(lines, size));
  }

  /// What is sent to draw `lines`: without a line feed at the end, which would move all of it up.
  static String frame(List<String> lines, Terminal.Size size) {
    StringBuilder frame = new StringBuilder(HOME);
    int count = Math.min(lines.size(), size.rows());
    for (int i = 0; i < count; i++) {
      String line = lines.get(i);
      int characters = line.codePointCount(0, line.length());
      int end = line.offsetByCodePoints(0, Math.min(characters, size.columns()));
      frame.append(i == 0 ? "" : "\r\n").append(line, 0, end).append(END_OF_LINE);
    }
    return frame.append(END_OF_SCREEN).toString();
  }

  private synchronized void write(String text) {
    if (!left) {
      boolean _ = terminal.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private synchronized void leave() {
    write(LEAVE);
    left = true;
    terminal.close();
  }

  @Override
  public void close() {
    leave();
    try {
      boolean _ = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending already.
    }
  }
}
