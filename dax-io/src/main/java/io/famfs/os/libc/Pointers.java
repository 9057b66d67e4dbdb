package io.famfs.os.libc;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// Turns (segment, offset, length) into an address a system call may be given.
///
/// The address is valid while the segment's arena is open. A caller that lets one thread close an
/// arena while another is inside a system call on it gets `EFAULT` from the kernel at best; it has
/// to stop its workers first.
public final class Pointers {
  private Pointers() {}

  /// Memory the kernel will read.
  public static long readable(MemorySegment segment, long offset, long lengthBytes) {
    Objects.checkFromIndexSize(offset, lengthBytes, segment.byteSize());
    if (!segment.isNative()) {
      throw new IllegalArgumentException("system calls take native segments only");
    }
    if (!segment.scope().isAlive()) {
      throw new IllegalStateException("segment is closed");
    }
    return segment.address() + offset;
  }

  /// Memory the kernel will write.
  public static long writable(MemorySegment segment, long offset, long lengthBytes) {
    if (segment.isReadOnly()) {
      throw new IllegalArgumentException("segment is read-only");
    }
    return readable(segment, offset, lengthBytes);
  }
}
