package io.famfs.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Where a file lies on the device of its file system (`FS_IOC_FIEMAP`,
/// `Documentation/filesystems/fiemap.rst`).
public final class FileExtents {
  private static final long FS_IOC_FIEMAP = 0xC020_660BL;
  private static final int FLAG_SYNC = 1;
  private static final int HEADER_BYTES = 32;
  private static final int EXTENT_BYTES = 56;
  private static final int BATCH = 128;

  private static final int START = 0;
  private static final int LENGTH = 8;
  private static final int FLAGS = 16;
  private static final int MAPPED = 20;
  private static final int COUNT = 24;
  private static final int IN_FILE = 0;
  private static final int ON_DEVICE = 8;
  private static final int EXTENT_LENGTH = 16;
  private static final int EXTENT_FLAGS = 40;

  private static final int EXTENT_LAST = 0x1;

  /// Not placed yet, or not stored byte for byte: unknown, delayed, encoded, inline, tail.
  private static final int EXTENT_ELSEWHERE = 0x2 | 0x4 | 0x8 | 0x200 | 0x400;

  private FileExtents() {}

  /// One contiguous run.
  ///
  /// @param inFile its first byte in the file
  /// @param onDevice its first byte on the device
  /// @param lengthBytes number of bytes
  public record Extent(long inFile, long onDevice, long lengthBytes) {}

  /// The runs of a file that have a place on the device, in order.
  ///
  /// @throws ErrnoException `EOPNOTSUPP` when the file system cannot tell
  public static List<Extent> of(Fd fd) throws ErrnoException {
    List<Extent> extents = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment map = arena.allocate(HEADER_BYTES + BATCH * EXTENT_BYTES, Long.BYTES);
      long next = 0;
      while (next >= 0) {
        map.fill((byte) 0);
        map.set(ValueLayout.JAVA_LONG, START, next);
        map.set(ValueLayout.JAVA_LONG, LENGTH, Long.MAX_VALUE - next);
        map.set(ValueLayout.JAVA_INT, FLAGS, FLAG_SYNC);
        map.set(ValueLayout.JAVA_INT, COUNT, BATCH);
        int result = Ioctl.call(fd, FS_IOC_FIEMAP, map);
        ErrnoException.check(result, "extents of descriptor " + fd.value());
        next = take(map, next, extents);
      }
    }
    return extents;
  }

  /// @return where the next batch begins, -1 behind the last
  private static long take(MemorySegment map, long from, List<Extent> extents) {
    int mapped = Math.min(BATCH, map.get(ValueLayout.JAVA_INT, MAPPED));
    long next = from;
    for (int i = 0; i < mapped; i++) {
      long at = HEADER_BYTES + (long) i * EXTENT_BYTES;
      long inFile = map.get(ValueLayout.JAVA_LONG, at + IN_FILE);
      long length = map.get(ValueLayout.JAVA_LONG, at + EXTENT_LENGTH);
      int flags = map.get(ValueLayout.JAVA_INT, at + EXTENT_FLAGS);
      if ((flags & EXTENT_ELSEWHERE) == 0) {
        extents.add(new Extent(inFile, map.get(ValueLayout.JAVA_LONG, at + ON_DEVICE), length));
      }
      if ((flags & EXTENT_LAST) != 0) {
        return -1;
      }
      next = inFile + length;
    }
    return next > from ? next : -1;
  }
}
