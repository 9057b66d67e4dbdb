package io.famfs.os.handover;

import io.famfs.os.ChildProcess;
import io.famfs.os.ErrnoException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Runs a server as a child process, keeps for it what it leaves in its [FdStore], and starts it
/// again when it ends, whatever the reason: killed, failed, or told to make room for a newer one.
/// Only a child that says that its work has ended, such as that of a mount that was unmounted, ends
/// this.
///
/// A child that ends again and again before it has said that it serves ends this, after
/// [#MAX_FAILURES] times; so does one that was used wrongly.
public final class Supervisor {
  /// How often in a row a child may end before it serves.
  public static final int MAX_FAILURES = 5;

  private static final System.Logger LOG = System.getLogger(Supervisor.class.getName());
  private static final Path SHELL = Path.of("/bin/sh");
  private static final int SIGTERM = 15;
  private static final int WRONG_USAGE = 2;
  private static final int FAILED = 1;

  /// A child that has served this long has not failed by its own start.
  private static final long STEADY_NANOS = Duration.ofSeconds(5).toNanos();

  private static final long FIRST_PAUSE_MILLIS = 100;

  private final List<String> command;
  private final IntConsumer whenReady;
  private final FdHolder holder;
  private volatile @Nullable ChildProcess child;
  private volatile ChildProcess.@Nullable End end;
  private volatile boolean stopping;
  private final AtomicInteger starts = new AtomicInteger();
  private volatile int kept;

  private Supervisor(List<String> command, IntConsumer whenReady, FdHolder holder) {
    this.command = List.copyOf(command);
    this.whenReady = whenReady;
    this.holder = holder;
  }

  /// Ready to run.
  ///
  /// @param command the program, found as a shell finds it, and its arguments
  /// @param whenReady told the number of each process that serves
  public static Supervisor of(List<String> command, IntConsumer whenReady) throws IOException {
    return new Supervisor(command, whenReady, FdHolder.open());
  }

  /// Runs until [#stop()], or until the child cannot be had.
  ///
  /// @return the exit code: that of the last child
  public int run() {
    int failures = 0;
    try {
      while (true) {
        long started = System.nanoTime();
        ChildProcess.End how = runOnce();
        boolean served = holder.wasReady() || System.nanoTime() - started > STEADY_NANOS;
        failures = served ? 0 : failures + 1;
        if (stopping || (holder.isFinished() && !how.killed())) {
          return how.code();
        }
        if (!served && how.code() == WRONG_USAGE) {
          return WRONG_USAGE;
        }
        if (failures == MAX_FAILURES) {
          LOG.log(
              System.Logger.Level.ERROR,
              "the server has ended {0} times before it served, with {1} at last; given up: its"
                  + " clients are lost",
              failures,
              how.code());
          return FAILED;
        }
        LOG.log(
            System.Logger.Level.WARNING,
            "the server has ended ({0}); started again, with {1} descriptors",
            how.killed() ? "signal " + (how.code() - 128) : "exit code " + how.code(),
            holder.count());
        pause(failures);
      }
    } catch (ErrnoException e) {
      LOG.log(System.Logger.Level.ERROR, "the server cannot be started: {0}", e.getMessage());
      return FAILED;
    } finally {
      holder.close();
    }
  }

  private void pause(int failures) {
    long untilNanos = System.nanoTime() + (FIRST_PAUSE_MILLIS << failures) * 1_000_000;
    while (failures > 0 && !stopping && System.nanoTime() < untilNanos) {
      holder.receive((int) FIRST_PAUSE_MILLIS);
    }
  }

  private ChildProcess.End runOnce() throws ErrnoException {
    end = null;
    ChildProcess running = start();
    child = running;
    starts.incrementAndGet();
    Thread waiter = Thread.ofPlatform().name("supervisor").daemon(true).start(() -> await(running));
    boolean announced = false;
    boolean told = false;
    ChildProcess.End how = end;
    while (how == null) {
      holder.receive(-1);
      kept = holder.count();
      if (!announced && holder.isReady()) {
        announced = true;
        whenReady.accept(running.pid());
      }
      if (stopping && !told) {
        told = true;
        holder.close();
        running.signal(SIGTERM);
        return joined(waiter);
      }
      how = end;
    }
    holder.receive(0);
    kept = holder.count();
    return how;
  }

  private ChildProcess.End joined(Thread waiter) {
    boolean interrupted = false;
    while (waiter.isAlive()) {
      try {
        waiter.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    ChildProcess.End how = end;
    return how == null ? new ChildProcess.End(FAILED, false) : how;
  }

  private void await(ChildProcess running) {
    try {
      end = running.await();
    } catch (ErrnoException e) {
      end = new ChildProcess.End(FAILED, false);
    }
    holder.wake();
  }

  private ChildProcess start() throws ErrnoException {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.keySet().removeAll(List.of("LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PID"));
    environment.putAll(holder.environment());
    List<String> arguments =
        new ArrayList<>(List.of("sh", "-c", "export LISTEN_PID=$$; exec \"$@\"", "sh"));
    arguments.addAll(command);
    return ChildProcess.start(SHELL, arguments, environment, holder.fds());
  }

  /// Ends the child for good: it tells its clients. [#run()] returns when it has ended.
  public void stop() {
    stopping = true;
    holder.wake();
  }

  /// Whether [#stop()] was called.
  public boolean isEnding() {
    return stopping;
  }

  /// Sends a signal to the child. SIGTERM makes it leave everything to the next one.
  public void signal(int number) {
    ChildProcess running = child;
    if (running != null && end == null) {
      running.signal(number);
    }
  }

  /// How many children there have been.
  public int starts() {
    return starts.get();
  }

  /// How many descriptors are kept now.
  public int kept() {
    return kept;
  }
}
