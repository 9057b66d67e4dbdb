package io.famfs.fuse.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/// A process that takes a lock, says "have", and keeps it until its input ends.
public final class LockingProcess implements AutoCloseable {
  private static final String RECORD =
      """
      import fcntl, sys
      f = open(sys.argv[1], 'r+b')
      fcntl.lockf(f, fcntl.LOCK_EX, int(sys.argv[3]), int(sys.argv[2]))
      print('have', flush=True)
      sys.stdin.read()
      """;

  private static final String QUERY =
      """
      import fcntl, struct, sys
      f = open(sys.argv[1], 'r+b')
      ask = struct.pack('hhqqi4x', fcntl.F_RDLCK, 0, int(sys.argv[2]), int(sys.argv[3]), 0)
      got = struct.unpack('hhqqi4x', fcntl.fcntl(f, fcntl.F_GETLK, ask))
      print(got[0], got[2], got[3], got[4])
      """;

  private final Process process;
  private final BufferedReader output;

  private LockingProcess(String... command) throws IOException {
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    output = process.inputReader(StandardCharsets.UTF_8);
  }

  public static void assumePython() {
    for (String tool : List.of("python3", "flock")) {
      try {
        Process found = new ProcessBuilder(tool, "--version").start();
        Assumptions.assumeTrue(found.waitFor() == 0, "SKIPPED: no " + tool);
      } catch (IOException e) {
        Assumptions.abort("SKIPPED: no " + tool);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /// Takes an exclusive lock of the whole file, and waits for it.
  public static LockingProcess flock(Path file) throws IOException {
    return new LockingProcess(
        "flock", "-x", file.toString(), "sh", "-c", "echo have; cat > /dev/null");
  }

  /// Takes a write lock of some bytes, and waits for it.
  public static LockingProcess record(Path file, String start, String length) throws IOException {
    return new LockingProcess("python3", "-c", RECORD, file.toString(), start, length);
  }

  /// Exit code of flock(1) that does not wait: 1 when somebody has the lock.
  public static int tryFlock(Path file) throws IOException, InterruptedException {
    try (LockingProcess flock = new LockingProcess("flock", "-n", "-x", file.toString(), "true")) {
      return flock.exitCode();
    }
  }

  /// F_GETLK for a read lock: type, start, length, pid.
  public static String query(Path file, String start, String length) throws IOException {
    try (LockingProcess query =
        new LockingProcess("python3", "-c", QUERY, file.toString(), start, length)) {
      return String.valueOf(query.line());
    }
  }

  public @Nullable String line() throws IOException {
    return output.readLine();
  }

  public void requireLine(String expected) throws IOException {
    assertEquals(expected, line());
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /// Ends its input, and so its lock.
  public void finish() throws IOException {
    process.outputWriter(StandardCharsets.UTF_8).close();
  }

  public void signal(String name) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).inheritIO().start();
    assertEquals(0, kill.waitFor());
  }

  public int exitCode() throws InterruptedException {
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), "it does not end");
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
