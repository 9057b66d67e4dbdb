package io.famfs.fuse.protocol;

/// The flags of open(2) that have another number in some family of architectures: pairs of the
/// canonical number and the family's own. Sources: `arch/ARCH/include/uapi/asm/fcntl.h`.
final class OpenFlagNumbers {
  private static final int[] ARM = {
    OpenFlags.DIRECTORY, 040000,
    OpenFlags.NOFOLLOW, 0100000,
    OpenFlags.DIRECT, 0200000,
    OpenFlags.LARGEFILE, 0400000
  };

  private static final int[] POWERPC = {
    OpenFlags.DIRECTORY, 040000,
    OpenFlags.NOFOLLOW, 0100000,
    OpenFlags.LARGEFILE, 0200000,
    OpenFlags.DIRECT, 0400000
  };

  private static final int[] MIPS = {
    OpenFlags.APPEND, 0x8,
    OpenFlags.DSYNC, 0x10,
    OpenFlags.NONBLOCK, 0x80,
    OpenFlags.CREAT, 0x100,
    OpenFlags.TRUNC, 0x200,
    OpenFlags.EXCL, 0x400,
    OpenFlags.NOCTTY, 0x800,
    OpenFlags.ASYNC, 0x1000,
    OpenFlags.LARGEFILE, 0x2000,
    OpenFlags.SYNC, 0x4000,
    OpenFlags.DIRECT, 0x8000
  };

  private static final int[] SPARC = {
    OpenFlags.APPEND, 0x8,
    OpenFlags.ASYNC, 0x40,
    OpenFlags.CREAT, 0x200,
    OpenFlags.TRUNC, 0x400,
    OpenFlags.EXCL, 0x800,
    OpenFlags.DSYNC, 0x2000,
    OpenFlags.NONBLOCK, 0x4000,
    OpenFlags.NOCTTY, 0x8000,
    OpenFlags.LARGEFILE, 0x40000,
    OpenFlags.DIRECT, 0x100000,
    OpenFlags.NOATIME, 0x200000,
    OpenFlags.CLOEXEC, 0x400000,
    OpenFlags.SYNC, 0x800000,
    OpenFlags.PATH, 0x1000000,
    OpenFlags.TMPFILE, 0x2000000
  };

  private static final int[] ALPHA = {
    OpenFlags.NONBLOCK, 04,
    OpenFlags.APPEND, 010,
    OpenFlags.CREAT, 01000,
    OpenFlags.TRUNC, 02000,
    OpenFlags.EXCL, 04000,
    OpenFlags.NOCTTY, 010000,
    OpenFlags.DSYNC, 040000,
    OpenFlags.DIRECTORY, 0100000,
    OpenFlags.NOFOLLOW, 0200000,
    OpenFlags.LARGEFILE, 0400000,
    OpenFlags.DIRECT, 02000000,
    OpenFlags.NOATIME, 04000000,
    OpenFlags.CLOEXEC, 010000000,
    OpenFlags.SYNC, 020000000,
    OpenFlags.PATH, 040000000,
    OpenFlags.TMPFILE, 0100000000
  };

  private static final int[] PARISC = {
    OpenFlags.NOFOLLOW, 1 << 7,
    OpenFlags.APPEND, 1 << 3,
    OpenFlags.CREAT, 1 << 8,
    OpenFlags.EXCL, 1 << 10,
    OpenFlags.LARGEFILE, 1 << 11,
    OpenFlags.DIRECTORY, 1 << 12,
    OpenFlags.SYNC, 1 << 15,
    OpenFlags.NONBLOCK, 1 << 16,
    OpenFlags.NOCTTY, 1 << 17,
    OpenFlags.DSYNC, 1 << 18,
    OpenFlags.NOATIME, 1 << 20,
    OpenFlags.CLOEXEC, 1 << 21,
    OpenFlags.PATH, 1 << 22,
    OpenFlags.TMPFILE, 1 << 23
  };

  private static final int[] NONE = {};

  private OpenFlagNumbers() {}

  static int[] of(ArchitectureFamily family) {
    return switch (family) {
      case GENERIC -> NONE;
      case ARM -> ARM;
      case POWERPC -> POWERPC;
      case MIPS -> MIPS;
      case SPARC -> SPARC;
      case ALPHA -> ALPHA;
      case PARISC -> PARISC;
    };
  }
}
