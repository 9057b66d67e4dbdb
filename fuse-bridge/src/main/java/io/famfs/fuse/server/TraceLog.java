package io.famfs.fuse.server;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Takes lines from many threads and writes them by a thread of its own.
///
/// There are two buffers of fixed size: one is filled while the other one is written. A line that
/// finds no room is dropped and counted, and where lines are missing a line says how many: `# 12
/// lines dropped`. So nobody ever waits for a slow or stopped reader.
public final class TraceLog implements AutoCloseable {
  private static final Logger LOGGER = System.getLogger(TraceLog.class.getName());
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

  private final OutputStream to;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Thread writer;
  private byte[] filling;
  private byte[] writing;
  private int filled;
  private long missing;
  private long dropped;
  private boolean closed;
  private boolean failed;

  /// @param to where the lines go; closed with this, unless the thread that writes is stuck in it
  /// @param bufferBytes size of each of the two buffers
  public TraceLog(OutputStream to, int bufferBytes) {
    this.to = to;
    filling = new byte[bufferBytes];
    writing = new byte[bufferBytes];
    writer = Thread.ofPlatform().name("famfs-trace").daemon(true).start(this::write);
  }

  /// Adds a line with its line feed. Waits for nothing but other threads that add a line.
  void add(byte[] line) {
    lock.lock();
    try {
      if (closed || failed || line.length > filling.length - filled || missing > 0) {
        // After a gap nothing is added until the gap can be told at its place.
        missing++;
        dropped++;
      } else {
        System.arraycopy(line, 0, filling, filled, line.length);
        filled += line.length;
      }
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Lines dropped so far.
  public long dropped() {
    lock.lock();
    try {
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  private void write() {
    try {
      boolean more = true;
      while (more) {
        int length;
        long gap;
        lock.lock();
        try {
          while (filled == 0 && missing == 0 && !closed) {
            work.awaitUninterruptibly();
          }
          byte[] full = filling;
          filling = writing;
          writing = full;
          length = filled;
          gap = missing;
          filled = 0;
          missing = 0;
          more = length > 0 || gap > 0 || !closed;
        } finally {
          lock.unlock();
        }
        to.write(writing, 0, length);
        if (gap > 0) {
          to.write(("# " + gap + " lines dropped\n").getBytes(StandardCharsets.US_ASCII));
        }
        to.flush();
      }
      to.close();
    } catch (IOException e) {
      LOGGER.log(Level.WARNING, "trace ended: {0}", e.getMessage());
      fail();
    }
  }

  private void fail() {
    lock.lock();
    try {
      failed = true;
    } finally {
      lock.unlock();
    }
  }

  /// Writes what there is and ends; waits at most 2 seconds for a reader that is slow.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      work.signal();
    } finally {
      lock.unlock();
    }
    try {
      if (!writer.join(CLOSE_LIMIT)) {
        LOGGER.log(Level.WARNING, "the trace is not read: its last lines are lost");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
