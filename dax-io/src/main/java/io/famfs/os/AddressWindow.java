package io.famfs.os;

import io.famfs.core.Errno;
import io.famfs.os.libc.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A range of addresses into which ranges of files are mapped and taken out again, as a virtual
/// machine monitor does with a DAX window.
///
/// Where nothing is mapped there is memory of this process alone, so that every access inside the
/// window is defined. An access to a page the file no longer has throws [InternalError]. One thread
/// changes it at a time; `close` needs that nobody uses it.
public final class AddressWindow implements AutoCloseable {
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_SHARED = 0x01;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int MAP_FIXED = 0x10;
  private static final int MAP_NORESERVE = 0x4000;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment segment;

  private AddressWindow(long address, long sizeBytes) {
    segment = Memory.segment(address, sizeBytes, sizeBytes, arena);
  }

  /// An empty window.
  ///
  /// @param sizeBytes whole pages
  public static AddressWindow reserve(long sizeBytes) throws ErrnoException {
    long address = anonymous(0, sizeBytes, 0);
    ErrnoException.check(address, "reserve addresses for " + sizeBytes + " bytes");
    return new AddressWindow(address, sizeBytes);
  }

  private static long anonymous(long address, long lengthBytes, int flags) {
    return Memory.map(
        address,
        lengthBytes,
        PROT_READ_WRITE,
        MAP_PRIVATE_ANONYMOUS | MAP_NORESERVE | flags,
        -1,
        0);
  }

  /// All of it; usable by every thread.
  public MemorySegment segment() {
    return segment;
  }

  private boolean outside(long offset, long lengthBytes) {
    return offset < 0 || lengthBytes <= 0 || offset > segment.byteSize() - lengthBytes;
  }

  /// Maps a range of a file, for loads and stores, over whatever is there. Everything in whole
  /// pages.
  ///
  /// @return 0 or the negated error number, `EINVAL` for what is not inside the window
  public int map(long offset, long lengthBytes, Fd fd, long fileOffset) {
    if (outside(offset, lengthBytes)) {
      return -Errno.EINVAL;
    }
    return result(
        Memory.map(
            segment.address() + offset,
            lengthBytes,
            PROT_READ_WRITE,
            MAP_SHARED | MAP_FIXED,
            fd.value(),
            fileOffset));
  }

  /// Takes out whatever is mapped in a range of whole pages.
  ///
  /// @return as [#map]
  public int unmap(long offset, long lengthBytes) {
    if (outside(offset, lengthBytes)) {
      return -Errno.EINVAL;
    }
    return result(anonymous(segment.address() + offset, lengthBytes, MAP_FIXED));
  }

  private static int result(long address) {
    return (int) Math.min(0, address);
  }

  @Override
  public void close() {
    arena.close();
  }
}
