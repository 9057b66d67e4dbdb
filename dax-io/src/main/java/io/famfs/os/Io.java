package io.famfs.os;

import io.famfs.core.Errno;
import io.famfs.os.libc.Pointers;
import io.famfs.os.libc.ReadWrite;
import java.lang.foreign.MemorySegment;

/// Transfers between a descriptor and memory, allocation-free.
///
/// Every method returns the number of bytes moved, which may be less than asked for, or the negated
/// error number. Interrupted calls are repeated, except by [#readOnce]. Memory that has vanished
/// behind a mapping gives `EFAULT`.
public final class Io {
  private Io() {}

  /// Reads up to `lengthBytes` into `segment` at `offset`; 0 is the end of the file.
  public static long read(Fd fd, MemorySegment segment, long offset, long lengthBytes) {
    long address = Pointers.writable(segment, offset, lengthBytes);
    long result;
    do {
      result = ReadWrite.read(fd.value(), address, lengthBytes);
    } while (result == -Errno.EINTR);
    return result;
  }

  /// As [#read], but an interrupted call answers `-EINTR`.
  public static long readOnce(Fd fd, MemorySegment segment, long offset, long lengthBytes) {
    return ReadWrite.read(fd.value(), Pointers.writable(segment, offset, lengthBytes), lengthBytes);
  }

  /// Writes up to `lengthBytes` from `segment` at `offset`.
  public static long write(Fd fd, MemorySegment segment, long offset, long lengthBytes) {
    long address = Pointers.readable(segment, offset, lengthBytes);
    long result;
    do {
      result = ReadWrite.write(fd.value(), address, lengthBytes);
    } while (result == -Errno.EINTR);
    return result;
  }

  /// Reads at `position` of the file.
  public static long pread(
      Fd fd, MemorySegment segment, long offset, long lengthBytes, long position) {
    long address = Pointers.writable(segment, offset, lengthBytes);
    long result;
    do {
      result = ReadWrite.pread(fd.value(), address, lengthBytes, position);
    } while (result == -Errno.EINTR);
    return result;
  }

  /// Writes at `position` of the file.
  public static long pwrite(
      Fd fd, MemorySegment segment, long offset, long lengthBytes, long position) {
    long address = Pointers.readable(segment, offset, lengthBytes);
    long result;
    do {
      result = ReadWrite.pwrite(fd.value(), address, lengthBytes, position);
    } while (result == -Errno.EINTR);
    return result;
  }

  /// Fills the entries of `vector` in order.
  public static long readv(Fd fd, IoVector vector) {
    if (!vector.isWritable()) {
      throw new IllegalArgumentException("a segment of the vector is read-only");
    }
    long result;
    do {
      result = ReadWrite.readv(fd.value(), vector.address(), vector.count());
    } while (result == -Errno.EINTR);
    return result;
  }

  /// Writes the entries of `vector` in order, as one message where the file knows messages.
  public static long writev(Fd fd, IoVector vector) {
    long result;
    do {
      result = ReadWrite.writev(fd.value(), vector.address(), vector.count());
    } while (result == -Errno.EINTR);
    return result;
  }
}
