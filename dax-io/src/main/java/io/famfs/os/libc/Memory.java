package io.famfs.os.libc;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Mappings.
public final class Memory {
  private Memory() {}

  /// `mmap(2)`; the address, or the negated error number.
  public static long map(
      long address, long lengthBytes, int protection, int flags, int fd, long offset) {
    MemorySegment state = Native.callState();
    try {
      long register =
          (long)
              Map.HANDLE.invokeExact(
                  state, address, lengthBytes, (long) protection, (long) flags, (long) fd, offset);
      return Native.longResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `munmap(2)`.
  public static int unmap(long address, long lengthBytes) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Unmap.HANDLE.invokeExact(state, address, lengthBytes);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `msync(2)`; the address has to be at the start of a page.
  public static int sync(long address, long lengthBytes, int flags) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Sync.HANDLE.invokeExact(state, address, lengthBytes, (long) flags);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `madvise(2)`; the address has to be at the start of a page.
  public static int advise(long address, long lengthBytes, int advice) {
    try {
      // Without errno first: keeping it costs an object where this is inlined deep in a data path.
      if ((int) (long) AdviseOnly.HANDLE.invokeExact(address, lengthBytes, (long) advice) == 0) {
        return 0;
      }
      MemorySegment state = Native.callState();
      long register = (long) Advise.HANDLE.invokeExact(state, address, lengthBytes, (long) advice);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `mprotect(2)`.
  public static int protect(long address, long lengthBytes, int protection) {
    MemorySegment state = Native.callState();
    try {
      long register =
          (long) Protect.HANDLE.invokeExact(state, address, lengthBytes, (long) protection);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// The size of a page of memory.
  public static int pageSize() {
    MemorySegment state = Native.callState();
    try {
      long register = (long) PageSize.HANDLE.invokeExact(state);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// A segment over a fresh mapping. Closing `arena` unmaps `mappedBytes` from `address`; nothing
  /// else may.
  public static MemorySegment segment(
      long address, long lengthBytes, long mappedBytes, Arena arena) {
    return Native.segment(address, lengthBytes, arena, () -> unmap(address, mappedBytes));
  }

  private static final class Map {
    static final MethodHandle HANDLE = Native.function("mmap", 6);
  }

  private static final class Unmap {
    static final MethodHandle HANDLE = Native.function("munmap", 2);
  }

  private static final class Sync {
    static final MethodHandle HANDLE = Native.function("msync", 3);
  }

  private static final class AdviseOnly {
    static final MethodHandle HANDLE = Native.withoutErrno("madvise", 3);
  }

  private static final class Advise {
    static final MethodHandle HANDLE = Native.function("madvise", 3);
  }

  private static final class Protect {
    static final MethodHandle HANDLE = Native.function("mprotect", 3);
  }

  private static final class PageSize {
    static final MethodHandle HANDLE = Native.function("getpagesize", 0);
  }
}
