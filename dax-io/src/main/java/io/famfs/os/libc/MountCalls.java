package io.famfs.os.libc;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Mounting.
public final class MountCalls {
  private MountCalls() {}

  /// `mount(2)`.
  public static int mount(long source, long target, long type, long flags, long options) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Mount.HANDLE.invokeExact(state, source, target, type, flags, options);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `umount2(2)`.
  public static int unmount(long target, int flags) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Unmount.HANDLE.invokeExact(state, target, (long) flags);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  private static final class Mount {
    static final MethodHandle HANDLE = Native.function("mount", 5);
  }

  private static final class Unmount {
    static final MethodHandle HANDLE = Native.function("umount2", 2);
  }
}
