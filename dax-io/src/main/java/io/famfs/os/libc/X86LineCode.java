package io.famfs.os.libc;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// For x86-64:
///
/// ```
///       xor eax, eax
///       mfence                   invalidate only
/// next: clwb [rdi]               or clflushopt, clflush
///       inc rax
///       add rdi, rdx
///       cmp rdi, rsi
///       jb next
///       sfence                   mfence for invalidate
///       ret
/// ```
///
/// Writing back takes `clwb`, which may keep the line, else `clflushopt`, else `clflush`;
/// invalidating has to drop it and takes `clflushopt`, else `clflush`. The size of a line is what
/// `cpuid` reports for `clflush`.
final class X86LineCode implements LineCode {
  private static final String XOR_EAX_EAX = "31c0";
  private static final String INC_RAX = "48ffc0";
  private static final String ADD_RDI_RDX = "4801d7";
  private static final String CMP_RDI_RSI = "4839f7";
  private static final String JB = "72";
  private static final String SFENCE = "0faef8";
  private static final String MFENCE = "0faef0";
  private static final String RET = "c3";

  /// push rbx; mov eax, 1; cpuid; movzx eax, bh; shl eax, 3; pop rbx; ret.
  private static final String CPUID_LINE_BYTES =
      "53" + "b801000000" + "0fa2" + "0fb6c7" + "c1e003" + "5b" + RET;

  private enum Instruction {
    CLWB("660fae37"),
    CLFLUSHOPT("660fae3f"),
    CLFLUSH("0fae3f");

    private final String code;

    Instruction(String code) {
      this.code = code;
    }

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Instruction writeBack;
  private final Instruction invalidate;

  private X86LineCode(Instruction writeBack, Instruction invalidate) {
    this.writeBack = writeBack;
    this.invalidate = invalidate;
  }

  /// The code for a processor with `flags`; null without `clflush`.
  static @Nullable X86LineCode of(Set<String> flags) {
    if (!flags.contains("clflush")) {
      return null;
    }
    Instruction drop = flags.contains("clflushopt") ? Instruction.CLFLUSHOPT : Instruction.CLFLUSH;
    return new X86LineCode(flags.contains("clwb") ? Instruction.CLWB : drop, drop);
  }

  @Override
  public String description() {
    return "write back by " + writeBack.label() + ", invalidate by " + invalidate.label();
  }

  @Override
  public byte[] lineBytes() {
    return HexFormat.of().parseHex(CPUID_LINE_BYTES);
  }

  @Override
  public byte[] writeBack() {
    return routine("", writeBack, SFENCE);
  }

  @Override
  public byte[] invalidate() {
    return routine(MFENCE, invalidate, MFENCE);
  }

  private static byte[] routine(String before, Instruction instruction, String fence) {
    String loop = instruction.code + INC_RAX + ADD_RDI_RDX + CMP_RDI_RSI;
    byte back = (byte) -(loop.length() / 2 + 2);
    String jump = JB + HexFormat.of().toHexDigits(back);
    return HexFormat.of().parseHex(XOR_EAX_EAX + before + loop + jump + fence + RET);
  }
}
