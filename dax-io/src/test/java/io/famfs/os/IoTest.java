package io.famfs.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.famfs.core.Errno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class IoTest {
  @Test
  void readAndWriteMoveWithTheFilesOffset() throws IOException {
    try (Fd fd = Memfd.create("io", 0);
        Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom("..hello..");
      assertEquals(5, Io.write(fd, text, 2, 5));
      assertEquals(5, fd.sizeBytes());
      MemorySegment buffer = arena.allocate(10);
      assertEquals(0, Io.read(fd, buffer, 0, 10), "the end of the file");
      assertEquals(5, Io.pread(fd, buffer, 3, 7, 0));
      assertEquals("hello", text(buffer, 3, 5));
    }
  }

  @Test
  void positionedTransfersLeaveTheOffsetAlone() throws IOException {
    try (Fd fd = Memfd.create("io", 0);
        Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocateFrom("abcdef");
      assertEquals(6, Io.pwrite(fd, buffer, 0, 6, 1000));
      assertEquals(1006, fd.sizeBytes());
      assertEquals(4, Io.pread(fd, buffer, 0, 6, 1002));
      assertEquals("cdef", text(buffer, 0, 4));
      assertEquals(2, Io.read(fd, buffer, 0, 2));
      assertEquals(0, buffer.get(ValueLayout.JAVA_SHORT_UNALIGNED, 0));
      assertEquals(1, Io.readOnce(fd, buffer, 0, 1));
    }
  }

  @Test
  void vectorsGatherAndScatterInOrder() throws IOException {
    try (Fd fd = Memfd.create("io", 0);
        Fd reader = fd.duplicate();
        Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom("0123456789");
      IoVector vector = new IoVector(4);
      vector.set(0, text, 8, 2);
      vector.set(2, text.asReadOnly(), 0, 3);
      vector.add(text, 5, 1);
      assertEquals(4, vector.count());
      assertEquals(6, vector.lengthBytes());
      assertEquals(6, Io.writev(fd, vector));
      MemorySegment buffer = arena.allocate(8);
      assertEquals(6, Io.pread(reader, buffer, 0, 8, 0));
      assertEquals("890125", text(buffer, 0, 6));

      assertThrows(IllegalArgumentException.class, () -> Io.readv(reader, vector));
      vector.clear();
      MemorySegment first = arena.allocate(4);
      MemorySegment second = arena.allocate(4);
      vector.set(0, first, 0, 4);
      vector.set(1, second, 1, 2);
      try (Fd fresh = Fd.open(java.nio.file.Path.of("/proc/self/fd/" + fd.value()), 0, 0)) {
        assertEquals(6, Io.readv(fresh, vector));
      }
      assertEquals("8901", text(first, 0, 4));
      assertEquals("25", text(second, 1, 2));
      assertThrows(IndexOutOfBoundsException.class, () -> vector.set(4, text, 0, 1));
    }
  }

  @Test
  void aClosedDescriptorAnswersBadDescriptor() throws IOException {
    Fd fd = Memfd.create("io", 4096);
    fd.close();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(8);
      IoVector vector = new IoVector(1);
      vector.set(0, buffer, 0, 8);
      assertEquals(-Errno.EBADF, Io.read(fd, buffer, 0, 8));
      assertEquals(-Errno.EBADF, Io.write(fd, buffer, 0, 8));
      assertEquals(-Errno.EBADF, Io.pread(fd, buffer, 0, 8, 0));
      assertEquals(-Errno.EBADF, Io.pwrite(fd, buffer, 0, 8, 0));
      assertEquals(-Errno.EBADF, Io.writev(fd, vector));
      assertEquals(-Errno.EBADF, Io.readv(fd, vector));
      assertEquals(-Errno.EBADF, Ioctl.call(fd, 0, 0));
      assertEquals(-Errno.EBADF, fd.fsync());
    }
  }

  @Test
  void memoryTheKernelMustNotSeeIsRefused() throws IOException {
    try (Fd fd = Memfd.create("io", 4096);
        Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(8);
      assertThrows(IndexOutOfBoundsException.class, () -> Io.read(fd, buffer, 1, 8));
      assertThrows(IndexOutOfBoundsException.class, () -> Io.read(fd, buffer, -1, 4));
      assertThrows(IndexOutOfBoundsException.class, () -> Io.write(fd, buffer, 0, -4));
      assertThrows(IndexOutOfBoundsException.class, () -> Io.write(fd, buffer, Long.MAX_VALUE, 8));
      MemorySegment heap = MemorySegment.ofArray(new byte[8]);
      assertThrows(IllegalArgumentException.class, () -> Io.write(fd, heap, 0, 8));
      assertThrows(IllegalArgumentException.class, () -> Io.read(fd, buffer.asReadOnly(), 0, 8));
      MemorySegment closed;
      try (Arena shortLived = Arena.ofConfined()) {
        closed = shortLived.allocate(8);
      }
      assertThrows(IllegalStateException.class, () -> Io.read(fd, closed, 0, 8));
    }
  }

  @Test
  void memoryThatHasVanishedGivesAnErrorNumber() throws IOException {
    try (Fd file = Memfd.create("vanishing", 4096);
        Fd other = Memfd.create("other", 4096);
        MemoryMap map = MemoryMap.map(file, 0, 4096, MemoryMap.Access.READ_WRITE)) {
      file.truncate(0);
      assertEquals(-Errno.EFAULT, Io.pwrite(other, map.segment(), 0, 4096, 0));
      assertEquals(-Errno.EFAULT, Io.pread(other, map.segment(), 0, 4096, 0));
    }
  }

  @Test
  void ioctlFillsAStructureOrTellsWhyNot() throws IOException {
    final long bytesWaiting = 0x541B; // FIONREAD
    UnixSocket[] pair = UnixSocket.pair();
    try (UnixSocket left = pair[0];
        UnixSocket right = pair[1];
        Fd memfd = Memfd.create("io", 0);
        Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom("hello");
      MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
      assertEquals(5, left.send(text, 0, 5));
      assertEquals(0, Ioctl.call(right.fd(), bytesWaiting, count));
      assertEquals(5, count.get(ValueLayout.JAVA_INT, 0));
      assertEquals(-Errno.ENOTTY, Ioctl.call(memfd, 0x5401, count));
    }
  }

  private static String text(MemorySegment segment, long offset, int length) {
    byte[] bytes = segment.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
    return new String(bytes, StandardCharsets.US_ASCII);
  }
}
