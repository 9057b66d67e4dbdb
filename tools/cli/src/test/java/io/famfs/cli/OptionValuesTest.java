package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.fuse.famfs.DaxPolicy;
import io.famfs.fuse.protocol.ClientArchitecture;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class OptionValuesTest {
  @Test
  void sizesTakeSuffixes() {
    SizeConverter sizes = new SizeConverter();
    assertEquals(0L, sizes.convert("0"));
    assertEquals(8L << 20, sizes.convert("8M"));
    assertEquals(3L << 10, sizes.convert("3k"));
    assertEquals(2L << 40, sizes.convert("2T"));
    for (String bad : List.of("", "M", "-1", "1MB", "1.5G", "9223372036854775808", "8388608T")) {
      assertThrows(TypeConversionException.class, () -> sizes.convert(bad), bad);
    }
  }

  @Test
  void modesAreOctal() {
    ModeConverter modes = new ModeConverter();
    assertEquals(0644, modes.convert("644"));
    assertEquals(07777, modes.convert("07777"));
    for (String bad : List.of("", "8", "-1", "10000", "u+x", "0x1ff")) {
      assertThrows(TypeConversionException.class, () -> modes.convert(bad), bad);
    }
  }

  @Test
  void idsAreUnsignedAndTheReservedOneIsRefused() {
    IdConverter ids = new IdConverter();
    assertEquals(1000, ids.convert("1000"));
    assertEquals(-2, ids.convert("4294967294"));
    for (String bad : List.of("", "-1", "root", "4294967295")) {
      assertThrows(TypeConversionException.class, () -> ids.convert(bad), bad);
    }
  }

  @Test
  void architecturesAreNamesOfMachines() {
    ArchitectureConverter machines = new ArchitectureConverter();
    assertEquals(ClientArchitecture.ARM64, machines.convert("aarch64"));
    assertEquals(ClientArchitecture.X86, machines.convert("i686"));
    assertEquals(ClientArchitecture.S390, machines.convert("s390x"));
    for (String bad : List.of("", "vax", "x86_64 ", "generic")) {
      assertThrows(TypeConversionException.class, () -> machines.convert(bad), bad);
    }
  }

  @Test
  void policiesOfTheWindowAreNamesOrASize() {
    DaxOption.Converter policies = new DaxOption.Converter();
    assertEquals(new DaxPolicy.Never(), policies.convert("never"));
    assertEquals(new DaxPolicy.FromSize(2 << 20), policies.convert("size:2M"));
    for (String bad : List.of("", "inode", "size:", "size:-1", "governed ")) {
      assertThrows(TypeConversionException.class, () -> policies.convert(bad), bad);
    }
  }

  @Test
  void mountOptionsAreReadInOrder() {
    assertFalse(MountFlags.parse(List.of()).readOnly());
    assertTrue(MountFlags.parse(List.of("rw", "ro")).readOnly());
    assertFalse(MountFlags.parse(List.of("ro", "rw")).readOnly());
    assertFalse(MountFlags.parse(List.of("allow_other", "noallow_other")).allowOther());
    assertEquals(7, MountFlags.parse(List.of("workers=7")).workers());
    assertEquals(200_000, MountFlags.parse(List.of("spin_us=200")).spin().toNanos());
    assertEquals(0, MountFlags.parse(List.of("spin_us=0")).spin().toNanos());
  }

  @Test
  void unknownMountOptionsAreMisuse() {
    for (String bad :
        List.of(
            "",
            "noatime",
            "workers",
            "workers=0",
            "workers=65",
            "workers=x",
            "spin_us=-1",
            "spin_us=1001")) {
      assertTrue(
          assertThrows(CliException.class, () -> MountFlags.parse(List.of(bad)), bad).misuse());
    }
  }
}
