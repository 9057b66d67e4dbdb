package io.famfs.os.libc;

import io.famfs.core.Errno;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;

/// Machine code that moves cache lines, for x86-64:
///
/// ```
///       mfence                   invalidate only
/// next: clwb [rdi]               or clflushopt, clflush
///       add rdi, 64
///       cmp rdi, rsi
///       jb next
///       sfence                   mfence for invalidate
///       ret
/// ```
///
/// The instruction is the best the processor says it has: writing back prefers `clwb`, which may
/// keep the line; invalidating has to drop it. The page is writable while the code is put there and
/// executable afterwards, never both. Each call covers a bounded range, because a thread inside it
/// cannot be stopped for a collection.
///
/// Running it over memory that has vanished ends the process: there is no Java frame to throw the
/// error in. Use it on device memory only, never on files.
public final class CacheLineCode {
  private static final int LINE_BYTES = 64;
  private static final long RANGE_BYTES = 256 * 1024;
  private static final int CODE_BYTES = 64;

  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int PROT_EXEC = 4;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;

  private static final String CLWB = "660fae37";
  private static final String CLFLUSHOPT = "660fae3f";
  private static final String CLFLUSH = "0fae3f";
  private static final String ADVANCE = "4883c740" + "4839f7";
  private static final String SFENCE = "0faef8";
  private static final String MFENCE = "0faef0";
  private static final String RET = "c3";

  private CacheLineCode() {}

  /// Whether this processor is one the code is for.
  public static boolean available() {
    return Processor.FLAGS.contains("clflush");
  }

  /// Writes the lines of the range back to memory; stores that follow are ordered after it.
  public static void writeBack(MemorySegment segment, long offset, long lengthBytes) {
    long start = start(segment, offset, lengthBytes);
    long end = segment.address() + offset + lengthBytes;
    try {
      for (long at = start; at < end; at += RANGE_BYTES) {
        WriteBack.HANDLE.invokeExact(at, Math.min(end, at + RANGE_BYTES), segment);
      }
    } catch (IllegalStateException e) {
      throw e;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /// Writes the lines of the range back and drops them; loads that follow come from memory.
  public static void invalidate(MemorySegment segment, long offset, long lengthBytes) {
    long start = start(segment, offset, lengthBytes);
    long end = segment.address() + offset + lengthBytes;
    try {
      for (long at = start; at < end; at += RANGE_BYTES) {
        Invalidate.HANDLE.invokeExact(at, Math.min(end, at + RANGE_BYTES), segment);
      }
    } catch (IllegalStateException e) {
      throw e;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  private static long start(MemorySegment segment, long offset, long lengthBytes) {
    return Pointers.readable(segment, offset, lengthBytes) & -LINE_BYTES;
  }

  /// The routine around one flush instruction, as hexadecimal text.
  private static String routine(String before, String flush, String fence) {
    String loop = flush + ADVANCE;
    int jump = -(loop.length() / 2 + 2);
    return before + loop + "72" + HexFormat.of().toHexDigits((byte) jump) + fence + RET;
  }

  private static MethodHandle install(String hexadecimal) {
    byte[] code = HexFormat.of().parseHex(hexadecimal);
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

  private static final class WriteBack {
    static final MethodHandle HANDLE = install(routine("", instruction(), SFENCE));

    private static String instruction() {
      return Processor.FLAGS.contains("clwb") ? CLWB : Invalidate.instruction();
    }
  }

  private static final class Invalidate {
    static final MethodHandle HANDLE = install(routine(MFENCE, instruction(), MFENCE));

    static String instruction() {
      return Processor.FLAGS.contains("clflushopt") ? CLFLUSHOPT : CLFLUSH;
    }
  }

  private static final class Processor {
    private static final Path DESCRIPTION = Path.of("/proc/cpuinfo");

    /// What the first processor can do; empty on anything but x86-64.
    static final Set<String> FLAGS = read();

    private static Set<String> read() {
      if (!System.getProperty("os.arch", "").equals("amd64")) {
        return Set.of();
      }
      try {
        return flags(Files.readString(DESCRIPTION, StandardCharsets.ISO_8859_1));
      } catch (IOException e) {
        return Set.of();
      }
    }

    private static Set<String> flags(String description) {
      return description
          .lines()
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .map(line ->
              Set.copyOf(
                  Arrays.asList(line.substring(line.indexOf(":") + 1).strip().split("\\s+", -1))))
          .orElse(Set.of());
    }
  }
}
