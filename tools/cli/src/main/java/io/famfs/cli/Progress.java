package io.famfs.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/// A line with rate and time left, for work that takes more than two seconds, on a terminal only.
///
/// Any number of threads add to it. Nothing is printed in scripts and for short work.
final class Progress implements AutoCloseable {
  private static final long SILENT_NS = 2_000_000_000L;
  private static final long INTERVAL_NS = 250_000_000L;

  private final PrintStream out = System.err;
  private final String what;
  private final long totalBytes;
  private final boolean shown;
  private final long startNs = System.nanoTime();
  private final AtomicLong nextNs = new AtomicLong(startNs + SILENT_NS);
  private final AtomicLong doneBytes = new AtomicLong();
  private boolean printed;
  private boolean closed;

  Progress(String what, long totalBytes) {
    this.what = what;
    this.totalBytes = totalBytes;
    this.shown = errorStreamIsTerminal();
  }

  private static boolean errorStreamIsTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException e) {
      return false;
    }
  }

  void add(long bytes) {
    doneBytes.addAndGet(bytes);
    if (!shown) {
      return;
    }
    long now = System.nanoTime();
    long due = nextNs.get();
    // One of the threads prints, the others go on.
    if (now - due >= 0 && nextNs.compareAndSet(due, now + INTERVAL_NS)) {
      print(now);
    }
  }

  private synchronized void print(long now) {
    if (!closed) {
      printed = true;
      out.print("\r" + line(now - startNs) + "\u001b[K");
      out.flush();
    }
  }

  /// The text shown after `elapsedNs`.
  String line(long elapsedNs) {
    long done = doneBytes.get();
    double seconds = Math.max(elapsedNs, 1) / 1e9;
    double rate = done / seconds;
    long left = rate > 0 ? Math.max(0, Math.round((totalBytes - done) / rate)) : 0;
    int percent = totalBytes == 0 ? 100 : (int) Math.min(100, done * 100.0 / totalBytes);
    return String.format(
        Locale.ROOT,
        "%s: %d%%, %.1f of %.1f MiB, %.1f MiB/s, %d:%02d left",
        what,
        percent,
        done / 1048576.0,
        totalBytes / 1048576.0,
        rate / 1048576.0,
        left / 60,
        left % 60);
  }

  /// Takes the line away.
  @Override
  public synchronized void close() {
    closed = true;
    if (printed) {
      out.print("\r\u001b[K");
      out.flush();
    }
  }
}
