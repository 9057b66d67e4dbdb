package io.famfs.dax;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.MemoryMap;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DaxDevicesTest {
  private static final int SIZE = 64 * 1024;

  @TempDir Path folder;

  @Test
  void aFileIsMappedAsAWhole() throws IOException {
    Path file = Files.write(folder.resolve("file"), new byte[SIZE]);
    try (MappedDaxDevice device = DaxDevices.open(file, Mode.READ_WRITE)) {
      assertEquals(file.toString(), device.name());
      assertEquals(DeviceKind.FILE, device.kind());
      assertEquals(SIZE, device.sizeBytes());
      assertEquals(SIZE, device.memory().byteSize());
      assertEquals(MemoryMap.pageBytes(), device.alignmentBytes());
      assertTrue(device.writable());
      device.memory().set(JAVA_LONG, 8, 0x1122334455667788L);
      device.writeBack(8, 8);
      assertEquals(0x11, Files.readAllBytes(file)[15]);
      device.invalidate(0, SIZE);
    }
  }

  @Test
  void twoDevicesOnOneFileShareItsMemory() throws IOException {
    Path file = folder.resolve("file");
    try (MappedDaxDevice writer = DaxDevices.createFile(file, SIZE);
        MappedDaxDevice reader = DaxDevices.open(file, Mode.READ_ONLY)) {
      writer.memory().set(JAVA_LONG, 4096, 5);
      writer.writeBack(4096, 8);
      reader.invalidate(4096, 8);
      assertEquals(5, reader.memory().get(JAVA_LONG, 4096));
      assertFalse(reader.writable());
      assertTrue(reader.memory().isReadOnly());
      assertThrows(UnsupportedOperationException.class, () -> reader.zero(0, 1));
    }
  }

  @Test
  void aReadOnlyFileIsServedReadOnlyWithoutTheRightToWrite() throws IOException {
    Path file = Files.write(folder.resolve("file"), new byte[SIZE]);
    assertTrue(file.toFile().setReadOnly());
    try (MappedDaxDevice device = DaxDevices.open(file, Mode.READ_ONLY)) {
      assertEquals(0, device.memory().get(JAVA_BYTE, SIZE - 1));
    }
  }

  @Test
  void theBytesBehindTheLastWholePageAreNotUsed() throws IOException {
    Path file = Files.write(folder.resolve("file"), new byte[SIZE + 100]);
    try (MappedDaxDevice device = DaxDevices.open(file, Mode.READ_WRITE)) {
      assertEquals(SIZE, device.sizeBytes());
    }
  }

  @Test
  void aMemfdCanBeMappedFromItsDescriptor() throws IOException {
    try (MappedDaxDevice device = DaxDevices.memfd("test", SIZE);
        Fd passed = device.fd().duplicate();
        MemoryMap theirs = MemoryMap.map(passed, 0, SIZE, MemoryMap.Access.READ_WRITE)) {
      assertEquals(DeviceKind.MEMFD, device.kind());
      assertEquals("memfd:test", device.name());
      theirs.segment().set(JAVA_LONG, 0, 3);
      device.invalidate(0, 8);
      assertEquals(3, device.memory().get(JAVA_LONG, 0));
    }
  }

  @Test
  void zeroClearsExactlyTheRange() throws IOException {
    try (MappedDaxDevice file = DaxDevices.createFile(folder.resolve("file"), SIZE);
        MappedDaxDevice memfd = DaxDevices.memfd("test", SIZE)) {
      for (MappedDaxDevice device : new MappedDaxDevice[] {file, memfd}) {
        MemorySegment memory = device.memory();
        memory.fill((byte) 1);
        device.zero(4000, 10_000);
        device.zero(0, 0);
        for (int i = 0; i < SIZE; i++) {
          int expected = i >= 4000 && i < 14_000 ? 0 : 1;
          assertEquals(expected, memory.get(JAVA_BYTE, i));
        }
        assertEquals(SIZE, device.fd().sizeBytes());
      }
    }
  }

  @Test
  void rangesOutsideTheDeviceAreMistakes() throws IOException {
    try (MappedDaxDevice device = DaxDevices.memfd("test", SIZE)) {
      assertThrows(IndexOutOfBoundsException.class, () -> device.writeBack(SIZE, 1));
      assertThrows(IndexOutOfBoundsException.class, () -> device.invalidate(-1, 1));
      assertThrows(IndexOutOfBoundsException.class, () -> device.zero(1, SIZE));
      device.writeBack(SIZE, 0);
    }
  }

  @Test
  void aShrunkFileGivesAnErrorOnTheAccess() throws IOException {
    try (MappedDaxDevice device = DaxDevices.memfd("test", SIZE)) {
      device.fd().truncate(4096);
      assertThrows(InternalError.class, () -> device.memory().get(JAVA_LONG, 8192));
      device.writeBack(0, SIZE);
      assertEquals(0, device.memory().get(JAVA_LONG, 0));
    }
  }

  @Test
  void theLockKeepsASecondServerOutAndNamesTheFirst() throws IOException {
    // A memory file system shows its locks under the device number stat reports.
    Path shm = Path.of("/dev/shm");
    Assumptions.assumeTrue(Files.isWritable(shm), "SKIPPED: /dev/shm is not there");
    Path file = Files.createTempDirectory(shm, "famfs-test").resolve("file");
    try {
      DaxDevices.createFile(file, SIZE).close();
      try (MappedDaxDevice second = DaxDevices.open(file, Mode.READ_ONLY)) {
        try (MappedDaxDevice first = DaxDevices.open(file, Mode.READ_WRITE)) {
          assertTrue(first.tryLock());
          assertFalse(second.tryLock());
          assertEquals(OptionalLong.of(ProcessHandle.current().pid()), second.lockHolder());
        }
        assertTrue(second.tryLock());
      }
    } finally {
      Files.delete(file);
      Files.delete(file.getParent());
    }
  }

  @Test
  void aFileIsNeverMadeOverAnother() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "precious");
    assertThrows(ErrnoException.class, () -> DaxDevices.createFile(file, SIZE).close());
    assertEquals("precious", Files.readString(file));
  }

  @Test
  void closingTwiceDoesNothingMore() throws IOException {
    MappedDaxDevice device = DaxDevices.memfd("test", SIZE);
    MemorySegment memory = device.memory();
    device.close();
    device.close();
    assertFalse(device.fd().isOpen());
    assertThrows(IllegalStateException.class, () -> memory.get(JAVA_BYTE, 0));
  }
}
