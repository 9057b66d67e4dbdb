package io.famfs.os;

import io.famfs.os.libc.CStrings;
import io.famfs.os.libc.Descriptors;
import java.lang.foreign.Arena;

/// Files that live in memory and have no path (`memfd_create(2)`).
public final class Memfd {
  private static final int MFD_CLOEXEC = 1;
  private static final int MFD_ALLOW_SEALING = 2;

  private Memfd() {}

  /// A new file of `sizeBytes` zeros; `name` shows in `/proc` only.
  public static Fd create(String name, long sizeBytes) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      long text = CStrings.of(arena, name).address();
      int result = Descriptors.createMemfd(text, MFD_CLOEXEC | MFD_ALLOW_SEALING);
      Fd fd = Fd.adopt(ErrnoException.check(result, "create memfd", name));
      try {
        fd.truncate(sizeBytes);
        return fd;
      } catch (ErrnoException e) {
        fd.close();
        throw e;
      }
    }
  }
}
