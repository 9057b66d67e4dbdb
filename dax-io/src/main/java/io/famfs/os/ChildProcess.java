package io.famfs.os;

import io.famfs.core.Errno;
import io.famfs.os.libc.CStrings;
import io.famfs.os.libc.Processes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A child process that inherits descriptors, from number 3 on, beside standard input, output and
/// error, and no other: what `java.lang.ProcessBuilder` cannot do.
public final class ChildProcess {
  /// The first descriptor behind standard error.
  public static final int FIRST_FD = 3;

  private static final int SIGNALLED = 0x7f;

  private final int pid;

  private ChildProcess(int pid) {
    this.pid = pid;
  }

  /// How a child has ended.
  ///
  /// @param code its exit code; 128 and the number of the signal when it was killed
  /// @param killed whether a signal ended it
  public record End(int code, boolean killed) {}

  /// Starts a program.
  ///
  /// @param program an absolute path
  /// @param arguments with the program's name first
  /// @param environment all of it
  /// @param inherited the child's descriptors from [#FIRST_FD] on; they stay the caller's
  /// @throws ErrnoException when it cannot be started
  public static ChildProcess start(
      Path program, List<String> arguments, Map<String, String> environment, List<Fd> inherited)
      throws ErrnoException {
    List<Fd> moved = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment actions = arena.allocate(Processes.FILE_ACTIONS_BYTES, Long.BYTES);
      check(Processes.initFileActions(actions.address()), program);
      try {
        for (Fd fd : inherited) {
          // Out of the way: a target must not be the source of a later one.
          Fd source = fd.duplicateFrom(FIRST_FD + inherited.size());
          moved.add(source);
          int target = FIRST_FD + moved.size() - 1;
          check(Processes.addDuplicate(actions.address(), source.value(), target), program);
        }
        int rest = FIRST_FD + inherited.size();
        check(Processes.addCloseFrom(actions.address(), rest), program);
        MemorySegment pid = arena.allocate(Integer.BYTES, Integer.BYTES);
        List<String> variables =
            environment.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
        int result =
            Processes.spawn(
                pid.address(),
                CStrings.of(arena, program.toString()).address(),
                actions.address(),
                vector(arena, arguments),
                vector(arena, variables));
        check(result, program);
        return new ChildProcess(pid.get(ValueLayout.JAVA_INT, 0));
      } finally {
        Processes.destroyFileActions(actions.address());
      }
    } finally {
      moved.forEach(Fd::close);
    }
  }

  private static void check(int result, Path program) throws ErrnoException {
    ErrnoException.check(result, "start", program);
  }

  /// A list of texts as the kernel takes it: pointers, and null behind the last one.
  private static long vector(Arena arena, List<String> texts) {
    MemorySegment pointers = arena.allocate((texts.size() + 1L) * Long.BYTES, Long.BYTES);
    for (int i = 0; i < texts.size(); i++) {
      pointers.setAtIndex(ValueLayout.JAVA_LONG, i, CStrings.of(arena, texts.get(i)).address());
    }
    return pointers.address();
  }

  /// Its number.
  public int pid() {
    return pid;
  }

  /// Sends it a signal; nothing happens when it has ended.
  public void signal(int number) {
    int _ = Processes.signal(pid, number);
  }

  /// Waits for its end. Call once.
  public End await() throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(Integer.BYTES, Integer.BYTES);
      int result;
      do {
        result = Processes.await(pid, status.address(), 0);
      } while (result == -Errno.EINTR);
      ErrnoException.check(result, "wait for process", pid);
      int word = status.get(ValueLayout.JAVA_INT, 0);
      int signal = word & SIGNALLED;
      return signal == 0 ? new End(word >>> 8 & 0xff, false) : new End(128 + signal, true);
    }
  }
}
