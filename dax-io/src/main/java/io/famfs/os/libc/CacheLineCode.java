package io.famfs.os.libc;

import io.famfs.core.Errno;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/// Runs the [LineCode] of this processor.
///
/// The code is put into a page that is writable while it is filled and executable afterwards, never
/// both, and is tried on memory of this process before it is used: it has to report every line of
/// the range and leave their content alone. Each call covers a bounded range, because a thread
/// inside it cannot be stopped for a collection.
///
/// Running it over memory that has vanished ends the process: there is no Java frame to throw the
/// error in.
public final class CacheLineCode {
  private static final long RANGE_BYTES = 256 * 1024;
  private static final int CODE_BYTES = 64;
  private static final int TRIED_BYTES = 8192;
  private static final int SMALLEST_LINE_BYTES = 16;
  private static final int LARGEST_LINE_BYTES = 2048;

  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int PROT_EXEC = 4;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;

  private CacheLineCode() {}

  /// Why lines cannot be moved on this host; null when they can.
  public static @Nullable String problem() {
    return Trial.PROBLEM;
  }

  /// The instructions in use, for people.
  public static String description() {
    LineCode code = Trial.CODE;
    return code == null
        ? "none for " + System.getProperty("os.arch")
        : code.description() + ", lines of " + Line.BYTES + " bytes";
  }

  /// Writes the lines of the range back to memory; stores that follow are ordered after it.
  public static void writeBack(MemorySegment segment, long offset, long lengthBytes) {
    long start = Pointers.readable(segment, offset, lengthBytes);
    long end = start + lengthBytes;
    long lines = 0;
    long first = start & -Line.BYTES;
    try {
      for (long at = first; at < end; at += RANGE_BYTES) {
        long to = Math.min(end, at + RANGE_BYTES);
        lines += (long) WriteBack.HANDLE.invokeExact(at, to, (long) Line.BYTES, segment);
      }
    } catch (IllegalStateException e) {
      throw e;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
    checkLines(lines, first, end);
  }

  /// Writes the lines of the range back and drops them; loads that follow come from memory.
  public static void invalidate(MemorySegment segment, long offset, long lengthBytes) {
    long start = Pointers.readable(segment, offset, lengthBytes);
    long end = start + lengthBytes;
    long lines = 0;
    long first = start & -Line.BYTES;
    try {
      for (long at = first; at < end; at += RANGE_BYTES) {
        long to = Math.min(end, at + RANGE_BYTES);
        lines += (long) Invalidate.HANDLE.invokeExact(at, to, (long) Line.BYTES, segment);
      }
    } catch (IllegalStateException e) {
      throw e;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
    checkLines(lines, first, end);
  }

  private static void checkLines(long lines, long first, long end) {
    long expected = (end - first + Line.BYTES - 1) / Line.BYTES;
    if (lines != expected) {
      throw new AssertionError("cache-line code ran over " + lines + " of " + expected + " lines");
    }
  }

  private static LineCode code() {
    LineCode code = Trial.CODE;
    if (code == null) {
      throw new UnsupportedOperationException(
          "no cache-line instructions are known for " + System.getProperty("os.arch"));
    }
    return code;
  }

  /// A handle on code in a page of its own, which stays for ever.
  private static MethodHandle install(byte[] code) {
    long address = Memory.map(0, CODE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
    if (address < 0) {
      throw new IllegalStateException(
          "no page for cache-line code: " + Errno.describe((int) -address));
    }
    MemorySegment.copy(
        code, 0, Native.permanent(address, CODE_BYTES), ValueLayout.JAVA_BYTE, 0, code.length);
    int result = Memory.protect(address, CODE_BYTES, PROT_READ | PROT_EXEC);
    if (result < 0) {
      throw new IllegalStateException(
          "no executable page for cache-line code: " + Errno.describe(-result));
    }
    return Native.leaf(address);
  }

  private static final class Line {
    static final int BYTES = read();

    private static int read() {
      long bytes;
      try {
        bytes = (long) install(code().lineBytes()).invokeExact(0L, 0L, 0L, MemorySegment.NULL);
      } catch (RuntimeException e) {
        throw e;
      } catch (Throwable t) {
        throw Native.unexpected(t);
      }
      if (bytes < SMALLEST_LINE_BYTES || bytes > LARGEST_LINE_BYTES || Long.bitCount(bytes) != 1) {
        throw new IllegalStateException("the processor reports cache lines of " + bytes + " bytes");
      }
      return (int) bytes;
    }
  }

  private static final class WriteBack {
    static final MethodHandle HANDLE = install(code().writeBack());
  }

  private static final class Invalidate {
    static final MethodHandle HANDLE = install(code().invalidate());
  }

  /// The choice of the code, and its first run.
  private static final class Trial {
    static final @Nullable LineCode CODE = LineCode.ofThisHost();
    static final @Nullable String PROBLEM = run();

    private static @Nullable String run() {
      if (CODE == null) {
        return "no cache-line instructions are known for this processor ("
            + System.getProperty("os.arch")
            + ")";
      }
      try {
        return tried();
      } catch (LinkageError | IllegalStateException | AssertionError e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return "cache-line instructions do not work here: " + cause.getMessage();
      }
    }

    private static @Nullable String tried() {
      long address =
          Memory.map(0, TRIED_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
      if (address < 0) {
        return "no memory to try cache-line code on: " + Errno.describe((int) -address);
      }
      MemorySegment tried = Native.permanent(address, TRIED_BYTES);
      tried.fill((byte) 0x5a);
      writeBack(tried, 0, TRIED_BYTES);
      invalidate(tried, 1, TRIED_BYTES - 2);
      writeBack(tried, TRIED_BYTES - 1, 1);
      byte[] content = tried.toArray(ValueLayout.JAVA_BYTE);
      Memory.unmap(address, TRIED_BYTES);
      for (byte b : content) {
        if (b != 0x5a) {
          return "cache-line code changed what it ran over";
        }
      }
      return null;
    }
  }
}
