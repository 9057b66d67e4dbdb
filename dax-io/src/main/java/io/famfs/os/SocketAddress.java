package io.famfs.os;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.famfs.core.Errno;
import io.famfs.os.libc.CStrings;
import io.famfs.os.libc.Sockets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// `struct sockaddr_un`: family (2 bytes) at 0, path of at most 107 bytes and a zero at 2.
final class SocketAddress {
  static final int AF_UNIX = 1;
  static final int BYTES = 110;
  private static final int PATH = 2;
  private static final int PATH_BYTES = 108;

  private SocketAddress() {}

  static MemorySegment of(Arena arena, Path path) throws ErrnoException {
    byte[] name = CStrings.bytes(path.toString());
    if (name.length == 0 || name.length >= PATH_BYTES) {
      throw new ErrnoException(
          "socket " + path,
          Errno.ENAMETOOLONG,
          "a socket's path has 1 to 107 bytes, this one has " + name.length);
    }
    MemorySegment address = arena.allocate(BYTES, Short.BYTES);
    address.set(JAVA_SHORT, 0, (short) AF_UNIX);
    MemorySegment.copy(name, 0, address, JAVA_BYTE, PATH, name.length);
    return address;
  }

  /// The path a socket is bound to; null when it is of another family or has none.
  static @Nullable Path pathOf(int fd) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(BYTES + 1L, Integer.BYTES);
      MemorySegment length = arena.allocateFrom(JAVA_INT, BYTES);
      int result = Sockets.name(fd, address.address(), length.address());
      ErrnoException.check(result, "name of descriptor", fd);
      boolean named =
          address.get(JAVA_SHORT, 0) == AF_UNIX
              && length.get(JAVA_INT, 0) > PATH
              && address.get(JAVA_BYTE, PATH) == '/';
      return named ? Path.of(address.getString(PATH)) : null;
    }
  }
}
