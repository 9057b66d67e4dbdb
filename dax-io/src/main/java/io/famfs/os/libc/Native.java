package io.famfs.os.libc;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Links functions of the C library and turns their results into `>= 0` or `-errno`.
@SuppressWarnings("restricted") // This class is the door to the linker.
final class Native {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LIBC = LINKER.defaultLookup();
  private static final Linker.Option CAPTURE_ERRNO = Linker.Option.captureCallState("errno");
  private static final MemoryLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final long ERRNO_OFFSET = CALL_STATE.byteOffset(PathElement.groupElement("errno"));

  /// Where the linker leaves `errno` of the last call of this thread; freed with the thread.
  private static final ThreadLocal<MemorySegment> STATE =
      ThreadLocal.withInitial(Native::allocateCallState);

  /// The only class of these segments: see [#callState()].
  private static final Class<?> STATE_CLASS = allocateCallState().getClass();

  private Native() {}

  /// A function of `parameters` integers or pointers. The handle's own first parameter is the
  /// segment of [#callState()].
  static MethodHandle function(String name, int parameters) {
    return LINKER.downcallHandle(symbol(name), descriptor(parameters), CAPTURE_ERRNO);
  }

  /// As [#function(String, int)], without the segment and without `errno`.
  static MethodHandle withoutErrno(String name, int parameters) {
    return LINKER.downcallHandle(symbol(name), descriptor(parameters));
  }

  /// As [#withoutErrno]; null where the C library does not have it.
  static @Nullable MethodHandle optional(String name, int parameters) {
    return LIBC.find(name)
        .map(symbol -> LINKER.downcallHandle(symbol, descriptor(parameters)))
        .orElse(null);
  }

  /// As [#function(String, int)], for functions declared with `...` behind `fixed` parameters.
  static MethodHandle variadic(String name, int parameters, int fixed) {
    return LINKER.downcallHandle(
        symbol(name), descriptor(parameters), CAPTURE_ERRNO, Linker.Option.firstVariadicArg(fixed));
  }

  /// Machine code at `address` that takes three longs and returns one, soon and without blocking.
  /// The handle's fourth parameter is a segment that stays open during the call; the code does not
  /// look at it.
  static MethodHandle leaf(long address) {
    return LINKER.downcallHandle(
        MemorySegment.ofAddress(address),
        FunctionDescriptor.of(
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.ADDRESS),
        Linker.Option.critical(false));
  }

  /// Where a call of this thread leaves `errno`.
  ///
  /// The linker cuts a slice off this segment at every call. The comparison tells the compiler the
  /// exact class without any profile, so that the slice never reaches the heap.
  static MemorySegment callState() {
    MemorySegment state = STATE.get();
    if (state.getClass() != STATE_CLASS) {
      throw unexpected(null);
    }
    return state;
  }

  private static MemorySegment allocateCallState() {
    return Arena.ofAuto().allocate(CALL_STATE);
  }

  /// The result of a function declared `int`: only the low half of the register counts.
  static int intResult(long register, MemorySegment state) {
    int result = (int) register;
    return result == -1 ? -state.get(ValueLayout.JAVA_INT, ERRNO_OFFSET) : result;
  }

  /// The result of a function declared `ssize_t` or pointer.
  static long longResult(long register, MemorySegment state) {
    return register == -1L ? -state.get(ValueLayout.JAVA_INT, ERRNO_OFFSET) : register;
  }

  /// What a handle throws is a mistake in this package, never an answer of the kernel.
  static AssertionError unexpected(@Nullable Throwable thrown) {
    return new AssertionError("native call with a wrong shape", thrown);
  }

  /// Memory at `address` that stays mapped for ever.
  static MemorySegment permanent(long address, long lengthBytes) {
    return MemorySegment.ofAddress(address).reinterpret(lengthBytes);
  }

  /// The segment of `lengthBytes` at `address`, alive until `arena` closes, then `unmap` runs.
  static MemorySegment segment(long address, long lengthBytes, Arena arena, Runnable unmap) {
    return MemorySegment.ofAddress(address).reinterpret(lengthBytes, arena, ignored -> unmap.run());
  }

  private static MemorySegment symbol(String name) {
    return LIBC.findOrThrow(name);
  }

  private static FunctionDescriptor descriptor(int parameters) {
    MemoryLayout[] layouts = new MemoryLayout[parameters];
    Arrays.fill(layouts, ValueLayout.JAVA_LONG);
    return FunctionDescriptor.of(ValueLayout.JAVA_LONG, layouts);
  }
}
