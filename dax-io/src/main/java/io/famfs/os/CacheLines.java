package io.famfs.os;

import io.famfs.os.libc.CacheLineCode;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// Moves cache lines between the processor and memory, for memory that others see without the
/// processor's cache coherence, or that keeps its content without power.
///
/// The instructions are chosen when the class is first used, the best of what the kernel says this
/// processor has, and tried on memory of this process:
///
/// | | write back | invalidate |
/// |---|---|---|
/// | x86-64 | `clwb`, else `clflushopt`, else `clflush`; `sfence` | `mfence`; `clflushopt`, else `clflush`; `mfence` |
/// | arm64 | `dc cvap`, else `dc cvac`; `dsb sy` | `dsb sy`; `dc civac`; `dsb sy` |
///
/// Memory that vanishes while it runs (a file that becomes shorter) ends the process.
public final class CacheLines {
  private CacheLines() {}

  /// Why this host cannot do it, in one line; null when it can.
  public static @Nullable String problem() {
    return CacheLineCode.problem();
  }

  /// Whether this host can do it.
  public static boolean available() {
    return problem() == null;
  }

  /// The instructions that were chosen, for people.
  public static String description() {
    return CacheLineCode.description();
  }

  /// Writes back every line that holds a byte of the range, and waits for it.
  ///
  /// @throws UnsupportedOperationException when not [#available()]
  public static void writeBack(MemorySegment segment, long offset, long lengthBytes) {
    requireAvailable();
    VarHandle.releaseFence();
    CacheLineCode.writeBack(segment, offset, lengthBytes);
  }

  /// Drops every line that holds a byte of the range, after writing it back where it is changed.
  ///
  /// @throws UnsupportedOperationException when not [#available()]
  public static void invalidate(MemorySegment segment, long offset, long lengthBytes) {
    requireAvailable();
    VarHandle.releaseFence();
    CacheLineCode.invalidate(segment, offset, lengthBytes);
    VarHandle.acquireFence();
  }

  private static void requireAvailable() {
    String problem = problem();
    if (problem != null) {
      throw new UnsupportedOperationException(problem);
    }
  }
}
