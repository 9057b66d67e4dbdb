package io.famfs.os.sandbox;

import io.famfs.core.Errno;
import io.famfs.os.libc.ThreadCalls;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// System calls that every thread of this process does, once, those of the Java machine included.
///
/// Threads are listed again until a listing has none that was not there before: what is started by
/// a thread that has done the calls has what they changed from its first moment, so the last
/// listing covers all.
final class AllThreads {
  private static final Path TASKS = Path.of("/proc/self/task");
  private static final int ESRCH = 3;
  private static final int MOST_LISTINGS = 1000;

  private AllThreads() {}

  /// Why this cannot be done here; null when it can.
  static @Nullable String problem() {
    return Files.isDirectory(TASKS) ? ThreadCalls.problem() : "/proc is not mounted";
  }

  /// Has all threads do all calls.
  ///
  /// @param calls each its number and its arguments, in order
  /// @param what they are for, for messages
  /// @return how many threads did
  /// @throws SandboxException when a call fails in a thread, or a thread does not answer
  static int run(String what, List<long[]> calls) throws SandboxException {
    Set<Integer> done = new HashSet<>();
    try (ThreadCalls code = ThreadCalls.prepare(calls)) {
      for (int i = 0; i < MOST_LISTINGS; i++) {
        Set<Integer> fresh = threads();
        fresh.removeAll(done);
        if (fresh.isEmpty()) {
          return done.size();
        }
        for (int thread : fresh) {
          run(what, code, thread, calls.size());
        }
        done.addAll(fresh);
      }
    } catch (IllegalStateException e) {
      throw new SandboxException(what + ": " + e.getMessage(), e);
    }
    throw new SandboxException(what + ": threads come faster than they can be restricted");
  }

  private static void run(String what, ThreadCalls code, int thread, int calls)
      throws SandboxException {
    int ran = code.runIn(thread);
    if (ran == -ESRCH) {
      return;
    }
    if (ran < 0) {
      throw new SandboxException(
          what + ": thread " + thread + " does not answer: " + Errno.describe(-ran));
    }
    for (int i = 0; i < calls; i++) {
      long result = code.result(i);
      if (result < 0) {
        throw new SandboxException(
            what
                + ": call "
                + i
                + " of thread "
                + thread
                + ": "
                + Errno.describe((int) Math.max(result, -4095) * -1));
      }
    }
  }

  /// All threads there are.
  static Set<Integer> threads() throws SandboxException {
    Set<Integer> threads = new HashSet<>();
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
      for (Path task : tasks) {
        threads.add(Integer.valueOf(String.valueOf(task.getFileName())));
      }
      return threads;
    } catch (IOException e) {
      throw new SandboxException("cannot list the threads of this process: " + e, e);
    }
  }

  /// A line of `/proc/self/task/THREAD/status`; null when the thread has ended.
  static @Nullable String status(int thread, String field) throws SandboxException {
    try {
      for (String line : Files.readAllLines(TASKS.resolve(thread + "/status"))) {
        if (line.startsWith(field + ":")) {
          return line.substring(field.length() + 1).strip();
        }
      }
      return "";
    } catch (IOException e) {
      if (Files.exists(TASKS.resolve(Integer.toString(thread)))) {
        throw new SandboxException("cannot look at thread " + thread + ": " + e, e);
      }
      return null;
    }
  }
}
