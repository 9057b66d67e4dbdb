package io.famfs.os.libc;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.famfs.core.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes any thread of this process do a list of system calls, those of the Java machine included:
/// much of what a process may do is kept per thread by Linux, and only the thread itself can change
/// it. It is done in the handler of a signal, as C libraries do for `setuid(2)`.
///
/// One list at a time in a process. Afterwards the signal is ignored.
public final class ThreadCalls implements AutoCloseable {
  /// The last but one of the real-time signals; the C library has the first ones, the JDK the last
  /// but two.
  private static final int SIGNAL = 63;

  private static final long SA_RESTART = 0x1000_0000;
  private static final long IGNORE = 1;
  private static final int ACTION_BYTES = 152;
  private static final int ACTION_FLAGS = 136;
  private static final int MASK_BYTES = 128;

  private static final int PAGE_BYTES = 65536;
  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int PROT_EXEC = 4;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int ESRCH = 3;
  private static final long LIMIT_NS = 5_000_000_000L;
  private static final VarHandle COUNT = JAVA_LONG.varHandle();

  private final MemorySegment list;
  private final long runsAt;
  private final int calls;

  private ThreadCalls(MemorySegment list, int calls) {
    this.list = list;
    this.calls = calls;
    this.runsAt = (long) calls * CallCode.ENTRY_BYTES + CallCode.RUNS;
  }

  /// Why this cannot be done here; null when it can.
  public static @Nullable String problem() {
    if (CallCode.ofThisHost(0) == null) {
      return "no code for a processor of kind " + System.getProperty("os.arch");
    }
    long code = map();
    if (code < 0) {
      return "no memory: " + Errno.describe((int) -code);
    }
    int result = Memory.protect(code, PAGE_BYTES, PROT_READ | PROT_EXEC);
    Memory.unmap(code, PAGE_BYTES);
    return result < 0 ? "no memory for code: " + Errno.describe(-result) : null;
  }

  /// Gets ready.
  ///
  /// @param calls for each system call its number and up to five arguments
  /// @throws IllegalStateException where [#problem] has something to say
  public static ThreadCalls prepare(List<long[]> calls) {
    long data = map();
    long code = map();
    byte[] handler = CallCode.ofThisHost(data);
    if (data < 0 || code < 0 || handler == null) {
      throw new IllegalStateException(problem());
    }
    // Both stay for ever: a thread that was too late may still come.
    MemorySegment list = Native.permanent(data, PAGE_BYTES);
    long at = 0;
    for (long[] call : calls) {
      MemorySegment.copy(call, 0, list, JAVA_LONG, at, call.length);
      at += CallCode.ENTRY_BYTES;
    }
    list.set(JAVA_LONG, at, -1);
    MemorySegment.copy(
        handler, 0, Native.permanent(code, PAGE_BYTES), JAVA_BYTE, 0, handler.length);
    int result = Memory.protect(code, PAGE_BYTES, PROT_READ | PROT_EXEC);
    if (result == 0) {
      result = handle(code);
    }
    if (result < 0) {
      throw new IllegalStateException("no signal handler: " + Errno.describe(-result));
    }
    return new ThreadCalls(list, calls.size());
  }

  /// Has a thread do all calls, and waits until it has.
  ///
  /// @param thread its number, as in `/proc/self/task`
  /// @return 0; `-ESRCH` when there is no such thread any more; `-ETIMEDOUT` when it does not take
  ///   the signal for seconds
  public int runIn(int thread) {
    long before = runs();
    int sent = ProcessRights.signalThread(Identities.pid(), thread, SIGNAL);
    if (sent < 0) {
      return sent;
    }
    long deadline = System.nanoTime() + LIMIT_NS;
    while (runs() == before) {
      if (ProcessRights.signalThread(Identities.pid(), thread, 0) < 0) {
        return runs() == before ? -ESRCH : 0;
      }
      if (System.nanoTime() - deadline > 0) {
        return -Errno.ETIMEDOUT;
      }
      Thread.onSpinWait();
    }
    return 0;
  }

  private long runs() {
    return (long) COUNT.getAcquire(list, runsAt);
  }

  /// What a call answered in the thread that was last: `>= 0`, or the negated error number.
  public long result(int call) {
    if (call < 0 || call >= calls) {
      throw new IndexOutOfBoundsException(call);
    }
    return list.get(JAVA_LONG, (long) call * CallCode.ENTRY_BYTES + CallCode.RESULT);
  }

  @Override
  public void close() {
    int _ = handle(IGNORE);
  }

  private static long map() {
    return Memory.map(0, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
  }

  private static int handle(long handler) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment action = arena.allocate(ACTION_BYTES, Long.BYTES);
      action.set(JAVA_LONG, 0, handler);
      action.asSlice(Long.BYTES, MASK_BYTES).fill((byte) 0xff);
      action.set(JAVA_INT, ACTION_FLAGS, (int) SA_RESTART);
      return ProcessRights.signalAction(SIGNAL, action.address(), 0);
    }
  }
}
