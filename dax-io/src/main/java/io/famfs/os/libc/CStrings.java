package io.famfs.os.libc;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.Charset;

/// Text for the kernel.
public final class CStrings {
  /// The encoding `Path` itself uses to talk to the kernel.
  private static final Charset FILE_NAMES =
      Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

  private CStrings() {}

  /// `text` in the encoding of file names, zero-terminated, alive as long as `arena`.
  public static MemorySegment of(Arena arena, String text) {
    byte[] bytes = bytes(text);
    MemorySegment string = arena.allocate(bytes.length + 1L);
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, string, 0, bytes.length);
    return string;
  }

  /// `text` in the encoding of file names, without an end mark.
  public static byte[] bytes(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("text for the kernel holds a zero byte");
    }
    return text.getBytes(FILE_NAMES);
  }
}
