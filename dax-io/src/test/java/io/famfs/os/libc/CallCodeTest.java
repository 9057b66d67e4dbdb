package io.famfs.os.libc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs the very bytes for arm64 on an emulated processor: a program that has them close descriptor
/// -1 twice and exits with what that answered and how often the list was run.
final class CallCodeTest {
  private static final String EMULATOR = "qemu-aarch64";
  private static final long LOADED_AT = 0x10000;
  private static final int HEADER_BYTES = 64 + 56;
  private static final int LIST_OFFSET = 4096;
  private static final int FILE_BYTES = 8192;
  private static final int CLOSE = 57;
  private static final int EBADF = 9;

  @TempDir Path folder;

  @Test
  void armDoesTheCallsOfTheList() throws Exception {
    boolean found =
        Stream.of(System.getenv("PATH").split(":", -1))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, EMULATOR)));
    Assumptions.assumeTrue(found, "SKIPPED: " + EMULATOR + " (Debian qemu-user) is not installed");
    Path program = Files.write(folder.resolve("program"), program());
    assertTrue(program.toFile().setExecutable(true));
    Process process =
        new ProcessBuilder(EMULATOR, program.toString()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals("", said);
    // Both results, and 64 for the one run.
    assertEquals(64 - 2 * EBADF, process.waitFor());
  }

  /// A static executable with one segment: header, code, list.
  private static byte[] program() {
    int list = (int) LOADED_AT + LIST_OFFSET;
    byte[] bytes = new byte[FILE_BYTES];
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).putLong(0);
    // An executable for machine 183, AArch64.
    file.putShort((short) 2).putShort((short) 183).putInt(1);
    file.putLong(LOADED_AT + HEADER_BYTES).putLong(64).putLong(0);
    file.putInt(0).putShort((short) 64).putShort((short) 56).putShort((short) 1);
    file.putShort((short) 0).putShort((short) 0).putShort((short) 0);
    // PT_LOAD, readable, writable, executable.
    file.putInt(1).putInt(7).putLong(0).putLong(LOADED_AT).putLong(LOADED_AT);
    file.putLong(FILE_BYTES).putLong(FILE_BYTES).putLong(4096);
    file.putInt(0xd2800000 | (list & 0xffff) << 5 | 20); // movz x20, list
    file.putInt(0xf2a00000 | (list >>> 16) << 5 | 20); // movk x20, list, lsl #16
    file.putInt(0x94000008); // bl the code
    file.putInt(0xf9401a80); // ldr x0, [x20, #48]
    file.putInt(0xf9403681); // ldr x1, [x20, #104]
    file.putInt(0x8b010000); // add x0, x0, x1
    file.putInt(0xf9403e81); // ldr x1, [x20, #120]
    file.putInt(0x8b011800); // add x0, x0, x1, lsl #6
    file.putInt(0xd2800ba8); // mov x8, #93
    file.putInt(0xd4000001); // svc #0: exit
    file.put(CallCode.arm64(list));
    file.position(LIST_OFFSET);
    for (int i = 0; i < 2; i++) {
      file.putLong(CLOSE).putLong(-1).putLong(0).putLong(0).putLong(0).putLong(0).putLong(0);
    }
    file.putLong(-1);
    return bytes;
  }
}
