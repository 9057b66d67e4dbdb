package io.famfs.os.libc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class LineCodeTest {
  @Test
  void x86TakesTheBestInstructionThereIs() {
    assertNull(X86LineCode.of(Set.of("sse2")));
    assertEquals("write back by clflush, invalidate by clflush", x86("clflush"));
    assertEquals(
        "write back by clflushopt, invalidate by clflushopt", x86("clflush", "clflushopt"));
    assertEquals(
        "write back by clwb, invalidate by clflushopt", x86("clflush", "clflushopt", "clwb"));
    assertEquals("write back by clwb, invalidate by clflush", x86("clflush", "clwb"));
  }

  private static String x86(String... flags) {
    return code(X86LineCode.of(Set.of(flags))).description();
  }

  @Test
  void x86RoutinesAreWhatAnAssemblerMakes() {
    LineCode best = code(X86LineCode.of(Set.of("clflush", "clflushopt", "clwb")));
    String loop = "48ffc0" + "4801d7" + "4839f7";
    assertEquals("31c0" + "660fae37" + loop + "72f1" + "0faef8" + "c3", hex(best.writeBack()));
    assertEquals(
        "31c0" + "0faef0" + "660fae3f" + loop + "72f1" + "0faef0" + "c3", hex(best.invalidate()));
    LineCode oldest = code(X86LineCode.of(Set.of("clflush")));
    assertEquals("31c0" + "0fae3f" + loop + "72f2" + "0faef8" + "c3", hex(oldest.writeBack()));
  }

  @Test
  void arm64TakesThePointOfPersistenceWhereThereIsOne() {
    assertNull(Arm64LineCode.of(Set.of()));
    assertEquals(
        "write back by dc cvac, invalidate by dc civac",
        code(Arm64LineCode.of(Set.of("fp"))).description());
    assertEquals(
        "write back by dc cvap, invalidate by dc civac",
        code(Arm64LineCode.of(Set.of("fp", "dcpop"))).description());
  }

  @Test
  void flagsAreTheWordsOfTheFirstProcessorsLine() {
    String description =
        """
        processor\t: 0
        vmx flags\t: other
        flags\t\t: fpu clflush clwb

        processor\t: 1
        flags\t\t: fpu
        """;
    assertEquals(Set.of("fpu", "clflush", "clwb"), ProcessorFlags.parse(description, "flags"));
    assertEquals(Set.of(), ProcessorFlags.parse(description, "Features"));
  }

  static LineCode code(@Nullable LineCode code) {
    assertNotNull(code);
    return code;
  }

  private static String hex(byte[] code) {
    return HexFormat.of().formatHex(code);
  }
}
