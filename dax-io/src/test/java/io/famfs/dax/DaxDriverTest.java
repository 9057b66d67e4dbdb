package io.famfs.dax;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaxDriverTest {
  @Test
  void theDriverIsWhatTheLinkInSysfsNames(@TempDir Path sysfs) throws IOException {
    Path device = Files.createDirectories(sysfs.resolve("dev/char/252:3"));
    assertEquals("", DaxDriver.of(sysfs, 252, 3));
    Files.createSymbolicLink(
        device.resolve("driver"), Path.of("../../../bus/dax/drivers/" + DaxDriver.FILE_SYSTEM));
    assertEquals(DaxDriver.FILE_SYSTEM, DaxDriver.of(sysfs, 252, 3));
    assertEquals("", DaxDriver.of(sysfs, 252, 4));
  }

  @Test
  void whatIsNoDeviceHasNoDriver(@TempDir Path directory) {
    assertEquals("", DaxDriver.of(directory));
    assertEquals("", DaxDriver.of(directory.resolve("missing")));
    // The driver of memory devices is not on a bus.
    assertEquals("", DaxDriver.of(Path.of("/dev/null")));
  }
}
