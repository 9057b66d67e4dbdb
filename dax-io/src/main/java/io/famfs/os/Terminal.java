package io.famfs.os;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// A terminal that a program draws on and takes single keys from (`termios(3)`, `ioctl_tty(2)`).
///
/// The kernel's `struct termios` is, on x86-64 and arm64, of four words of flags, the third of the
/// local ones at 12, and 20 bytes. Not safe for use by several threads, but [#close()] is.
public final class Terminal implements AutoCloseable {
  /// No key was pressed in time.
  public static final int NO_KEY = -1;

  /// There will be no more keys: the terminal has gone.
  public static final int GONE = -2;

  private static final int TCGETS = 0x5401;
  private static final int TCSETS = 0x5402;
  private static final int TIOCGWINSZ = 0x5413;
  private static final int TERMIOS_BYTES = 36;
  private static final int LOCAL_FLAGS = 12;
  private static final int BY_LINES = 2;
  private static final int ECHO = 8;
  private static final int WINDOW_BYTES = 8;
  private static final int COLUMNS = 2;

  /// How large it is.
  ///
  /// @param rows lines, 0 when the terminal does not know
  /// @param columns characters in a line, 0 when the terminal does not know
  public record Size(int rows, int columns) {}

  private final Fd in;
  private final Fd out;
  private final MemorySegment before;
  private final MemorySegment own;
  private final MemorySegment now;
  private final Poller poller = new Poller(1);
  private final MemorySegment key;
  private boolean closed;

  private Terminal(Fd in, Fd out, MemorySegment before) {
    this.in = in;
    this.out = out;
    this.before = before;
    Arena arena = Arena.ofAuto();
    own = arena.allocate(TERMIOS_BYTES, Integer.BYTES).copyFrom(before);
    own.set(JAVA_INT, LOCAL_FLAGS, before.get(JAVA_INT, LOCAL_FLAGS) & ~(BY_LINES | ECHO));
    now = arena.allocate(TERMIOS_BYTES, Integer.BYTES);
    key = arena.allocate(1);
    poller.add(in, Poller.POLLIN);
  }

  /// The terminal of two descriptors, which stay the caller's; null when one is none. Nothing of it
  /// is changed yet.
  ///
  /// @param in where keys come from
  /// @param out where is drawn
  public static @Nullable Terminal of(Fd in, Fd out) {
    MemorySegment before = Arena.ofAuto().allocate(TERMIOS_BYTES, Integer.BYTES);
    return Ioctl.call(out, TCGETS, before) == 0 && Ioctl.call(in, TCGETS, before) == 0
        ? new Terminal(in, out, before)
        : null;
  }

  /// Gives keys one by one from now on, without showing them. Interrupting and stopping by a key
  /// works as ever. Does nothing where that is so already, and again what a shell has undone while
  /// the program was stopped.
  public synchronized void takeKeys() {
    if (!closed && (Ioctl.call(in, TCGETS, now) != 0 || now.mismatch(own) >= 0)) {
      int _ = Ioctl.call(in, TCSETS, own);
    }
  }

  /// How large the terminal is now.
  public Size size() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment window = arena.allocate(WINDOW_BYTES, Integer.BYTES);
      if (Ioctl.call(out, TIOCGWINSZ, window) != 0) {
        return new Size(0, 0);
      }
      return new Size(
          Short.toUnsignedInt(window.get(JAVA_SHORT, 0)),
          Short.toUnsignedInt(window.get(JAVA_SHORT, COLUMNS)));
    }
  }

  /// Waits for a key.
  ///
  /// @param timeoutMillis the longest wait, 0 for none
  /// @return its byte, [#NO_KEY] or [#GONE]
  public int key(int timeoutMillis) {
    if (poller.await(timeoutMillis) == 0) {
      return NO_KEY;
    }
    return poller.readable(0) && Io.read(in, key, 0, 1) == 1
        ? Byte.toUnsignedInt(key.get(JAVA_BYTE, 0))
        : GONE;
  }

  /// Draws.
  ///
  /// @return whether all of it went out
  public boolean write(byte[] bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(JAVA_BYTE, bytes);
      long sent = 0;
      while (sent < bytes.length) {
        long some = Io.write(out, text, sent, bytes.length - sent);
        if (some <= 0) {
          return false;
        }
        sent += some;
      }
      return true;
    }
  }

  /// Makes the terminal what it was.
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      int _ = Ioctl.call(in, TCSETS, before);
    }
  }
}
