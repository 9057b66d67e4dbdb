package io.famfs.os.libc;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Unix sockets.
public final class Sockets {
  private Sockets() {}

  /// `socket(2)`.
  public static int socket(int domain, int type, int protocol) {
    MemorySegment state = Native.callState();
    try {
      long register =
          (long) Socket.HANDLE.invokeExact(state, (long) domain, (long) type, (long) protocol);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `socketpair(2)`.
  public static int pair(int domain, int type, int protocol, long fds) {
    MemorySegment state = Native.callState();
    try {
      long register =
          (long) Pair.HANDLE.invokeExact(state, (long) domain, (long) type, (long) protocol, fds);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `bind(2)`.
  public static int bind(int fd, long address, int addressBytes) {
    MemorySegment state = Native.callState();
    try {
      long register =
          (long) Bind.HANDLE.invokeExact(state, (long) fd, address, (long) addressBytes);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `listen(2)`.
  public static int listen(int fd, int backlog) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Listen.HANDLE.invokeExact(state, (long) fd, (long) backlog);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `accept4(2)`.
  public static int accept(int fd, long address, long addressBytes, int flags) {
    MemorySegment state = Native.callState();
    try {
      long register =
          (long) Accept.HANDLE.invokeExact(state, (long) fd, address, addressBytes, (long) flags);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `connect(2)`.
  public static int connect(int fd, long address, int addressBytes) {
    MemorySegment state = Native.callState();
    try {
      long register =
          (long) Connect.HANDLE.invokeExact(state, (long) fd, address, (long) addressBytes);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `sendmsg(2)`.
  public static long send(int fd, long message, int flags) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Send.HANDLE.invokeExact(state, (long) fd, message, (long) flags);
      return Native.longResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `recvmsg(2)`.
  public static long receive(int fd, long message, int flags) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Receive.HANDLE.invokeExact(state, (long) fd, message, (long) flags);
      return Native.longResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `shutdown(2)`.
  public static int shutdown(int fd, int how) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Shutdown.HANDLE.invokeExact(state, (long) fd, (long) how);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `getsockopt(2)`.
  public static int option(int fd, int level, int name, long value, long valueBytes) {
    MemorySegment state = Native.callState();
    try {
      long register =
          (long)
              Option.HANDLE.invokeExact(
                  state, (long) fd, (long) level, (long) name, value, valueBytes);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// `setsockopt(2)`.
  public static int setOption(int fd, int level, int name, long value, int valueBytes) {
    MemorySegment state = Native.callState();
    try {
      long register =
          (long)
              SetOption.HANDLE.invokeExact(
                  state, (long) fd, (long) level, (long) name, value, (long) valueBytes);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  private static final class Socket {
    static final MethodHandle HANDLE = Native.function("socket", 3);
  }

  private static final class Pair {
    static final MethodHandle HANDLE = Native.function("socketpair", 4);
  }

  /// `getsockname(2)`; `length` is the address of the room there is and of the length.
  public static int name(int fd, long address, long length) {
    MemorySegment state = Native.callState();
    try {
      long register = (long) Name.HANDLE.invokeExact(state, (long) fd, address, length);
      return Native.intResult(register, state);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  private static final class Name {
    static final MethodHandle HANDLE = Native.function("getsockname", 3);
  }

  private static final class Bind {
    static final MethodHandle HANDLE = Native.function("bind", 3);
  }

  private static final class Listen {
    static final MethodHandle HANDLE = Native.function("listen", 2);
  }

  private static final class Accept {
    static final MethodHandle HANDLE = Native.function("accept4", 4);
  }

  private static final class Connect {
    static final MethodHandle HANDLE = Native.function("connect", 3);
  }

  private static final class Send {
    static final MethodHandle HANDLE = Native.function("sendmsg", 3);
  }

  private static final class Receive {
    static final MethodHandle HANDLE = Native.function("recvmsg", 3);
  }

  private static final class Shutdown {
    static final MethodHandle HANDLE = Native.function("shutdown", 2);
  }

  private static final class Option {
    static final MethodHandle HANDLE = Native.function("getsockopt", 5);
  }

  private static final class SetOption {
    static final MethodHandle HANDLE = Native.function("setsockopt", 5);
  }
}
