package io.famfs.os.libc;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/// Child processes that inherit descriptors.
public final class Processes {
  /// Room for `posix_spawn_file_actions_t`, which has 80 bytes in glibc and musl.
  public static final int FILE_ACTIONS_BYTES = 256;

  private Processes() {}

  /// `posix_spawn(3)` with the child's pid at `pid`. Returns 0 or `-errno`.
  public static int spawn(long pid, long path, long fileActions, long arguments, long environment) {
    try {
      long register =
          (long) Spawn.HANDLE.invokeExact(pid, path, fileActions, 0L, arguments, environment);
      return -(int) register;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `posix_spawn_file_actions_init(3)`. Returns 0 or `-errno`.
  public static int initFileActions(long fileActions) {
    try {
      return -(int) (long) InitActions.HANDLE.invokeExact(fileActions);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `posix_spawn_file_actions_adddup2(3)`. Returns 0 or `-errno`.
  public static int addDuplicate(long fileActions, int fd, int childFd) {
    try {
      return -(int) (long) AddDuplicate.HANDLE.invokeExact(fileActions, (long) fd, (long) childFd);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `posix_spawn_file_actions_addclosefrom_np(3)`; does nothing before glibc 2.34. Returns 0 or
  /// `-errno`.
  public static int addCloseFrom(long fileActions, int lowest) {
    MethodHandle handle = AddCloseFrom.HANDLE;
    try {
      return handle == null ? 0 : -(int) (long) handle.invokeExact(fileActions, (long) lowest);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `posix_spawn_file_actions_destroy(3)`.
  public static void destroyFileActions(long fileActions) {
    try {
      long _ = (long) DestroyActions.HANDLE.invokeExact(fileActions);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `waitpid(2)` with the status word at `status`.
  public static int await(int pid, long status, int options) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Await.HANDLE.invokeExact(state, (long) pid, status, (long) options);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `kill(2)`.
  public static int signal(int pid, int number) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Signal.HANDLE.invokeExact(state, (long) pid, (long) number);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  private static final class Spawn {
    static final MethodHandle HANDLE = Native.withoutErrno("posix_spawn", 6);
  }

  private static final class InitActions {
    static final MethodHandle HANDLE = Native.withoutErrno("posix_spawn_file_actions_init", 1);
  }

  private static final class AddDuplicate {
    static final MethodHandle HANDLE = Native.withoutErrno("posix_spawn_file_actions_adddup2", 3);
  }

  private static final class AddCloseFrom {
    static final @Nullable MethodHandle HANDLE =
        Native.optional("posix_spawn_file_actions_addclosefrom_np", 2);
  }

  private static final class DestroyActions {
    static final MethodHandle HANDLE = Native.withoutErrno("posix_spawn_file_actions_destroy", 1);
  }

  private static final class Await {
    static final MethodHandle HANDLE = Native.function("waitpid", 3);
  }

  private static final class Signal {
    static final MethodHandle HANDLE = Native.function("kill", 2);
  }
}
