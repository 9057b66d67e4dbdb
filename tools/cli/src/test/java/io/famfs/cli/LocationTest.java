package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LocationTest {
  private static final Path DEVICE = Path.of("/dev/dax0.0");

  @Test
  void pathsInsideAnUnmountedVolumeStartAtItsRoot() {
    for (String root : new String[] {"", "/", ".", "//", "./", "/.", "a/.."}) {
      assertEquals("", Location.of(DEVICE, root).path(), root);
    }
    for (String path :
        new String[] {"a/b", "/a/b", "./a/b/", "a//b", "a/./b", "../a/b", "x/../a/b"}) {
      assertEquals("a/b", Location.of(DEVICE, path).path(), path);
    }
  }

  @Test
  void messagesNameTheDeviceAndThePath() {
    assertEquals("/dev/dax0.0:/a/b", Location.of(DEVICE, "a").child("b").display());
    assertEquals("/dev/dax0.0:/a", Location.of(DEVICE, "/").child("a").display());
  }

  @Test
  void messagesNameThePathInAMount() {
    MountTable.Entry mount = new MountTable.Entry(Path.of("/mnt/f"), DEVICE, false);
    assertEquals("/mnt/f/a/b", new Location(DEVICE, "a", mount).child("b").display());
    assertEquals("/mnt/f", new Location(DEVICE, "", mount).display());
  }

  @Test
  void aPathOutsideEveryMountIsRefusedWithWhatToDo() {
    CliException e = assertThrows(CliException.class, () -> Location.of(null, "/proc/nowhere"));
    assertTrue(e.getMessage().startsWith("/proc/nowhere is not inside a famfs mount"));
    assertTrue(e.getMessage().contains("--device"));
  }
}
