package io.famfs.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FdTest {
  @TempDir Path folder;

  @Test
  void closingTwiceLeavesTheNextOwnerOfTheNumberAlone() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    Fd first = Fd.open(file, Fd.O_RDONLY, 0);
    int number = first.value();
    first.close();
    assertFalse(first.isOpen());
    assertEquals(-1, first.value());
    try (Fd second = Fd.open(file, Fd.O_RDONLY, 0)) {
      assertEquals(number, second.value(), "the kernel hands out the lowest free number");
      first.close();
      assertEquals(0, second.sizeBytes());
    }
  }

  @Test
  void everyDescriptorIsClosedOnExec() throws IOException {
    try (Fd fd = Fd.open(folder, Fd.O_RDONLY, 0);
        Fd copy = fd.duplicate()) {
      for (Fd each : new Fd[] {fd, copy}) {
        String info = Files.readString(Path.of("/proc/self/fdinfo/" + each.value()));
        String octal = info.replaceAll("(?s).*flags:\\s+([0-7]+).*", "$1");
        assertNotEquals(0, Integer.parseInt(octal, 8) & Fd.O_CLOEXEC, info);
      }
    }
  }

  @Test
  void anOpenThatFailsNamesThePathAndTheReason() {
    Path missing = folder.resolve("missing");
    ErrnoException e =
        assertThrows(ErrnoException.class, () -> Fd.open(missing, Fd.O_RDONLY, 0).close());
    assertEquals(Errno.ENOENT, e.errno());
    assertEquals("open " + missing + ": no such file or directory", e.getMessage());
  }

  @Test
  void aFileIsCreatedWithItsModeAndOnlyOnce() throws IOException {
    Path file = folder.resolve("new");
    int flags = Fd.O_RDWR | Fd.O_CREAT | Fd.O_EXCL;
    Fd.open(file, flags, 0600).close();
    assertEquals(0600, (int) Files.getAttribute(file, "unix:mode") & 07777);
    ErrnoException e = assertThrows(ErrnoException.class, () -> Fd.open(file, flags, 0600).close());
    assertEquals(Errno.EEXIST, e.errno());
  }

  @Test
  void identityTellsKindInodeAndDevice() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    try (Fd fd = Fd.open(file, Fd.O_RDONLY, 0);
        Fd again = Fd.open(file, Fd.O_RDONLY, 0);
        Fd directory = Fd.open(folder, Fd.O_RDONLY, 0);
        Fd nullDevice = Fd.open(Path.of("/dev/null"), Fd.O_RDWR, 0)) {
      assertEquals(FileIdentity.Type.REGULAR, fd.identity().type());
      assertEquals(fd.identity(), again.identity());
      assertEquals((long) Files.getAttribute(file, "unix:ino"), fd.identity().inode());
      assertEquals(FileIdentity.Type.DIRECTORY, directory.identity().type());
      FileIdentity device = nullDevice.identity();
      assertEquals(FileIdentity.Type.CHARACTER_DEVICE, device.type());
      assertEquals(1, FileIdentity.major(device.special()));
      assertEquals(3, FileIdentity.minor(device.special()));
    }
  }

  @Test
  void sizeFollowsTruncateAndAllocate() throws IOException {
    try (Fd fd = Memfd.create("size", 0)) {
      assertEquals(0, fd.sizeBytes());
      fd.truncate(10_000);
      assertEquals(10_000, fd.sizeBytes());
      fd.allocate(0, 20_000);
      assertEquals(20_000, fd.sizeBytes());
      assertEquals(0, fd.fsync());
      assertTrue(fd.fileSystem().isTmpfs());
      assertFalse(fd.fileSystem().isHugetlbfs());
    }
  }

  @Test
  void aPunchedHoleReadsAsZerosAndKeepsTheSize() throws IOException {
    try (Fd fd = Memfd.create("hole", 12_288);
        MemoryMap map = MemoryMap.map(fd, 0, 12_288, MemoryMap.Access.READ_WRITE)) {
      MemorySegment memory = map.segment();
      memory.fill((byte) 7);
      assertEquals(0, fd.punchHole(100, 8_000));
      for (int i = 0; i < 12_288; i++) {
        int expected = i >= 100 && i < 8_100 ? 0 : 7;
        assertEquals(expected, memory.get(ValueLayout.JAVA_BYTE, i));
      }
      assertEquals(12_288, fd.sizeBytes());
      assertEquals(-Errno.EINVAL, fd.punchHole(0, 0));
    }
  }

  @Test
  void holesAndDataAreFound() throws IOException {
    int pageBytes = MemoryMap.pageBytes();
    long size = 64L * pageBytes;
    try (Fd fd = Memfd.create("sparse", size);
        MemoryMap map = MemoryMap.map(fd, 0, size, MemoryMap.Access.READ_WRITE)) {
      assertEquals(-Errno.ENXIO, fd.nextData(0));
      assertEquals(0, fd.nextHole(0));
      map.segment().set(ValueLayout.JAVA_BYTE, 32L * pageBytes + 5, (byte) 1);
      long data = fd.nextData(0);
      long hole = fd.nextHole(data);
      assertTrue(data > 0 && data <= 32L * pageBytes, "data at " + data);
      assertTrue(hole > 32L * pageBytes && hole < size, "hole at " + hole);
      assertEquals(-Errno.ENXIO, fd.nextData(hole));
      assertEquals(-Errno.ENXIO, fd.nextHole(size));
    }
  }

  @Test
  void aLockIsExclusiveVisibleAndEndsWithItsDescriptor() throws IOException {
    Path file = Files.createFile(folder.resolve("locked"));
    try (Fd second = Fd.open(file, Fd.O_RDONLY, 0)) {
      try (Fd first = Fd.open(file, Fd.O_RDONLY, 0)) {
        assertEquals(OptionalLong.empty(), second.lockHolder());
        assertTrue(first.lockExclusive());
        assertTrue(first.lockExclusive(), "asking again changes nothing");
        assertFalse(second.lockExclusive());
        first.unlock();
        assertTrue(second.lockExclusive());
        second.unlock();
        assertTrue(first.lockExclusive());
      }
      assertTrue(second.lockExclusive());
    }
  }

  @Test
  void theHolderOfALockOnTmpfsIsFound() throws IOException {
    try (Fd fd = Memfd.create("locked", 4096)) {
      assertTrue(fd.lockExclusive());
      assertEquals(OptionalLong.of(ProcessHandle.current().pid()), fd.lockHolder());
    }
  }

  @Test
  void nonBlockingIsSharedByDuplicates() throws IOException {
    UnixSocket[] pair = UnixSocket.pair();
    try (UnixSocket left = pair[0];
        UnixSocket right = pair[1];
        Fd copy = left.fd().duplicate();
        Arena arena = Arena.ofConfined()) {
      copy.nonBlocking(true);
      assertNotEquals(0, left.fd().statusFlags() & Fd.O_NONBLOCK);
      assertEquals(-Errno.EAGAIN, Io.read(left.fd(), arena.allocate(1), 0, 1));
      left.fd().nonBlocking(false);
      assertEquals(0, copy.statusFlags() & Fd.O_NONBLOCK);
      assertTrue(right.fd().isOpen());
    }
  }

  @Test
  void aNegativeNumberIsNotAdopted() {
    assertThrows(IllegalArgumentException.class, () -> Fd.adopt(-1).close());
  }
}
