package io.famfs.fuse.server;

import io.famfs.fuse.protocol.ArchitectureFamily;
import java.util.List;

/// What the headers of Linux give to flags and errors, as an own table beside that of the server.
/// Sources: `asm/fcntl.h` and `asm/errno.h` of Debian's packages `linux-libc-dev-ARCH-cross` 6.1
/// for mips, sparc64, alpha and hppa; `arch/arm64`, `arch/powerpc` and `asm-generic` of Linux.
public final class LinuxNumbers {
  /// The flags of [#FLAGS] in their order.
  public static final List<String> FLAG_NAMES =
      List.of(
          "O_CREAT",
          "O_EXCL",
          "O_NOCTTY",
          "O_TRUNC",
          "O_APPEND",
          "O_NONBLOCK",
          "O_DSYNC",
          "FASYNC",
          "O_DIRECT",
          "O_LARGEFILE",
          "O_DIRECTORY",
          "O_NOFOLLOW",
          "O_NOATIME",
          "O_CLOEXEC",
          "__O_SYNC",
          "O_PATH",
          "__O_TMPFILE");

  private static final String FLAGS =
      """
      GENERIC 40 80 100 200 400 800 1000 2000 4000 8000 10000 20000 40000 80000 100000 200000 400000
      ARM     40 80 100 200 400 800 1000 2000 10000 20000 4000 8000 40000 80000 100000 200000 400000
      POWERPC 40 80 100 200 400 800 1000 2000 20000 10000 4000 8000 40000 80000 100000 200000 400000
      MIPS    100 400 800 200 8 80 10 1000 8000 2000 10000 20000 40000 80000 4000 200000 400000
      SPARC   200 800 8000 400 8 4000 2000 40 100000 40000 10000 20000 200000 400000 800000 1000000 2000000
      ALPHA   200 800 1000 400 8 4 4000 2000 80000 20000 8000 10000 100000 200000 400000 800000 1000000
      PARISC  100 400 20000 200 8 10000 40000 2000 4000 800 1000 80 100000 200000 8000 400000 800000
      """;

  /// The errnos of [#ERRNOS] in their order, in canonical numbers: EAGAIN, EDEADLK, ENAMETOOLONG,
  /// ENOLCK, ENOSYS, ENOTEMPTY, ELOOP, ENODATA, EPROTO, EOVERFLOW, EILSEQ, EOPNOTSUPP, ENOTCONN,
  /// ETIMEDOUT, EALREADY, ESTALE, EHWPOISON.
  private static final String ERRNOS =
      """
      GENERIC 11 35 36 37 38 39 40 61 71 75 84 95 107 110 114 116 133
      ARM     11 35 36 37 38 39 40 61 71 75 84 95 107 110 114 116 133
      POWERPC 11 35 36 37 38 39 40 61 71 75 84 95 107 110 114 116 133
      MIPS    11 45 78 46 89 93 90 61 71 79 88 122 134 145 149 151 168
      SPARC   11 78 63 79 90 66 62 111 86 92 122 45 57 60 37 70 135
      ALPHA   35 11 63 77 78 66 62 86 85 112 116 45 57 60 37 70 139
      PARISC  11 45 248 46 251 247 249 51 61 72 47 223 235 238 244 70 257
      """;

  private LinuxNumbers() {}

  /// A flag in the numbers of a family.
  public static int flag(ArchitectureFamily family, String name) {
    return Integer.parseInt(row(FLAGS, family)[1 + FLAG_NAMES.indexOf(name)], 16);
  }

  /// Several flags in the numbers of a family.
  public static int flags(ArchitectureFamily family, String... names) {
    int flags = 0;
    for (String name : names) {
      flags |= flag(family, name);
    }
    return flags;
  }

  /// Pairs of a canonical errno and that of a family.
  public static int[][] errnos(ArchitectureFamily family) {
    String[] canonical = row(ERRNOS, ArchitectureFamily.GENERIC);
    String[] own = row(ERRNOS, family);
    int[][] pairs = new int[own.length - 1][];
    for (int i = 1; i < own.length; i++) {
      pairs[i - 1] = new int[] {Integer.parseInt(canonical[i]), Integer.parseInt(own[i])};
    }
    return pairs;
  }

  /// An errno in the numbers of a family.
  public static int errno(ArchitectureFamily family, int canonical) {
    for (int[] pair : errnos(family)) {
      if (pair[0] == canonical) {
        return pair[1];
      }
    }
    return canonical;
  }

  private static String[] row(String table, ArchitectureFamily family) {
    for (String line : table.split("\n", -1)) {
      String[] items = line.split(" +", -1);
      if (items[0].equals(family.name())) {
        return items;
      }
    }
    throw new AssertionError(family);
  }
}
