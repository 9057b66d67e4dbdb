package io.famfs.os;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.famfs.os.MemoryMap.Access;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A file that shrinks under its mapping hurts the access, not the process.
final class VanishedMemoryTest {
  private static final int BYTES = 16_384;
  private static final int COMPILED_AFTER = 20_000;
  private static final VarHandle LONG = JAVA_LONG.varHandle();
  private static final MemorySegment OTHER = MemorySegment.ofArray(new long[BYTES / Long.BYTES]);

  /// Takes what was loaded: a load whose value nobody uses need not happen once it is compiled.
  private static volatile long sink;

  private static final long[] ARRAY = new long[9];

  static Stream<Arguments> accesses() {
    return Stream.of(
        access("get of a long", m -> sink = m.get(JAVA_LONG, 64)),
        access("get of a byte", m -> sink = m.get(JAVA_BYTE, 8191)),
        access("unaligned get", m -> sink = m.get(JAVA_INT_UNALIGNED, 4097)),
        access("set of a long", m -> m.set(JAVA_LONG, 64, 1)),
        access("set of a byte", m -> m.set(JAVA_BYTE, 8191, (byte) 1)),
        access("acquire", m -> sink = (long) LONG.getAcquire(m, 64L)),
        access("release", m -> LONG.setRelease(m, 64L, 1L)),
        access("copy from it", m -> MemorySegment.copy(m, 0, OTHER, 0, BYTES)),
        access("copy to it", m -> MemorySegment.copy(OTHER, 0, m, 0, BYTES)),
        access("small copy from it", m -> MemorySegment.copy(m, 8, OTHER, 0, 24)),
        access("small copy to it", m -> MemorySegment.copy(OTHER, 0, m, 8, 24)),
        access(
            "copy to an array", m -> MemorySegment.copy(m, JAVA_LONG, 0, ARRAY, 0, ARRAY.length)),
        access("fill", m -> m.fill((byte) 5)),
        access("small fill", m -> m.asSlice(100, 20).fill((byte) 5)),
        access("mismatch", m -> sink = m.mismatch(OTHER)));
  }

  private static Arguments access(String name, Consumer<MemorySegment> access) {
    return Arguments.of(name, access);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("accesses")
  void anAccessToAShrunkFileThrowsInTheThreadThatMadeIt(String name, Consumer<MemorySegment> access)
      throws IOException {
    try (Fd fd = Memfd.create("shrinking", BYTES);
        MemoryMap map = MemoryMap.map(fd, 0, BYTES, Access.READ_WRITE)) {
      MemorySegment memory = map.segment();
      shrinkAndAccess(fd, memory, access);
      for (int i = 0; i < COMPILED_AFTER; i++) {
        access.accept(memory);
      }
      for (int i = 0; i < 50; i++) {
        shrinkAndAccess(fd, memory, access);
      }
      memory.set(JAVA_LONG, 64, 77);
      assertEquals(77, memory.get(JAVA_LONG, 64), name);
    }
  }

  private static void shrinkAndAccess(Fd fd, MemorySegment memory, Consumer<MemorySegment> access)
      throws IOException {
    fd.truncate(0);
    assertThrows(InternalError.class, () -> access.accept(memory));
    fd.truncate(BYTES);
  }
}
