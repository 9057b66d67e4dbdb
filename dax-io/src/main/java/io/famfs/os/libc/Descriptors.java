package io.famfs.os.libc;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// What a descriptor is and what can be asked of it.
public final class Descriptors {
  private Descriptors() {}

  /// `openat(2)`.
  public static int openAt(int directory, long path, int flags, int mode) {
    MemorySegment state = Native.callState();
    try {
      long register =
          (long)
              OpenAt.HANDLE.invokeExact(state, (long) directory, path, (long) flags, (long) mode);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `close(2)`; the descriptor is gone whatever the result.
  public static int close(int fd) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Close.HANDLE.invokeExact(state, (long) fd);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `fcntl(2)`.
  public static int control(int fd, int command, long argument) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Control.HANDLE.invokeExact(state, (long) fd, (long) command, argument);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `ftruncate(2)`.
  public static int truncate(int fd, long lengthBytes) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Truncate.HANDLE.invokeExact(state, (long) fd, lengthBytes);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `fallocate(2)`.
  public static int allocate(int fd, int mode, long offset, long lengthBytes) {
    MemorySegment state = Native.callState();
    try {
      long register =
          (long) Allocate.HANDLE.invokeExact(state, (long) fd, (long) mode, offset, lengthBytes);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `lseek(2)`.
  public static long seek(int fd, long offset, int whence) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Seek.HANDLE.invokeExact(state, (long) fd, offset, (long) whence);
      return Native.longResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `fsync(2)`.
  public static int sync(int fd) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Sync.HANDLE.invokeExact(state, (long) fd);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `fchmod(2)`.
  public static int changeMode(int fd, int mode) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) ChangeMode.HANDLE.invokeExact(state, (long) fd, (long) mode);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `flock(2)`.
  public static int lock(int fd, int operation) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Lock.HANDLE.invokeExact(state, (long) fd, (long) operation);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `pipe2(2)`.
  public static int pipe(long fds, int flags) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Pipe.HANDLE.invokeExact(state, fds, (long) flags);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `splice(2)` without offsets.
  public static long splice(int from, int to, long lengthBytes, int flags) {
    MemorySegment state = Native.callState();
    try {
      long register =
          (long)
              Splice.HANDLE.invokeExact(
                  state, (long) from, 0L, (long) to, 0L, lengthBytes, (long) flags);
      return Native.longResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `memfd_create(2)`.
  public static int createMemfd(long name, int flags) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) CreateMemfd.HANDLE.invokeExact(state, name, (long) flags);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `statx(2)`.
  public static int status(int directory, long path, int flags, int mask, long buffer) {
    MemorySegment state = Native.callState();
    try {
      long register =
          (long)
              Status.HANDLE.invokeExact(
                  state, (long) directory, path, (long) flags, (long) mask, buffer);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `fstatfs(2)`.
  public static int fileSystem(int fd, long buffer) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) FileSystem.HANDLE.invokeExact(state, (long) fd, buffer);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `ioctl(2)`.
  public static int ioctl(int fd, long request, long argument) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Ioctl.HANDLE.invokeExact(state, (long) fd, request, argument);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  private static final class OpenAt {
    static final MethodHandle HANDLE = Native.variadic("openat", 4, 3);
  }

  private static final class Close {
    static final MethodHandle HANDLE = Native.function("close", 1);
  }

  private static final class Control {
    static final MethodHandle HANDLE = Native.variadic("fcntl", 3, 2);
  }

  private static final class Truncate {
    static final MethodHandle HANDLE = Native.function("ftruncate", 2);
  }

  private static final class Allocate {
    static final MethodHandle HANDLE = Native.function("fallocate", 4);
  }

  private static final class Seek {
    static final MethodHandle HANDLE = Native.function("lseek", 3);
  }

  private static final class Sync {
    static final MethodHandle HANDLE = Native.function("fsync", 1);
  }

  private static final class ChangeMode {
    static final MethodHandle HANDLE = Native.function("fchmod", 2);
  }

  private static final class Lock {
    static final MethodHandle HANDLE = Native.function("flock", 2);
  }

  private static final class Pipe {
    static final MethodHandle HANDLE = Native.function("pipe2", 2);
  }

  private static final class Splice {
    static final MethodHandle HANDLE = Native.function("splice", 6);
  }

  private static final class CreateMemfd {
    static final MethodHandle HANDLE = Native.function("memfd_create", 2);
  }

  private static final class Status {
    static final MethodHandle HANDLE = Native.function("statx", 5);
  }

  private static final class FileSystem {
    static final MethodHandle HANDLE = Native.function("fstatfs", 2);
  }

  private static final class Ioctl {
    static final MethodHandle HANDLE = Native.variadic("ioctl", 3, 2);
  }
}
