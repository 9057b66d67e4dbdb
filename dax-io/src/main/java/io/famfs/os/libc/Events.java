package io.famfs.os.libc;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Waiting and waking.
public final class Events {
  private Events() {}

  /// `eventfd(2)`.
  public static int eventfd(int initial, int flags) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Eventfd.HANDLE.invokeExact(state, (long) initial, (long) flags);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `poll(2)`; a negative time limit waits for ever.
  public static int poll(long entries, int count, int timeoutMillis) {
    MemorySegment state = Native.callState();
    try {
      long register =
          (long) Poll.HANDLE.invokeExact(state, entries, (long) count, (long) timeoutMillis);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  private static final class Eventfd {
    static final MethodHandle HANDLE = Native.function("eventfd", 2);
  }

  private static final class Poll {
    static final MethodHandle HANDLE = Native.function("poll", 3);
  }
}
