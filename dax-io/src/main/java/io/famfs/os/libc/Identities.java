package io.famfs.os.libc;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Who this process is.
public final class Identities {
  private Identities() {}

  /// `geteuid(2)`.
  public static int effectiveUid() {
    MemorySegment state = Native.callState();
    try {
      long register = (long) EffectiveUid.HANDLE.invokeExact(state);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `getegid(2)`.
  public static int effectiveGid() {
    MemorySegment state = Native.callState();
    try {
      long register = (long) EffectiveGid.HANDLE.invokeExact(state);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `getpid(2)`.
  public static int pid() {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Pid.HANDLE.invokeExact(state);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  private static final class EffectiveUid {
    static final MethodHandle HANDLE = Native.function("geteuid", 0);
  }

  private static final class EffectiveGid {
    static final MethodHandle HANDLE = Native.function("getegid", 0);
  }

  private static final class Pid {
    static final MethodHandle HANDLE = Native.function("getpid", 0);
  }
}
