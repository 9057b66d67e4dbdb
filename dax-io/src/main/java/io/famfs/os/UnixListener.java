package io.famfs.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.famfs.core.Errno;
import io.famfs.os.libc.Descriptors;
import io.famfs.os.libc.Sockets;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A Unix stream socket that waits for connections at a path, open to its own user only.
///
/// While one is being set up, its directory is locked with `flock(2)`, so that of two servers that
/// start at the same moment one gets the path and the other one is told.
public final class UnixListener implements AutoCloseable {
  private static final int O_NOFOLLOW = 0x20000;
  private static final int SOCK_NONBLOCK = 0x800;
  private static final int SOCK_CLOEXEC = 0x80000;
  static final int OWNER_ONLY = 0600;
  private static final int SO_ACCEPTCONN = 30;
  private static final int FILE_TYPE_BITS = 0170000;
  private static final int SOCKET_TYPE = 0140000;
  private static final int LOCK_TRIES = 200;
  private static final long LOCK_PAUSE_NS = 10_000_000;

  private final Path path;
  private final Fd fd;
  private final @Nullable FileKey file;
  private final AtomicBoolean closed = new AtomicBoolean();

  private UnixListener(Path path, Fd fd, @Nullable FileKey file) {
    this.path = path;
    this.fd = fd;
    this.file = file;
  }

  /// Listens at `path`. A socket left behind by a process that is gone is replaced; nothing else
  /// is.
  ///
  /// @param backlog how many connections may wait to be accepted
  /// @throws ErrnoException `EADDRINUSE` when somebody listens there, `EEXIST` when something other
  ///   than a socket is there
  public static UnixListener listen(Path path, int backlog) throws ErrnoException {
    return listen(path, backlog, new Listening.Bound(OWNER_ONLY, -1));
  }

  static UnixListener listen(Path path, int backlog, Listening.Bound access) throws ErrnoException {
    try (Arena arena = Arena.ofConfined();
        Fd directory = directoryOf(path)) {
      MemorySegment address = SocketAddress.of(arena, path);
      lock(directory, path);
      removeStale(path, address);
      return bind(path, address, backlog, access);
    }
  }

  /// Takes over a descriptor that listens already; its file is left alone.
  static UnixListener inherit(Path path, int fd) throws ErrnoException {
    Path bound = pathOf(fd);
    if (!bound.equals(path)) {
      throw new ErrnoException(
          "listen at " + path, Errno.EINVAL, "descriptor " + fd + " listens at " + bound);
    }
    Fd own = Fd.inherit(fd);
    own.nonBlocking(false);
    return new UnixListener(path, own, null);
  }

  /// Where a descriptor listens.
  static Path pathOf(int fd) throws ErrnoException {
    String what = "use descriptor " + fd;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(2L * Integer.BYTES, Integer.BYTES);
      value.set(JAVA_INT, Integer.BYTES, Integer.BYTES);
      int result =
          Sockets.option(
              fd,
              MessageLayout.SOL_SOCKET,
              SO_ACCEPTCONN,
              value.address(),
              value.address() + Integer.BYTES);
      ErrnoException.check(result, what);
      Path path = SocketAddress.pathOf(fd);
      if (value.get(JAVA_INT, 0) == 0 || path == null) {
        throw new ErrnoException(what, Errno.EINVAL, "it is no Unix socket that listens at a path");
      }
      return path;
    }
  }

  /// Goes on listening where another process did.
  ///
  /// @param fd that process's, taken over
  public static UnixListener adopt(Path path, Fd fd) throws ErrnoException {
    try {
      return new UnixListener(path, fd, FileKey.of(path));
    } catch (IOException e) {
      fd.close();
      throw new ErrnoException("listen at " + path, Errno.EIO, String.valueOf(e.getMessage()));
    }
  }

  /// Takes the next connection; waits for one while the descriptor is blocking, which it is.
  public UnixSocket accept() throws ErrnoException {
    int result;
    do {
      result = Sockets.accept(fd.value(), 0, 0, SOCK_CLOEXEC);
    } while (result == -Errno.EINTR);
    return UnixSocket.adopt(Fd.adopt(ErrnoException.check(result, "accept at", path)));
  }

  /// The descriptor, readable when a connection waits.
  public Fd fd() {
    return fd;
  }

  /// Where it listens.
  public Path path() {
    return path;
  }

  /// Stops listening and removes the socket's file, if it is still the one made here.
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      if (file != null && file.equals(FileKey.of(path))) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // Whoever listens here next finds a stale socket and replaces it.
    } finally {
      fd.close();
    }
  }

  /// Which file a path leads to, and its mode.
  private record FileKey(long device, long inode, int mode) {
    static @Nullable FileKey of(Path path) throws IOException {
      Map<String, Object> attributes;
      try {
        attributes = Files.readAttributes(path, "unix:dev,ino,mode", LinkOption.NOFOLLOW_LINKS);
      } catch (NoSuchFileException e) {
        return null;
      }
      return new FileKey(
          number(attributes, "dev"), number(attributes, "ino"), (int) number(attributes, "mode"));
    }

    private static long number(Map<String, Object> attributes, String name) {
      return ((Number) Objects.requireNonNull(attributes.get(name))).longValue();
    }

    boolean isSocket() {
      return (mode & FILE_TYPE_BITS) == SOCKET_TYPE;
    }
  }

  private static Fd directoryOf(Path path) throws ErrnoException {
    Path parent = path.toAbsolutePath().getParent();
    return Fd.open(parent == null ? Path.of("/") : parent, Fd.O_RDONLY, 0);
  }

  private static void lock(Fd directory, Path path) throws ErrnoException {
    for (int i = 0; i < LOCK_TRIES; i++) {
      if (directory.lockExclusive()) {
        return;
      }
      LockSupport.parkNanos(LOCK_PAUSE_NS);
    }
    throw new ErrnoException("listen at " + path, Errno.EBUSY, "its directory is locked");
  }

  private static void removeStale(Path path, MemorySegment address) throws ErrnoException {
    String what = "listen at " + path;
    try {
      FileKey file = FileKey.of(path);
      if (file == null) {
        return;
      }
      if (!file.isSocket()) {
        throw new ErrnoException(what, Errno.EEXIST, "something that is no socket is there");
      }
      int answer = tryConnect(address);
      // A full backlog of a live listener shows as EAGAIN.
      if (answer >= 0 || answer == -Errno.EAGAIN) {
        throw new ErrnoException(
            what, ErrnoException.EADDRINUSE, "already served by another process");
      }
      if (answer != -ErrnoException.ECONNREFUSED) {
        ErrnoException.check(answer, what);
      }
      Files.deleteIfExists(path);
    } catch (ErrnoException e) {
      throw e;
    } catch (IOException e) {
      throw new ErrnoException(what, Errno.EACCES, "cannot replace the old socket: " + e);
    }
  }

  private static int tryConnect(MemorySegment address) throws ErrnoException {
    // Non-blocking: a listener that does not accept must not hold us up.
    try (Fd probe = UnixSocket.open(SOCK_NONBLOCK)) {
      return Sockets.connect(probe.value(), address.address(), SocketAddress.BYTES);
    }
  }

  /// Sets group and mode of the file that was just made, before anybody can connect.
  private static void give(Path path, @Nullable FileKey file, Listening.Bound access)
      throws IOException {
    if (access.mode() == OWNER_ONLY && access.gid() == -1) {
      return;
    }
    // By a descriptor, so that it is this file and no other that somebody has put there.
    try (Fd named = Fd.open(path, Fd.O_PATH | O_NOFOLLOW, 0)) {
      Path same = Path.of("/proc/self/fd/" + named.value());
      Map<String, Object> attributes = Files.readAttributes(same, "unix:dev,ino");
      if (file == null
          || file.device() != FileKey.number(attributes, "dev")
          || file.inode() != FileKey.number(attributes, "ino")) {
        throw new IOException("the socket at " + path + " has been replaced");
      }
      if (access.gid() != -1) {
        Files.setAttribute(same, "unix:gid", access.gid());
      }
      Files.setAttribute(same, "unix:mode", access.mode());
    }
  }

  private static UnixListener bind(
      Path path, MemorySegment address, int backlog, Listening.Bound access) throws ErrnoException {
    String what = "listen at " + path;
    Fd fd = UnixSocket.open(0);
    try {
      // Before bind, so that the file never has a wider mode: Linux derives it from the socket's.
      ErrnoException.check(Descriptors.changeMode(fd.value(), OWNER_ONLY), what);
      ErrnoException.check(Sockets.bind(fd.value(), address.address(), SocketAddress.BYTES), what);
      FileKey file = FileKey.of(path);
      give(path, file, access);
      ErrnoException.check(Sockets.listen(fd.value(), backlog), what);
      return new UnixListener(path, fd, file);
    } catch (ErrnoException e) {
      fd.close();
      throw e;
    } catch (IOException e) {
      fd.close();
      throw new ErrnoException(what, Errno.EIO, String.valueOf(e.getMessage()));
    }
  }
}
