package io.famfs.dax;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What sysfs says about a character device, `Documentation/ABI/testing/sysfs-bus-dax`.
///
/// @param subsystem the device class; `dax` for devdax, empty when sysfs does not tell
/// @param sizeBytes the size, 0 when not devdax
/// @param alignmentBytes the alignment of mappings, 0 when not devdax
/// @param lockFile one file that stands for the device whatever node it is opened through
record DevDaxAttributes(String subsystem, long sizeBytes, int alignmentBytes, Path lockFile) {
  static final Path SYSFS = Path.of("/sys");
  private static final String DEVDAX = "dax";

  /// Reads the attributes of device `major:minor` under `sysfs`.
  static DevDaxAttributes read(Path sysfs, int major, int minor) throws IOException {
    Path device = sysfs.resolve("dev/char/" + major + ":" + minor);
    Path subsystem = device.resolve("subsystem");
    Path size = device.resolve("size");
    if (!Files.isSymbolicLink(subsystem)) {
      return new DevDaxAttributes("", 0, 0, size);
    }
    String name = String.valueOf(Files.readSymbolicLink(subsystem).getFileName());
    if (!name.equals(DEVDAX)) {
      return new DevDaxAttributes(name, 0, 0, size);
    }
    long sizeBytes = number(size);
    long alignmentBytes = number(device.resolve("align"));
    if (Long.bitCount(alignmentBytes) != 1 || alignmentBytes > 1 << 30) {
      throw new DeviceRefusedException(
          device.resolve("align"), alignmentBytes + " is no alignment of a device");
    }
    return new DevDaxAttributes(name, sizeBytes, (int) alignmentBytes, size);
  }

  boolean isDevDax() {
    return subsystem.equals(DEVDAX);
  }

  private static long number(Path attribute) throws IOException {
    String text = Files.readString(attribute).strip();
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new DeviceRefusedException(attribute, "not a number: '" + text + "'");
    }
  }
}
