package io.famfs.os;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.os.MemoryMap.Access;
import io.famfs.os.libc.Descriptors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MemoryMapTest {
  @TempDir Path folder;

  @Test
  void twoMappingsOfAMemfdSeeEachOthersStores() throws IOException {
    try (Fd fd = Memfd.create("twice", 8192);
        MemoryMap whole = MemoryMap.map(fd, 0, 8192, Access.READ_WRITE);
        MemoryMap second = MemoryMap.map(fd, 4096, 4096, Access.READ_ONLY)) {
      whole.segment().set(JAVA_LONG, 4096 + 8, 42);
      assertEquals(42, second.segment().get(JAVA_LONG, 8));
      assertEquals(4096, second.segment().byteSize());
    }
  }

  @Test
  void aReadOnlyMappingRefusesStores() throws IOException {
    Path file = Files.write(folder.resolve("file"), new byte[4096]);
    try (Fd fd = Fd.open(file, Fd.O_RDONLY, 0);
        MemoryMap map = MemoryMap.map(fd, 0, 4096, Access.READ_ONLY)) {
      assertTrue(map.segment().isReadOnly());
      assertThrows(IllegalArgumentException.class, () -> map.segment().set(JAVA_BYTE, 0, (byte) 1));
      ErrnoException e =
          assertThrows(
              ErrnoException.class, () -> MemoryMap.map(fd, 0, 4096, Access.READ_WRITE).close());
      assertEquals(Errno.EACCES, e.errno());
    }
  }

  @Test
  void boundsAreExactlyTheLengthAskedFor() throws IOException {
    try (Fd fd = Memfd.create("bounds", 4096);
        MemoryMap map = MemoryMap.map(fd, 0, 1001, Access.READ_WRITE)) {
      assertEquals(1001, map.segment().byteSize());
      assertThrows(IndexOutOfBoundsException.class, () -> map.segment().get(JAVA_BYTE, 1001));
      assertThrows(
          IllegalArgumentException.class, () -> MemoryMap.map(fd, 0, 0, Access.READ_ONLY).close());
      ErrnoException e =
          assertThrows(
              ErrnoException.class, () -> MemoryMap.map(fd, 5, 100, Access.READ_ONLY).close());
      assertEquals(Errno.EINVAL, e.errno());
    }
  }

  @Test
  void syncReachesTheFileAtAnyOffset() throws IOException {
    Path file = Files.write(folder.resolve("file"), new byte[3 * 4096]);
    try (Fd fd = Fd.open(file, Fd.O_RDWR, 0);
        MemoryMap map = MemoryMap.map(fd, 0, 3 * 4096, Access.READ_WRITE)) {
      map.segment().set(JAVA_BYTE, 5000, (byte) 9);
      assertEquals(0, map.sync(5000, 1));
      assertEquals(9, Files.readAllBytes(file)[5000]);
      assertThrows(IndexOutOfBoundsException.class, () -> map.sync(0, 3 * 4096 + 1));
    }
  }

  @Test
  void anonymousMemoryIsZeroedAndWritable() throws IOException {
    try (MemoryMap map = MemoryMap.anonymous(10_000)) {
      MemorySegment memory = map.segment();
      assertEquals(0, memory.get(JAVA_BYTE, 9_999));
      assertEquals(0, memory.address() % MemoryMap.pageBytes());
      memory.fill((byte) 3);
      assertEquals(3, memory.get(JAVA_BYTE, 9_999));
    }
  }

  @Test
  void closingUnmapsOnceAndLaterAccessesThrow() throws IOException {
    try (Fd fd = Memfd.create("closing", 4096)) {
      MemoryMap map = MemoryMap.map(fd, 0, 4096, Access.READ_WRITE);
      MemorySegment memory = map.segment();
      String start = Long.toHexString(memory.address()) + "-";
      assertTrue(Files.readString(Path.of("/proc/self/maps")).contains(start));
      map.close();
      map.close();
      assertFalse(Files.readString(Path.of("/proc/self/maps")).contains(start));
      assertThrows(IllegalStateException.class, () -> memory.get(JAVA_BYTE, 0));
    }
  }

  @Test
  void aMappingOfHugePagesIsUnmappedWholeWhateverItsLength() throws IOException {
    final int hugePages = 4; // MFD_HUGETLB
    int result;
    try (Arena arena = Arena.ofConfined()) {
      result = Descriptors.createMemfd(arena.allocateFrom("huge").address(), hugePages);
    }
    Assumptions.assumeTrue(result >= 0, "SKIPPED: the kernel has no huge pages");
    try (Fd fd = Fd.adopt(result)) {
      fd.truncate(fd.fileSystem().blockBytes());
      assertTrue(fd.fileSystem().isHugetlbfs());
      MemoryMap map;
      try {
        map = MemoryMap.map(fd, 0, 5000, Access.READ_WRITE);
      } catch (ErrnoException e) {
        Assumptions.abort("SKIPPED: no huge page is reserved (vm.nr_hugepages)");
        return;
      }
      String start = Long.toHexString(map.segment().address()) + "-";
      map.segment().fill((byte) 1);
      map.close();
      assertFalse(Files.readString(Path.of("/proc/self/maps")).contains(start));
    }
  }
}
