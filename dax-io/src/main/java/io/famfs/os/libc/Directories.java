package io.famfs.os.libc;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Making and owning names in directories.
public final class Directories {
  private Directories() {}

  /// `mkdirat(2)`.
  public static int makeAt(int directory, long name, int mode) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) MakeAt.HANDLE.invokeExact(state, (long) directory, name, (long) mode);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `fchown(2)`.
  public static int changeOwner(int fd, int uid, int gid) {
    MemorySegment state = Native.callState();
    try {
      long register =
          (long) ChangeOwner.HANDLE.invokeExact(state, (long) fd, (long) uid, (long) gid);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  private static final class MakeAt {
    static final MethodHandle HANDLE = Native.function("mkdirat", 3);
  }

  private static final class ChangeOwner {
    static final MethodHandle HANDLE = Native.function("fchown", 3);
  }
}
