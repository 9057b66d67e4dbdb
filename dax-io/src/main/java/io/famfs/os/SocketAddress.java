package io.famfs.os;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.famfs.core.Errno;
import io.famfs.os.libc.CStrings;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

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
}
