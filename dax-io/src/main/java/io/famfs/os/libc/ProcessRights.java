package io.famfs.os.libc;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// What this process may do and who it is. `setresuid(2)` and its like change all threads of the
/// process, by the C library; everything else here changes the thread that calls, where it is not
/// said otherwise.
public final class ProcessRights {
  private ProcessRights() {}

  /// `syscall(2)`, for calls the C library has no function for.
  public static long systemCall(int number, long a, long b, long c, long d, long e) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) SystemCall.HANDLE.invokeExact(state, (long) number, a, b, c, d, e);
      return Native.longResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `prctl(2)`.
  public static int control(int option, long a, long b, long c, long d) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Control.HANDLE.invokeExact(state, (long) option, a, b, c, d);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `setgroups(2)`, for all threads.
  public static int setGroups(int count, long list) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) SetGroups.HANDLE.invokeExact(state, (long) count, list);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `setresgid(2)` with one number for all three, for all threads.
  public static int setGroup(int gid) {
    return setAll(SetGroup.HANDLE, gid);
  }

  /// `setresuid(2)` with one number for all three, for all threads.
  public static int setUser(int uid) {
    return setAll(SetUser.HANDLE, uid);
  }

  private static int setAll(MethodHandle handle, int id) {
    MemorySegment state = Native.callState();
    long unsigned = Integer.toUnsignedLong(id);
    try {
      long register = (long) handle.invokeExact(state, unsigned, unsigned, unsigned);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `prlimit(2)` of this process; either address may be 0.
  public static int limit(int resource, long newLimit, long oldLimit) {
    MemorySegment state = Native.callState();
    try {
      long register =
          (long) Limit.HANDLE.invokeExact(state, 0L, (long) resource, newLimit, oldLimit);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `sigaction(2)`, for the whole process.
  static int signalAction(int signal, long action, long old) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) SignalAction.HANDLE.invokeExact(state, (long) signal, action, old);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `tgkill(2)`.
  static int signalThread(int process, int thread, int signal) {
    MemorySegment state = Native.callState();
    try {
      long register =
          (long)
              SignalThread.HANDLE.invokeExact(state, (long) process, (long) thread, (long) signal);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  private static final class SystemCall {
    static final MethodHandle HANDLE = Native.variadic("syscall", 6, 1);
  }

  private static final class Control {
    static final MethodHandle HANDLE = Native.variadic("prctl", 5, 1);
  }

  private static final class SetGroups {
    static final MethodHandle HANDLE = Native.function("setgroups", 2);
  }

  private static final class SetGroup {
    static final MethodHandle HANDLE = Native.function("setresgid", 3);
  }

  private static final class SetUser {
    static final MethodHandle HANDLE = Native.function("setresuid", 3);
  }

  private static final class Limit {
    static final MethodHandle HANDLE = Native.function("prlimit", 4);
  }

  private static final class SignalAction {
    static final MethodHandle HANDLE = Native.function("sigaction", 3);
  }

  private static final class SignalThread {
    static final MethodHandle HANDLE = Native.function("tgkill", 3);
  }
}
