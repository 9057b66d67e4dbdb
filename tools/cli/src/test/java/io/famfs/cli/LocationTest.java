package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class LocationTest {
  private static final Path DEVICE = Path.of("/dev/dax0.0");
  private static final Devices DEVICES = Devices.of(List.of(DEVICE));

  @Test
  void pathsInsideAnUnmountedVolumeStartAtItsRoot() {
    for (String root : new String[] {"", "/", ".", "//", "./", "/.", "a/.."}) {
      assertEquals("", Location.of(DEVICES, root).path(), root);
    }
    for (String path :
        new String[] {"a/b", "/a/b", "./a/b/", "a//b", "a/./b", "../a/b", "x/../a/b"}) {
      assertEquals("a/b", Location.of(DEVICES, path).path(), path);
    }
  }

  @Test
  void messagesNameTheDeviceAndThePath() {
    assertEquals("/dev/dax0.0:/a/b", Location.of(DEVICES, "a").child("b").display());
    assertEquals("/dev/dax0.0:/a", Location.of(DEVICES, "/").child("a").display());
  }

  @Test
  void messagesNameThePathInAMount() {
    MountTable.Entry mount = new MountTable.Entry(Path.of("/mnt/f"), DEVICE, false);
    assertEquals("/mnt/f/a/b", new Location(DEVICES, "a", mount).child("b").display());
    assertEquals("/mnt/f", new Location(DEVICES, "", mount).display());
  }

  @Test
  void aPathOutsideEveryMountIsRefusedWithWhatToDo() {
    CliException e =
        assertThrows(CliException.class, () -> Location.of(Devices.of(List.of()), "/proc/nowhere"));
    assertTrue(e.getMessage().startsWith("/proc/nowhere is not inside a famfs mount"));
    assertTrue(e.getMessage().contains("--device"));
  }
}
