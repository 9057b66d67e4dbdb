package io.famfs.os;

import io.famfs.core.Errno;
import io.famfs.os.libc.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// A shared mapping of a descriptor, or of anonymous memory.
///
/// The mapping ends with [#close()], or with the arena it was made in, and in no other way, so that
/// a segment never points at memory that was given back: later accesses throw
/// [IllegalStateException]. An access to a page the file no longer has throws [InternalError] in
/// the accessing thread, except for a compare-and-set, which may end the process while it is
/// interpreted: never use one on memory of others.
///
/// `close` must not run while another thread is inside a system call on the memory.
public final class MemoryMap implements AutoCloseable {
  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int MAP_SHARED = 0x01;
  private static final int MAP_PRIVATE = 0x02;
  private static final int MAP_ANONYMOUS = 0x20;
  private static final int MAP_NORESERVE = 0x4000;
  private static final int MS_SYNC = 4;

  /// Since Linux 5.14.
  private static final int MADV_POPULATE_READ = 22;

  /// What may be done with the memory.
  public enum Access {
    READ_ONLY(PROT_READ),
    READ_WRITE(PROT_READ | PROT_WRITE);

    private final int protection;

    Access(int protection) {
      this.protection = protection;
    }
  }

  private final Arena arena;
  private final MemorySegment segment;

  private MemoryMap(Arena arena, MemorySegment segment) {
    this.arena = arena;
    this.segment = segment;
  }

  /// Maps a range of a file, shared with everyone else who maps it.
  ///
  /// @param offset where the range starts, a multiple of the page size of the file
  /// @param lengthBytes more than 0; pages beyond the end of the file are mapped, but may not be
  ///   touched
  public static MemoryMap map(Fd fd, long offset, long lengthBytes, Access access)
      throws ErrnoException {
    String what = "map " + lengthBytes + " bytes at " + offset + " of descriptor " + fd.value();
    return create(
        what, fd.value(), offset, lengthBytes, new Shape(access, MAP_SHARED, granuleBytes(fd)));
  }

  /// Maps a range as [#map(Fd, long, long, Access)] does, for as long as an arena of the caller
  /// lives.
  ///
  /// @throws IllegalStateException when the arena is closed
  public static MemorySegment map(Fd fd, long offset, long lengthBytes, Access access, Arena arena)
      throws ErrnoException {
    String what = "map " + lengthBytes + " bytes at " + offset + " of descriptor " + fd.value();
    Shape shape = new Shape(access, MAP_SHARED, granuleBytes(fd));
    return create(what, fd.value(), offset, lengthBytes, shape, arena);
  }

  private static long granuleBytes(Fd fd) throws ErrnoException {
    FileSystemType fileSystem = fd.fileSystem();
    return fileSystem.isHugetlbfs() ? fileSystem.blockBytes() : pageBytes();
  }

  /// Memory of this process alone, zeroed, page-aligned, taken from the system when touched.
  public static MemoryMap anonymous(long lengthBytes) throws ErrnoException {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    String what = "map " + lengthBytes + " bytes of memory";
    return create(what, -1, 0, lengthBytes, new Shape(Access.READ_WRITE, flags, pageBytes()));
  }

  /// The size of a page of memory on this host.
  public static int pageBytes() {
    return PageSize.BYTES;
  }

  /// The memory, with bounds of exactly the length asked for, usable by every thread; read-only for
  /// [Access#READ_ONLY].
  public MemorySegment segment() {
    return segment;
  }

  /// Writes the pages that hold the range back to the file's storage and waits for it (msync with
  /// `MS_SYNC`).
  ///
  /// @return 0 or the negated error number
  public int sync(long offset, long lengthBytes) {
    Objects.checkFromIndexSize(offset, lengthBytes, segment.byteSize());
    long start = segment.address() + offset;
    long page = start & -pageBytes();
    return Memory.sync(page, start - page + lengthBytes, MS_SYNC);
  }

  /// Makes sure that the pages that hold the range are there, as a load from each of them would,
  /// but with a result instead of a signal.
  ///
  /// @return 0 or the negated error number: `EFAULT` when the file behind them became shorter or
  ///   has no space for them, `EHWPOISON` when memory failed, `EINVAL` before Linux 5.14
  public int populate(long offset, long lengthBytes) {
    Objects.checkFromIndexSize(offset, lengthBytes, segment.byteSize());
    long start = segment.address() + offset;
    long page = start & -pageBytes();
    int result;
    do {
      result = Memory.advise(page, start - page + lengthBytes, MADV_POPULATE_READ);
    } while (result == -Errno.EINTR || result == -Errno.EAGAIN);
    return result;
  }

  /// Unmaps. Doing it twice does nothing.
  @Override
  public void close() {
    synchronized (arena) {
      if (arena.scope().isAlive()) {
        arena.close();
      }
    }
  }

  private record Shape(Access access, int flags, long granuleBytes) {}

  private static MemoryMap create(String what, int fd, long offset, long lengthBytes, Shape shape)
      throws ErrnoException {
    Arena arena = Arena.ofShared();
    return new MemoryMap(arena, create(what, fd, offset, lengthBytes, shape, arena));
  }

  private static MemorySegment create(
      String what, int fd, long offset, long lengthBytes, Shape shape, Arena arena)
      throws ErrnoException {
    if (lengthBytes <= 0 || lengthBytes > Long.MAX_VALUE - shape.granuleBytes) {
      throw new IllegalArgumentException(what + ": the length has to be more than 0");
    }
    // munmap of huge pages takes whole pages only.
    long mappedBytes = (lengthBytes + shape.granuleBytes - 1) & -shape.granuleBytes;
    long address = Memory.map(0, mappedBytes, shape.access.protection, shape.flags, fd, offset);
    ErrnoException.check(address, what);
    MemorySegment segment;
    try {
      segment = Memory.segment(address, lengthBytes, mappedBytes, arena);
    } catch (RuntimeException e) {
      Memory.unmap(address, mappedBytes);
      throw e;
    }
    boolean readOnly = shape.access == Access.READ_ONLY;
    return readOnly ? segment.asReadOnly() : segment;
  }

  private static final class PageSize {
    static final int BYTES = Memory.pageSize();
  }
}
