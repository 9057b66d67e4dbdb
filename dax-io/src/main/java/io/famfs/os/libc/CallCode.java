package io.famfs.os.libc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// Machine code of a signal handler that does a list of system calls.
///
/// The list is in memory at a fixed address: for each call seven longs, its number, five arguments
/// and room for its result; behind the last one -1, and a count of runs that is raised when all
/// calls are done. The code uses no stack and no register that a handler has to keep, and knows
/// neither `errno` nor the Java machine: a thread can be in it whatever it was doing.
///
/// ```text
/// next: number = [list]
///       if number < 0 goto done
///       [list + 48] = system call(number, [list + 8], ... [list + 40])
///       list += 56
///       goto next
/// done: [list + 8] += 1
///       return
/// ```
final class CallCode {
  static final int ENTRY_BYTES = 7 * Long.BYTES;
  static final int RESULT = 6 * Long.BYTES;
  static final int RUNS = Long.BYTES;

  private CallCode() {}

  /// The code for this processor; null when there is none.
  static byte @Nullable [] ofThisHost(long list) {
    return switch (System.getProperty("os.arch", "")) {
      case "amd64" -> x86(list);
      case "aarch64" -> arm64(list);
      default -> null;
    };
  }

  static byte[] x86(long list) {
    int[] code = {
      0x49, 0xb9, 0, 0, 0, 0, 0, 0, 0, 0, // mov r9, list
      0x49, 0x8b, 0x01, // next: mov rax, [r9]
      0x48, 0x85, 0xc0, // test rax, rax
      0x78, 0x20, // js done
      0x49, 0x8b, 0x79, 0x08, // mov rdi, [r9 + 8]
      0x49, 0x8b, 0x71, 0x10, // mov rsi, [r9 + 16]
      0x49, 0x8b, 0x51, 0x18, // mov rdx, [r9 + 24]
      0x4d, 0x8b, 0x51, 0x20, // mov r10, [r9 + 32]
      0x4d, 0x8b, 0x41, 0x28, // mov r8, [r9 + 40]
      0x0f, 0x05, // syscall
      0x49, 0x89, 0x41, 0x30, // mov [r9 + 48], rax
      0x49, 0x83, 0xc1, 0x38, // add r9, 56
      0xeb, 0xd8, // jmp next
      0xf0, 0x49, 0xff, 0x41, 0x08, // done: lock inc qword [r9 + 8]
      0xc3, // ret
    };
    ByteBuffer bytes = ByteBuffer.allocate(code.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int b : code) {
      bytes.put((byte) b);
    }
    bytes.putLong(2, list);
    return bytes.array();
  }

  static byte[] arm64(long list) {
    int[] words = {
      0x58000249, // ldr x9, list
      0xf9400128, // next: ldr x8, [x9]
      0xb7f80148, // tbnz x8, #63, done
      0xf9400520, // ldr x0, [x9, #8]
      0xf9400921, // ldr x1, [x9, #16]
      0xf9400d22, // ldr x2, [x9, #24]
      0xf9401123, // ldr x3, [x9, #32]
      0xf9401524, // ldr x4, [x9, #40]
      0xd4000001, // svc #0
      0xf9001920, // str x0, [x9, #48]
      0x9100e129, // add x9, x9, #56
      0x17fffff6, // b next
      0xf940052a, // done: ldr x10, [x9, #8]
      0x9100054a, // add x10, x10, #1
      0x9100212b, // add x11, x9, #8
      0xc89ffd6a, // stlr x10, [x11]
      0xd65f03c0, // ret
      0xd503201f, // nop
    };
    ByteBuffer bytes =
        ByteBuffer.allocate(words.length * Integer.BYTES + Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int word : words) {
      bytes.putInt(word);
    }
    return bytes.putLong(list).array();
  }
}
