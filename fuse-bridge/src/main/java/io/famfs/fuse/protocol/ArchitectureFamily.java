package io.famfs.fuse.protocol;

import org.jspecify.annotations.Nullable;

/// Architectures of Linux that give the same numbers to the flags of open(2) and to errno. The
/// canonical numbers, which the server works with, are those of [#GENERIC].
///
/// Everything else a request carries is the same everywhere: modes and file types, the masks of
/// ACCESS, FALLOCATE, RENAME2 and LSEEK, FUSE's own flags. Numbers of ioctls are not translated,
/// for programs make them up; poll events are in no request that is served.
///
/// Sources: `arch/ARCH/include/uapi/asm/fcntl.h` and `errno.h`, `include/uapi/asm-generic/` of
/// Linux 6.1 to 7.2. A flag that is not listed for a family has its canonical number there.
public enum ArchitectureFamily {
  /// x86, riscv, s390, loongarch and all others that have no header of their own.
  GENERIC,

  /// arm, arm64, m68k.
  ARM,

  /// powerpc, 32 and 64 bits.
  POWERPC,

  /// mips, 32 and 64 bits.
  MIPS,

  /// sparc, 32 and 64 bits.
  SPARC,

  /// alpha.
  ALPHA,

  /// parisc, 32 and 64 bits.
  PARISC;

  private static final ArchitectureFamily[] FAMILIES = values();

  /// The canonical number of flags as a client of this family sends them. Bits that are no flag of
  /// open(2) are dropped: Linux lets some of its own through.
  public int canonicalFlags(int flags) {
    return translate(flags, 1, 0);
  }

  /// The flags as a client of this family would send them.
  public int nativeFlags(int canonical) {
    return translate(canonical, 0, 1);
  }

  private int translate(int flags, int from, int to) {
    int[] pairs = OpenFlagNumbers.of(this);
    int same = OpenFlags.ALL;
    int moved = 0;
    for (int i = 0; i < pairs.length; i += 2) {
      same &= ~pairs[i];
      if ((flags & pairs[i + from]) != 0) {
        moved |= pairs[i + to];
      }
    }
    return (flags & same) | moved;
  }

  /// The number this family gives to an errno, both positive. What has no number there, or none
  /// that a FUSE reply can carry, is EIO.
  public int errno(int canonical) {
    return ErrnoNumbers.of(this, canonical);
  }

  /// A type of lock (`F_RDLCK`, `F_WRLCK`, `F_UNLCK`) in canonical numbers: 0, 1, 2.
  ///
  /// @return -1 when it is none
  public int canonicalLockType(int type) {
    int[] numbers = LockTypeNumbers.of(this);
    for (int canonical = 0; canonical < numbers.length; canonical++) {
      if (numbers[canonical] == type) {
        return canonical;
      }
    }
    return -1;
  }

  /// The number this family gives to a canonical type of lock, 0 to 2.
  public int nativeLockType(int canonical) {
    return LockTypeNumbers.of(this)[canonical];
  }

  /// Whether errno has its canonical numbers.
  public boolean hasCanonicalErrno() {
    return this == GENERIC || this == ARM || this == POWERPC;
  }

  /// The family that the flags of an OPENDIR tell: opendir(3) opens with O_DIRECTORY and
  /// O_LARGEFILE, with O_NONBLOCK or without, and nothing else, which no two families write the
  /// same way.
  ///
  /// @return null when the flags are others, such as those of open(2) without O_DIRECTORY
  public static @Nullable ArchitectureFamily ofOpendir(int flags) {
    for (ArchitectureFamily family : FAMILIES) {
      int plain = family.nativeFlags(OpenFlags.DIRECTORY | OpenFlags.LARGEFILE);
      if (flags == plain || flags == (plain | family.nativeFlags(OpenFlags.NONBLOCK))) {
        return family;
      }
    }
    return null;
  }
}
