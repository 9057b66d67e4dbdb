package io.famfs.fuse.protocol;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// The architectures that clients run Linux on.
///
/// `arch_id` is a proposal for INIT: a hash of the machine's name as uname(2) has it, 0 when not
/// told. Which hash is not settled; known here are FNV-1a of 32 bits and CRC-32 of the name.
public enum ClientArchitecture {
  X86(ArchitectureFamily.GENERIC, Order.LITTLE, "x86_64 i386 i486 i586 i686"),
  ARM64(ArchitectureFamily.ARM, Order.BOTH, "aarch64 aarch64_be"),
  ARM(
      ArchitectureFamily.ARM,
      Order.BOTH,
      "arm armv5tel armv5tejl armv6l armv7l armv8l armv7b armv8b"),
  M68K(ArchitectureFamily.ARM, Order.BIG, "m68k"),
  POWERPC(ArchitectureFamily.POWERPC, Order.BOTH, "ppc64le ppc64 ppc ppcle"),
  MIPS(ArchitectureFamily.MIPS, Order.BOTH, "mips64 mips"),
  SPARC(ArchitectureFamily.SPARC, Order.BIG, "sparc64 sparc"),
  ALPHA(ArchitectureFamily.ALPHA, Order.LITTLE, "alpha"),
  PARISC(ArchitectureFamily.PARISC, Order.BIG, "parisc64 parisc"),
  S390(ArchitectureFamily.GENERIC, Order.BIG, "s390x s390"),
  RISCV(ArchitectureFamily.GENERIC, Order.LITTLE, "riscv64 riscv32"),
  LOONGARCH(ArchitectureFamily.GENERIC, Order.LITTLE, "loongarch64 loongarch32");

  /// The byte orders an architecture runs in.
  private enum Order {
    LITTLE,
    BIG,
    BOTH
  }

  private static final int FNV_OFFSET_BASIS = 0x811c9dc5;
  private static final int FNV_PRIME = 0x01000193;

  private final ArchitectureFamily family;
  private final Order order;
  private final String machines;

  ClientArchitecture(ArchitectureFamily family, Order order, String machines) {
    this.family = family;
    this.order = order;
    this.machines = machines;
  }

  /// The numbers it uses.
  public ArchitectureFamily family() {
    return family;
  }

  /// What uname(2) calls its machines, the usual one first.
  public List<String> machines() {
    return List.of(machines.split(" ", -1));
  }

  /// Whether a client of this architecture can have this byte order.
  public boolean runsIn(ByteOrder clientOrder) {
    return order == Order.BOTH || (order == Order.BIG) == (clientOrder == ByteOrder.BIG_ENDIAN);
  }

  /// Finds an architecture by the name of a machine, or by its own.
  public static @Nullable ClientArchitecture ofMachine(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (ClientArchitecture architecture : values()) {
      if (architecture.machines().contains(lower)
          || architecture.name().toLowerCase(Locale.ROOT).equals(lower)) {
        return architecture;
      }
    }
    return lower.equals("amd64") ? X86 : null;
  }

  /// Finds an architecture by the `arch_id` of an INIT.
  ///
  /// @return null when it is of no machine known here
  public static @Nullable ClientArchitecture ofId(int archId) {
    for (ClientArchitecture architecture : values()) {
      for (String machine : architecture.machines()) {
        if (archId == fnv(machine) || archId == crc(machine)) {
          return architecture;
        }
      }
    }
    return null;
  }

  /// The architecture of this host; null when it is none of these.
  public static @Nullable ClientArchitecture ofHost() {
    return ofMachine(System.getProperty("os.arch", ""));
  }

  private static int fnv(String name) {
    int hash = FNV_OFFSET_BASIS;
    for (byte b : name.getBytes(StandardCharsets.US_ASCII)) {
      hash = (hash ^ b) * FNV_PRIME;
    }
    return hash;
  }

  private static int crc(String name) {
    CRC32 crc = new CRC32();
    crc.update(name.getBytes(StandardCharsets.US_ASCII));
    return (int) crc.getValue();
  }
}
