package io.famfs.os.libc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// For arm64:
///
/// ```
///       mov x3, #0
///       dsb sy                   invalidate only
/// next: dc cvac, x0              or dc cvap, dc civac
///       add x3, x3, #1
///       add x0, x0, x2
///       cmp x0, x1
///       b.lo next
///       dsb sy
///       mov x0, x3
///       ret
/// ```
///
/// Writing back takes `dc cvap`, which reaches memory that is persistent, where the processor has
/// it (`dcpop`), else `dc cvac`; invalidating takes `dc civac`. Linux lets programs use all three,
/// or does them for the program. The size of a line is the smallest of all processors, from
/// `CTR_EL0`. The kernel makes instruction fetches see the code when its page becomes executable.
final class Arm64LineCode implements LineCode {
  private static final int MOV_X3_0 = 0xd2800003;
  private static final int DC_CVAC_X0 = 0xd50b7a20;
  private static final int DC_CVAP_X0 = 0xd50b7c20;
  private static final int DC_CIVAC_X0 = 0xd50b7e20;
  private static final int ADD_X3_X3_1 = 0x91000463;
  private static final int ADD_X0_X0_X2 = 0x8b020000;
  private static final int CMP_X0_X1 = 0xeb01001f;
  private static final int B_LO_BACK_4 = 0x54ffff83;
  private static final int DSB_SY = 0xd5033f9f;
  private static final int NOP = 0xd503201f;
  private static final int MOV_X0_X3 = 0xaa0303e0;
  private static final int RET = 0xd65f03c0;

  private static final int MRS_X0_CTR_EL0 = 0xd53b0020;

  /// DminLine, bits 16 to 19: the binary logarithm of the number of 4-byte words.
  private static final int UBFX_X0_X0_16_4 = 0xd3504c00;

  private static final int MOV_X1_4 = 0xd2800081;
  private static final int LSL_X0_X1_X0 = 0x9ac02020;

  private final boolean persistence;

  private Arm64LineCode(boolean persistence) {
    this.persistence = persistence;
  }

  /// The code for a processor with `features`; null when they are not known.
  static @Nullable Arm64LineCode of(Set<String> features) {
    return features.isEmpty() ? null : new Arm64LineCode(features.contains("dcpop"));
  }

  @Override
  public String description() {
    return "write back by dc " + (persistence ? "cvap" : "cvac") + ", invalidate by dc civac";
  }

  @Override
  public byte[] lineBytes() {
    return bytes(MRS_X0_CTR_EL0, UBFX_X0_X0_16_4, MOV_X1_4, LSL_X0_X1_X0, RET);
  }

  @Override
  public byte[] writeBack() {
    return routine(NOP, persistence ? DC_CVAP_X0 : DC_CVAC_X0);
  }

  @Override
  public byte[] invalidate() {
    return routine(DSB_SY, DC_CIVAC_X0);
  }

  private static byte[] routine(int before, int instruction) {
    return bytes(
        MOV_X3_0,
        before,
        instruction,
        ADD_X3_X3_1,
        ADD_X0_X0_X2,
        CMP_X0_X1,
        B_LO_BACK_4,
        DSB_SY,
        MOV_X0_X3,
        RET);
  }

  private static byte[] bytes(int... words) {
    ByteBuffer bytes =
        ByteBuffer.allocate(words.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(words);
    return bytes.array();
  }
}
