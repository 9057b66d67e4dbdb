package io.famfs.dax;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Which driver of the kernel a dax device is bound to, by sysfs. It decides what the device can be
/// used for: programs map it under `device_dax`, a file system of the kernel under `fsdev_dax`.
public final class DaxDriver {
  /// The driver under which a file system of the kernel can use a device, and no program can.
  public static final String FILE_SYSTEM = "fsdev_dax";

  private DaxDriver() {}

  /// The name of the driver; empty when the path is of no device, or the device of no driver.
  public static String of(Path node) {
    try {
      long device = ((Number) Files.getAttribute(node, "unix:rdev")).longValue();
      // Numbers as the kernel encodes them in st_rdev.
      long major = ((device >>> 8) & 0xfff) | ((device >>> 32) & 0xfffff000L);
      long minor = (device & 0xff) | ((device >>> 12) & 0xffffff00L);
      return of(DevDaxAttributes.SYSFS, major, minor);
    } catch (IOException | UnsupportedOperationException e) {
      return "";
    }
  }

  static String of(Path sysfs, long major, long minor) throws IOException {
    Path driver = sysfs.resolve("dev/char/" + major + ":" + minor + "/driver");
    return Files.isSymbolicLink(driver)
        ? String.valueOf(Files.readSymbolicLink(driver).getFileName())
        : "";
  }
}
