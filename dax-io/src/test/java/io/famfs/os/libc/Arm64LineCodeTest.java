package io.famfs.os.libc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs the very bytes of the arm64 routines on an emulated processor: each as a program that calls
/// the routine and exits with its result.
final class Arm64LineCodeTest {
  private static final String EMULATOR = "qemu-aarch64";
  private static final long LOADED_AT = 0x10000;
  private static final int HEADER_BYTES = 64 + 56;
  private static final int DATA_OFFSET = 4096;
  private static final int DATA_BYTES = 16 * 1024;

  private static final int MOV_X8_EXIT = 0xd2800ba8;
  private static final int SVC_0 = 0xd4000001;

  @TempDir Path folder;

  @BeforeEach
  void needsTheEmulator() {
    boolean found =
        Stream.of(System.getenv("PATH").split(":", -1))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, EMULATOR)));
    Assumptions.assumeTrue(found, "SKIPPED: " + EMULATOR + " (Debian qemu-user) is not installed");
  }

  @Test
  void theSizeOfALineIsThatOfTheProcessor() throws Exception {
    int bytes = run(plain().lineBytes(), 0, 0, 0);
    assertTrue(bytes >= 16 && Integer.bitCount(bytes) == 1, "lines of " + bytes + " bytes");
  }

  @Test
  void everyLineOfTheRangeIsWrittenBack() throws Exception {
    assertEquals(100, run(plain().writeBack(), 0, 6400, 64));
    assertEquals(1, run(plain().writeBack(), 64, 65, 64));
    assertEquals(2, run(plain().writeBack(), 64, 129, 64));
    assertEquals(50, run(plain().writeBack(), 0, 6400, 128));
  }

  @Test
  void everyLineOfTheRangeIsWrittenToPersistentMemory() throws Exception {
    assertEquals(100, run(persistent().writeBack(), 0, 6400, 64));
  }

  @Test
  void everyLineOfTheRangeIsInvalidated() throws Exception {
    assertEquals(100, run(plain().invalidate(), 0, 6400, 64));
    assertEquals(1, run(plain().invalidate(), 0, 1, 64));
  }

  private static LineCode plain() {
    return LineCodeTest.code(Arm64LineCode.of(Set.of("fp")));
  }

  private static LineCode persistent() {
    return LineCodeTest.code(Arm64LineCode.of(Set.of("dcpop")));
  }

  private int run(byte[] routine, int from, int to, int step) throws Exception {
    Path program = Files.write(folder.resolve("program"), program(routine, from, to, step));
    assertTrue(program.toFile().setExecutable(true));
    Process process =
        new ProcessBuilder(EMULATOR, "-cpu", "max", program.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    // Emulators before 8.1 know `dc cvap` in whole machines only.
    Assumptions.assumeFalse(
        said.contains("Illegal instruction") && Arrays.equals(routine, persistent().writeBack()),
        "SKIPPED: this " + EMULATOR + " has no dc cvap for programs");
    assertEquals("", said);
    return code;
  }

  /// A static executable with one segment: header, code, room to run over.
  private static byte[] program(byte[] routine, int from, int to, int step) throws IOException {
    ByteBuffer file = ByteBuffer.allocate(DATA_OFFSET + DATA_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).putLong(0);
    // An executable for machine 183, AArch64.
    file.putShort((short) 2).putShort((short) 183).putInt(1);
    file.putLong(LOADED_AT + HEADER_BYTES).putLong(64).putLong(0);
    file.putInt(0).putShort((short) 64).putShort((short) 56).putShort((short) 1);
    file.putShort((short) 0).putShort((short) 0).putShort((short) 0);
    // PT_LOAD, readable, writable, executable.
    file.putInt(1).putInt(7).putLong(0).putLong(LOADED_AT).putLong(LOADED_AT);
    file.putLong(file.capacity()).putLong(file.capacity()).putLong(4096);
    putMove(file, 0, (int) LOADED_AT + DATA_OFFSET + from);
    putMove(file, 1, (int) LOADED_AT + DATA_OFFSET + to);
    putMove(file, 2, step);
    // Call what follows the exit.
    file.putInt(0x94000000 | 3);
    file.putInt(MOV_X8_EXIT).putInt(SVC_0);
    file.put(routine);
    return file.array();
  }

  /// movz and movk of a 32-bit number.
  private static void putMove(ByteBuffer code, int register, int number) {
    code.putInt(0xd2800000 | (number & 0xffff) << 5 | register);
    code.putInt(0xf2a00000 | (number >>> 16) << 5 | register);
  }
}
