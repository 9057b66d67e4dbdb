package io.famfs.fuse.protocol;

/// The types of locks in the numbers of a family of architectures: F_RDLCK, F_WRLCK, F_UNLCK, in
/// this order. Sources: `arch/ARCH/include/uapi/asm/fcntl.h` of sparc, alpha and parisc, and
/// `include/uapi/asm-generic/fcntl.h`.
final class LockTypeNumbers {
  private static final int[] GENERIC = {0, 1, 2};
  private static final int[] SPARC_PARISC = {1, 2, 3};
  private static final int[] ALPHA = {1, 2, 8};

  private LockTypeNumbers() {}

  static int[] of(ArchitectureFamily family) {
    return switch (family) {
      case GENERIC, ARM, POWERPC, MIPS -> GENERIC;
      case SPARC, PARISC -> SPARC_PARISC;
      case ALPHA -> ALPHA;
    };
  }
}
