package io.famfs.dax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DevDaxAttributesTest {
  @TempDir Path sysfs;
  private Path device = Path.of("");

  @BeforeEach
  void layOutOneDevice() throws IOException {
    device = Files.createDirectories(sysfs.resolve("devices/pmem/dax0.0"));
    Path link = sysfs.resolve("dev/char/252:3");
    Files.createDirectories(sysfs.resolve("dev/char"));
    Files.createSymbolicLink(link, device);
    Files.createSymbolicLink(device.resolve("subsystem"), Path.of("../../../bus/dax"));
    Files.writeString(device.resolve("size"), "1073741824\n");
    Files.writeString(device.resolve("align"), "2097152\n");
  }

  @Test
  void aDevdaxDeviceHasSizeAndAlignment() throws IOException {
    DevDaxAttributes attributes = DevDaxAttributes.read(sysfs, 252, 3);
    assertTrue(attributes.isDevDax());
    assertEquals(1 << 30, attributes.sizeBytes());
    assertEquals(2 << 20, attributes.alignmentBytes());
  }

  @Test
  void aDeviceOfAnotherClassOrUnknownIsNotDevdax() throws IOException {
    assertFalse(DevDaxAttributes.read(sysfs, 1, 3).isDevDax());
    Files.delete(device.resolve("subsystem"));
    Files.createSymbolicLink(device.resolve("subsystem"), Path.of("../../../class/mem"));
    DevDaxAttributes attributes = DevDaxAttributes.read(sysfs, 252, 3);
    assertEquals("mem", attributes.subsystem());
    assertFalse(attributes.isDevDax());
  }

  @Test
  void attributesThatMakeNoSenseAreRefused() throws IOException {
    for (String align : new String[] {"0", "4097", "-4096", "", "two"}) {
      Files.writeString(device.resolve("align"), align);
      assertThrows(DeviceRefusedException.class, () -> DevDaxAttributes.read(sysfs, 252, 3), align);
    }
  }
}
