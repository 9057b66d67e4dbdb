package io.famfs.dax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.os.ErrnoException;
import io.famfs.os.UnixListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is no device is refused with one line that says what it is and what to use.
@Timeout(30)
final class RefusalTest {
  private static final String USE =
      "give a regular file or a devdax character device (/dev/daxX.Y)";

  @TempDir Path folder;

  @Test
  void aMissingFile() {
    Path file = folder.resolve("missing");
    ErrnoException e =
        assertThrows(ErrnoException.class, () -> DaxDevices.open(file, Mode.READ_ONLY).close());
    assertEquals(Errno.ENOENT, e.errno());
    assertEquals("open " + file + ": no such file or directory", e.getMessage());
  }

  @Test
  void aDirectory() {
    assertEquals(folder + ": is a directory; " + USE, refusal(folder));
  }

  @Test
  void aPipeWithoutWaitingForItsOtherEnd() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    assertEquals(pipe + ": is a pipe; " + USE, refusal(pipe));
  }

  @Test
  void aSocket() throws IOException {
    Path path = folder.resolve("s");
    try (UnixListener listener = UnixListener.listen(path, 1)) {
      assertEquals(path + ": is a socket; " + USE, refusal(listener.path()));
    }
  }

  @Test
  void aCharacterDeviceOfAnotherClass() {
    Path device = Path.of("/dev/null");
    String message = refusal(device);
    assertTrue(message.startsWith("/dev/null: is a character device of "), message);
    assertTrue(message.endsWith(", not devdax; " + USE), message);
  }

  @Test
  void aBlockDevice() throws IOException {
    Path device;
    try (Stream<Path> devices = Files.list(Path.of("/dev"))) {
      device = devices.filter(RefusalTest::isBlockDevice).findFirst().orElse(folder);
    }
    Assumptions.assumeTrue(!device.equals(folder), "SKIPPED: no block device in /dev");
    String message = refusal(device);
    assertTrue(message.startsWith(device + ": is a block device"), message);
  }

  @Test
  void anEmptyFileAndOneOfLessThanAPage() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty"));
    assertTrue(refusal(empty).startsWith(empty + ": is empty; make it with its size first"));
    Path small = Files.write(folder.resolve("small"), new byte[100]);
    assertTrue(refusal(small).startsWith(small + ": has only 100 bytes; make it"));
  }

  @Test
  void aSizeThatIsNoDevice() {
    Path file = folder.resolve("file");
    for (long size : new long[] {0, -4096, 5000}) {
      DeviceRefusedException e =
          assertThrows(
              DeviceRefusedException.class, () -> DaxDevices.createFile(file, size).close());
      assertTrue(e.getMessage().contains("give a multiple of"), e.getMessage());
      assertThrows(DeviceRefusedException.class, () -> DaxDevices.memfd("m", size).close());
    }
    assertTrue(Files.notExists(file));
  }

  private static boolean isBlockDevice(Path path) {
    try {
      return ((int) Files.getAttribute(path, "unix:mode") & 0170000) == 0060000;
    } catch (IOException e) {
      return false;
    }
  }

  private static String refusal(Path path) {
    for (Mode mode : Mode.values()) {
      assertThrows(DeviceRefusedException.class, () -> DaxDevices.open(path, mode).close());
    }
    String message =
        assertThrows(
                DeviceRefusedException.class, () -> DaxDevices.open(path, Mode.READ_ONLY).close())
            .getMessage();
    assertEquals(1, message.lines().count());
    return message;
  }
}
