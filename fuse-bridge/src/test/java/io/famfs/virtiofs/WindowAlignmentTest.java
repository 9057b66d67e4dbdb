package io.famfs.virtiofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.famfs.core.DaxDevice;
import io.famfs.core.Errno;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.fuse.server.WindowPiece;
import io.famfs.os.MemoryMap;
import io.famfs.os.Mounts;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The window's granularity is the largest of the pages of the host and of the devices behind it.
class WindowAlignmentTest {
  private static final int HUGE = 2 << 20;
  private static final Path HUGE_PAGES = Path.of("/proc/sys/vm/nr_hugepages");

  private static DaxDevice aligned(DaxDevice device, int alignmentBytes, boolean writable) {
    return (DaxDevice)
        Proxy.newProxyInstance(
            DaxDevice.class.getClassLoader(),
            new Class<?>[] {DaxDevice.class},
            (proxy, method, arguments) -> {
              try {
                return switch (method.getName()) {
                  case "alignmentBytes" -> alignmentBytes;
                  case "writable" -> writable;
                  default -> method.invoke(device, arguments);
                };
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void theCoarsestDeviceDecides() throws IOException {
    try (MappedDaxDevice memory = DaxDevices.memfd("alignment", 1 << 20)) {
      assertEquals(MemoryMap.pageBytes(), Qemu11Peculiarities.mapAlignment(List.of(memory)));
      DaxDevice coarse = aligned(memory, HUGE, true);
      assertEquals(HUGE, Qemu11Peculiarities.mapAlignment(List.of(memory, coarse)));
      Qemu11Peculiarities.checkDevices(List.of(coarse, memory));
    }
  }

  @Test
  void devicesThatCannotBeShownAreRefusedWithAReason() throws IOException {
    try (MappedDaxDevice memory = DaxDevices.memfd("alignment", 1 << 20)) {
      List<DaxDevice> giant = List.of(memory, aligned(memory, 1 << 30, true));
      IllegalArgumentException refusal =
          assertThrows(
              IllegalArgumentException.class, () -> Qemu11Peculiarities.checkDevices(giant));
      String reason = String.valueOf(refusal.getMessage());
      assertTrue(reason.contains("1073741824") && reason.contains("without a window"), reason);
      List<DaxDevice> fixed = List.of(aligned(memory, 4096, false));
      assertThrows(IllegalArgumentException.class, () -> Qemu11Peculiarities.checkDevices(fixed));
    }
  }

  @Test
  void filesOfHugePagesAreMappedInHugePages(@TempDir Path directory) throws IOException {
    String before = Files.readString(HUGE_PAGES).strip();
    Path mount = Files.createDirectory(directory.resolve("huge"));
    try {
      Files.writeString(HUGE_PAGES, String.valueOf(Integer.parseInt(before) + 4));
      Mounts.mount("none", mount, "hugetlbfs", 0, "pagesize=2M,size=8M");
    } catch (IOException e) {
      Files.writeString(HUGE_PAGES, before);
      abort("huge pages cannot be had here: " + e.getMessage());
    }
    try {
      Path file = mount.resolve("device");
      try (RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw")) {
        made.setLength(2L * HUGE);
      }
      try (MappedDaxDevice device = DaxDevices.open(file, Mode.READ_WRITE)) {
        DaxWindow window = new DaxWindow(32L << 20, List.of(device));
        assertEquals(21, window.alignmentLog2());
        assertEquals(-Errno.EINVAL, map(window, 4096, 0, HUGE));
        assertEquals(-Errno.EINVAL, map(window, 0, 4096, HUGE));
        assertEquals(-Errno.EINVAL, map(window, 0, 0, 4096));
        assertEquals(-Errno.EINVAL, window.unmap(0, 4096));
        // Nobody is there to map it, which is all that is wrong.
        assertNotEquals(-Errno.EINVAL, map(window, HUGE, 0, HUGE));
      }
    } finally {
      Mounts.unmount(mount, false);
      Files.writeString(HUGE_PAGES, before);
    }
  }

  private static int map(DaxWindow window, long deviceOffset, long windowOffset, long length) {
    WindowPiece piece = new WindowPiece(0, deviceOffset, windowOffset, length);
    return window.map(1, 0, windowOffset, length, List.of(piece), true);
  }
}
