package io.famfs.dax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.os.Fd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two nodes of one device are two files; what they share is a file in sysfs.
final class DeviceLockTest {
  /// An attribute of `/dev/null`, which is on every host.
  private static final Path SYSFS_ATTRIBUTE = Path.of("/sys/dev/char/1:3/uevent");

  @TempDir Path folder;

  @Test
  void anotherNodeOfTheSameDeviceIsLockedAsWell() throws IOException {
    try (Fd other = node("copy-of-dax0.0");
        DeviceLock second = new DeviceLock(other, SYSFS_ATTRIBUTE)) {
      try (Fd node = node("dax0.0");
          DeviceLock first = new DeviceLock(node, SYSFS_ATTRIBUTE)) {
        assertTrue(first.tryLock());
        assertTrue(first.tryLock());
        assertFalse(second.tryLock());
        assertEquals(OptionalLong.of(ProcessHandle.current().pid()), second.holder());
      }
      assertTrue(second.tryLock());
    }
  }

  @Test
  void aRefusedTryLeavesNothingLocked() throws IOException {
    try (Fd other = node("copy-of-dax0.0");
        DeviceLock second = new DeviceLock(other, SYSFS_ATTRIBUTE)) {
      try (Fd node = node("dax0.0");
          DeviceLock first = new DeviceLock(node, SYSFS_ATTRIBUTE)) {
        assertTrue(first.tryLock());
        assertFalse(second.tryLock());
      }
      try (Fd sameNode = node("copy-of-dax0.0");
          DeviceLock third = new DeviceLock(sameNode, SYSFS_ATTRIBUTE)) {
        assertTrue(third.tryLock());
        assertFalse(second.tryLock());
      }
    }
  }

  private Fd node(String name) throws IOException {
    Path path = folder.resolve(name);
    if (!Files.exists(path)) {
      Files.createFile(path);
    }
    return Fd.open(path, Fd.O_RDWR, 0);
  }
}
