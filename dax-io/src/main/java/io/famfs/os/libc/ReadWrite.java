package io.famfs.os.libc;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Transfers between descriptors and memory: `read(2)`, `pread(2)`, `writev(2)` and kin.
public final class ReadWrite {
  private ReadWrite() {}

  /// `read(2)`.
  public static long read(int fd, long address, long lengthBytes) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Read.HANDLE.invokeExact(state, (long) fd, address, lengthBytes);
      return Native.longResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `write(2)`.
  public static long write(int fd, long address, long lengthBytes) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Write.HANDLE.invokeExact(state, (long) fd, address, lengthBytes);
      return Native.longResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `pread(2)`.
  public static long pread(int fd, long address, long lengthBytes, long position) {
    MemorySegment state = Native.callState();
    try {
      long register =
          (long) Pread.HANDLE.invokeExact(state, (long) fd, address, lengthBytes, position);
      return Native.longResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `pwrite(2)`.
  public static long pwrite(int fd, long address, long lengthBytes, long position) {
    MemorySegment state = Native.callState();
    try {
      long register =
          (long) Pwrite.HANDLE.invokeExact(state, (long) fd, address, lengthBytes, position);
      return Native.longResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `readv(2)`.
  public static long readv(int fd, long vectors, int count) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Readv.HANDLE.invokeExact(state, (long) fd, vectors, (long) count);
      return Native.longResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `writev(2)`.
  public static long writev(int fd, long vectors, int count) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Writev.HANDLE.invokeExact(state, (long) fd, vectors, (long) count);
      return Native.longResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `preadv2(2)`; position -1 means the file's own.
  public static long preadv2(int fd, long vectors, int count, long position, int flags) {
    MemorySegment state = Native.callState();
    try {
      long register =
          (long)
              Preadv2.HANDLE.invokeExact(
                  state, (long) fd, vectors, (long) count, position, (long) flags);
      return Native.longResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  private static final class Read {
    static final MethodHandle HANDLE = Native.function("read", 3);
  }

  private static final class Write {
    static final MethodHandle HANDLE = Native.function("write", 3);
  }

  private static final class Pread {
    static final MethodHandle HANDLE = Native.function("pread", 4);
  }

  private static final class Pwrite {
    static final MethodHandle HANDLE = Native.function("pwrite", 4);
  }

  private static final class Readv {
    static final MethodHandle HANDLE = Native.function("readv", 3);
  }

  private static final class Writev {
    static final MethodHandle HANDLE = Native.function("writev", 3);
  }

  private static final class Preadv2 {
    static final MethodHandle HANDLE = Native.function("preadv2", 5);
  }
}
