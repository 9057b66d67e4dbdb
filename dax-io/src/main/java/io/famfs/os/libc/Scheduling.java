package io.famfs.os.libc;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Where threads run.
public final class Scheduling {
  private Scheduling() {}

  /// `sched_setaffinity(2)` of the calling thread: a mask of `bytes` bytes at `mask`.
  public static int setAffinity(long bytes, long mask) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Set.HANDLE.invokeExact(state, 0L, bytes, mask);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `sched_getaffinity(2)` of the calling thread.
  public static int getAffinity(long bytes, long mask) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Get.HANDLE.invokeExact(state, 0L, bytes, mask);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  private static final class Set {
    static final MethodHandle HANDLE = Native.function("sched_setaffinity", 3);
  }

  private static final class Get {
    static final MethodHandle HANDLE = Native.function("sched_getaffinity", 3);
  }
}
