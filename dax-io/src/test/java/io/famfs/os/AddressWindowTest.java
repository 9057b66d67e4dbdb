package io.famfs.os;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.famfs.core.Errno;
import io.famfs.os.MemoryMap.Access;
import org.junit.jupiter.api.Test;

class AddressWindowTest {
  private static final long WINDOW_BYTES = 1 << 20;
  private static final long PAGE = 4096;

  @Test
  void aRangeOfAFileShowsWhereItWasMappedAndNowhereElse() throws Exception {
    try (Fd fd = Memfd.create("window", 4 * PAGE);
        MemoryMap file = MemoryMap.map(fd, 0, 4 * PAGE, Access.READ_WRITE);
        AddressWindow window = AddressWindow.reserve(WINDOW_BYTES)) {
      file.segment().set(JAVA_LONG, PAGE, 11);
      assertEquals(0, window.map(8 * PAGE, 2 * PAGE, fd, PAGE));
      assertEquals(11, window.segment().get(JAVA_LONG, 8 * PAGE));
      assertEquals(0, window.segment().get(JAVA_LONG, 7 * PAGE));
      window.segment().set(JAVA_LONG, 9 * PAGE, 22);
      assertEquals(22, file.segment().get(JAVA_LONG, 2 * PAGE));
    }
  }

  @Test
  void whatWasTakenOutIsEmptyAndTheFileStaysAsItIs() throws Exception {
    try (Fd fd = Memfd.create("window", 2 * PAGE);
        MemoryMap file = MemoryMap.map(fd, 0, 2 * PAGE, Access.READ_WRITE);
        AddressWindow window = AddressWindow.reserve(WINDOW_BYTES)) {
      file.segment().set(JAVA_LONG, 0, 11);
      assertEquals(0, window.map(0, 2 * PAGE, fd, 0));
      assertEquals(0, window.unmap(0, PAGE));
      assertEquals(0, window.segment().get(JAVA_LONG, 0));
      window.segment().set(JAVA_LONG, 0, 33);
      assertEquals(11, file.segment().get(JAVA_LONG, 0));
    }
  }

  @Test
  void rangesOutsideAreRefused() throws Exception {
    try (Fd fd = Memfd.create("window", PAGE);
        AddressWindow window = AddressWindow.reserve(WINDOW_BYTES)) {
      assertEquals(-Errno.EINVAL, window.map(WINDOW_BYTES, PAGE, fd, 0));
      assertEquals(-Errno.EINVAL, window.map(WINDOW_BYTES - PAGE, 2 * PAGE, fd, 0));
      assertEquals(-Errno.EINVAL, window.map(-PAGE, PAGE, fd, 0));
      assertEquals(-Errno.EINVAL, window.map(0, 0, fd, 0));
      assertEquals(-Errno.EINVAL, window.unmap(0, Long.MAX_VALUE));
    }
  }
}
