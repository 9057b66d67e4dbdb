package io.famfs.os;

import io.famfs.core.Errno;
import io.famfs.os.libc.Descriptors;
import io.famfs.os.libc.Pointers;
import java.lang.foreign.MemorySegment;

/// `ioctl(2)`: 0 or more, or the negated error number.
public final class Ioctl {
  private Ioctl() {}

  /// With a number as argument.
  public static int call(Fd fd, long request, long argument) {
    int result;
    do {
      result = Descriptors.ioctl(fd.value(), request, argument);
    } while (result == -Errno.EINTR);
    return result;
  }

  /// With a structure as argument, which the request may also write; the caller knows its size.
  public static int call(Fd fd, long request, MemorySegment argument) {
    return call(fd, request, Pointers.writable(argument, 0, argument.byteSize()));
  }
}
