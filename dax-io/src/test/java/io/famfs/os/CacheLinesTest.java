package io.famfs.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.os.MemoryMap.Access;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CacheLinesTest {
  private static final int BYTES = 1 << 20;

  @BeforeEach
  void needsInstructions() {
    Assumptions.assumeTrue(CacheLines.available(), "SKIPPED: " + CacheLines.problem());
  }

  @Test
  void movingLinesKeepsTheirContent() throws IOException {
    try (Fd fd = Memfd.create("lines", BYTES);
        MemoryMap map = MemoryMap.map(fd, 0, BYTES, Access.READ_WRITE);
        MemoryMap expected = MemoryMap.anonymous(BYTES)) {
      map.segment().fill((byte) 0x5a);
      expected.segment().fill((byte) 0x5a);
      for (int length : new int[] {1, 63, 64, 65, 4096, BYTES}) {
        int offset = length == BYTES ? 0 : 61;
        CacheLines.writeBack(map.segment(), offset, length);
        CacheLines.invalidate(map.segment(), offset, length);
        assertEquals(-1, map.segment().mismatch(expected.segment()));
      }
    }
  }

  @Test
  void theChoiceIsNamed() {
    assertTrue(
        CacheLines.description().matches("write back by .*, invalidate by .*, lines of \\d+ bytes"),
        CacheLines.description());
  }

  @Test
  void readOnlyMemoryCanBeInvalidated() throws IOException {
    try (Fd fd = Memfd.create("lines", 4096);
        MemoryMap map = MemoryMap.map(fd, 0, 4096, Access.READ_ONLY)) {
      CacheLines.invalidate(map.segment(), 0, 4096);
      assertEquals(4096, map.segment().byteSize());
    }
  }

  @Test
  void memoryThatIsUnmappedOrOutOfBoundsIsRefusedBeforeTheCodeRuns() throws IOException {
    MemoryMap map = MemoryMap.anonymous(4096);
    MemorySegment memory = map.segment();
    assertThrows(IndexOutOfBoundsException.class, () -> CacheLines.writeBack(memory, 4000, 97));
    assertThrows(IndexOutOfBoundsException.class, () -> CacheLines.invalidate(memory, -64, 64));
    map.close();
    assertThrows(IllegalStateException.class, () -> CacheLines.writeBack(memory, 0, 64));
    assertThrows(IllegalStateException.class, () -> CacheLines.invalidate(memory, 0, 64));
  }

  @Test
  void noPageIsWritableAndExecutableBecauseOfTheCode() throws IOException {
    try (MemoryMap map = MemoryMap.anonymous(4096)) {
      CacheLines.writeBack(map.segment(), 0, 64);
      CacheLines.invalidate(map.segment(), 0, 64);
      long codePages =
          Files.readAllLines(Path.of("/proc/self/maps")).stream()
              .filter(line -> line.matches("[0-9a-f]+-[0-9a-f]+ r-xp 00000000 00:00 0\\s*"))
              .count();
      assertEquals(true, codePages >= 1);
    }
  }
}
