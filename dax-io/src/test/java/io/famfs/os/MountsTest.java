package io.famfs.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MountsTest {
  private static final int UNKNOWN_FILE_SYSTEM = Errno.ENODEV;

  @TempDir Path folder;

  @BeforeEach
  void needsRoot() {
    Assumptions.assumeTrue(
        Identity.effectiveUid() == 0, "SKIPPED: mounting needs root, run the build as root");
  }

  @Test
  void tmpfsIsMountedAndUnmounted() throws IOException {
    mountOrSkip();
    boolean mounted = true;
    try {
      assertTrue(mounts().contains(" " + folder + " tmpfs "));
      Files.createFile(folder.resolve("inside"));
      try (Fd busy = Fd.open(folder.resolve("inside"), Fd.O_RDONLY, 0)) {
        ErrnoException e = assertThrows(ErrnoException.class, () -> Mounts.unmount(folder, false));
        assertEquals(Errno.EBUSY, e.errno());
        assertTrue(busy.fileSystem().isTmpfs());
        Mounts.unmount(folder, true);
        mounted = false;
      }
      assertFalse(Files.exists(folder.resolve("inside")));
    } finally {
      if (mounted) {
        Mounts.unmount(folder, true);
      }
    }
  }

  @Test
  void whatCannotBeMountedIsNamed() {
    ErrnoException e =
        assertThrows(ErrnoException.class, () -> Mounts.mount("none", folder, "no-such-fs", 0, ""));
    Assumptions.assumeTrue(
        e.errno() != Errno.EPERM, "SKIPPED: this container may not mount although it is root");
    assertEquals(UNKNOWN_FILE_SYSTEM, e.errno());
    assertEquals("mount no-such-fs on " + folder + ": no such device", e.getMessage());
    assertThrows(ErrnoException.class, () -> Mounts.unmount(folder, false));
  }

  private void mountOrSkip() throws ErrnoException {
    try {
      long flags = Mounts.MS_NOSUID | Mounts.MS_NODEV;
      Mounts.mount("famfs-test", folder, "tmpfs", flags, "size=1m,mode=700");
    } catch (ErrnoException e) {
      Assumptions.assumeTrue(
          e.errno() != Errno.EPERM, "SKIPPED: this container may not mount although it is root");
      throw e;
    }
  }

  private static String mounts() throws IOException {
    return Files.readString(Path.of("/proc/self/mounts"));
  }
}
