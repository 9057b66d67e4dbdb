package io.famfs.fuse.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.fuse.protocol.ArchitectureFamily;
import io.famfs.fuse.protocol.ClientArchitecture;
import io.famfs.fuse.protocol.OpenFlags;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  @Test
  void everyFlagOfEveryFamilyIsTranslated() {
    for (ArchitectureFamily family : ArchitectureFamily.values()) {
      int all = 0;
      for (String name : LinuxNumbers.FLAG_NAMES) {
        String what = family + " " + name;
        int own = LinuxNumbers.flag(family, name);
        int canonical = LinuxNumbers.flag(ArchitectureFamily.GENERIC, name);
        assertEquals(canonical, family.canonicalFlags(own), what);
        assertEquals(canonical | 2, family.canonicalFlags(own | 2), what);
        assertEquals(own, family.nativeFlags(canonical), what);
        assertEquals(0, all & own, what + " is taken twice");
        all |= own;
      }
      assertEquals(OpenFlags.ALL & ~3, family.canonicalFlags(all), family.name());
      assertEquals(0, family.canonicalFlags(0x20) & ~OpenFlags.ALL, "the kernel's FMODE_EXEC");
    }
  }

  @Test
  void everyErrnoOfEveryFamilyIsTranslated() {
    for (ArchitectureFamily family : ArchitectureFamily.values()) {
      for (int[] pair : LinuxNumbers.errnos(family)) {
        assertEquals(pair[1], family.errno(pair[0]), family + " errno " + pair[0]);
      }
      for (int canonical = 1; canonical <= 133; canonical++) {
        int own = family.errno(canonical);
        assertTrue(own > 0 && own < 512, family + " errno " + canonical + " is " + own);
      }
    }
    assertEquals(5, ArchitectureFamily.MIPS.errno(4000));
  }

  @Test
  void opendirTellsTheFamily() {
    for (ArchitectureFamily family : ArchitectureFamily.values()) {
      int flags = LinuxNumbers.flags(family, "O_DIRECTORY", "O_LARGEFILE");
      assertSame(family, ArchitectureFamily.ofOpendir(flags), family.name());
      int glibc = flags | LinuxNumbers.flag(family, "O_NONBLOCK");
      assertSame(family, ArchitectureFamily.ofOpendir(glibc), family.name());
      int plain = LinuxNumbers.flag(family, "O_LARGEFILE");
      assertNull(ArchitectureFamily.ofOpendir(plain), family.name());
      assertNull(ArchitectureFamily.ofOpendir(flags | 1), family.name());
    }
    assertNull(ArchitectureFamily.ofOpendir(0));
    // As measured in guests: opendir(3) on x86-64 and s390x, on arm64; open(2) without O_DIRECTORY.
    assertSame(ArchitectureFamily.GENERIC, ArchitectureFamily.ofOpendir(0304000));
    assertSame(ArchitectureFamily.ARM, ArchitectureFamily.ofOpendir(0444000));
    assertSame(ArchitectureFamily.ARM, ArchitectureFamily.ofOpendir(0440000));
    assertNull(ArchitectureFamily.ofOpendir(0400000));
    assertNull(ArchitectureFamily.ofOpendir(0100000));
  }

  @Test
  void machinesAreFoundByNameAndById() {
    Map<Integer, ClientArchitecture> ids = new HashMap<>();
    for (ClientArchitecture architecture : ClientArchitecture.values()) {
      for (String machine : architecture.machines()) {
        assertSame(architecture, ClientArchitecture.ofMachine(machine), machine);
        for (int id : new int[] {ArchIds.fnv(machine), ArchIds.crc(machine)}) {
          assertSame(architecture, ClientArchitecture.ofId(id), machine);
          ClientArchitecture other = ids.putIfAbsent(id, architecture);
          assertTrue(other == null || other == architecture, machine);
        }
      }
    }
    assertSame(ClientArchitecture.X86, ClientArchitecture.ofMachine("amd64"));
    assertSame(ClientArchitecture.POWERPC, ClientArchitecture.ofMachine("PowerPC"));
    assertNull(ClientArchitecture.ofMachine("pdp11"));
    assertNull(ClientArchitecture.ofId(0));
    assertNull(ClientArchitecture.ofId(1));
    assertNotNull(ClientArchitecture.ofHost());
  }

  @Test
  void byteOrdersOfArchitectures() {
    assertTrue(ClientArchitecture.X86.runsIn(ByteOrder.LITTLE_ENDIAN));
    assertTrue(!ClientArchitecture.X86.runsIn(ByteOrder.BIG_ENDIAN));
    assertTrue(ClientArchitecture.S390.runsIn(ByteOrder.BIG_ENDIAN));
    assertTrue(!ClientArchitecture.S390.runsIn(ByteOrder.LITTLE_ENDIAN));
    assertTrue(ClientArchitecture.MIPS.runsIn(ByteOrder.LITTLE_ENDIAN));
    assertTrue(ClientArchitecture.MIPS.runsIn(ByteOrder.BIG_ENDIAN));
  }

  @Test
  void optionsAreChecked() {
    ClientOptions standard = ClientOptions.standard();
    assertThrows(IllegalArgumentException.class, () -> standard.withCanonicalBit(31));
    assertThrows(IllegalArgumentException.class, () -> standard.withCanonicalBit(64));
    assertEquals(40, standard.withCanonicalBit(40).canonicalBit());
  }
}
