package io.famfs.dax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.famfs.core.MemoryState;
import io.famfs.os.libc.Memory;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/// What a look at memory tells.
class ProbeTest {
  private static final int PAGE = 4096;
  private static final int MADV_HWPOISON = 100;

  @Test
  void pagesOfAFileThatBecameShorterAreGoneUntilItGrows() throws IOException {
    try (MappedDaxDevice device = DaxDevices.memfd("probe", 8 * PAGE)) {
      assertEquals(MemoryState.READABLE, device.probe(8 * PAGE - 1));
      device.fd().truncate(5 * PAGE);
      assertEquals(MemoryState.READABLE, device.probe(5 * PAGE - 1));
      assertEquals(MemoryState.GONE, device.probe(5 * PAGE));
      assertEquals(MemoryState.GONE, device.probe(8 * PAGE - 1));
      device.fd().truncate(8 * PAGE);
      assertEquals(MemoryState.READABLE, device.probe(5 * PAGE));
    }
  }

  @Test
  void aPageWithAMemoryErrorHasFailed() throws IOException {
    try (MappedDaxDevice device = DaxDevices.memfd("probe", 8 * PAGE)) {
      device.memory().fill((byte) 1);
      long page = device.memory().address() + 3 * PAGE;
      int injected = Memory.advise(page, PAGE, MADV_HWPOISON);
      if (injected != 0) {
        System.err.println("*** SKIPPED: no memory error can be injected here: " + injected);
      }
      assumeTrue(injected == 0, "needs root and CONFIG_MEMORY_FAILURE");
      assertThrows(InternalError.class, () -> device.memory().get(ValueLayout.JAVA_BYTE, 3 * PAGE));
      assertEquals(MemoryState.FAILED, device.probe(3 * PAGE + 5));
      assertEquals(MemoryState.READABLE, device.probe(2 * PAGE));
      assertEquals(MemoryState.READABLE, device.probe(4 * PAGE));
    }
  }
}
