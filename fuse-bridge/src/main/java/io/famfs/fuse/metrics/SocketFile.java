package io.famfs.fuse.metrics;

import io.famfs.os.Fd;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The file of a socket that listens, open to its owner only.
///
/// It is made in a directory that only its owner may enter, and moved to its place when its mode is
/// right, so that nobody else can ever connect. What was left at its place by a process that is
/// gone is replaced; anything else is not.
final class SocketFile implements AutoCloseable {
  private static final String OWNER_ONLY = "rw-------";
  private static final String OWNER_ENTERS = "rwx------";
  private static final int FILE_TYPE = 0170000;
  private static final int SOCKET = 0140000;

  /// What fits into an address beside its terminator (`unix(7)`).
  private static final int MAX_PATH_BYTES = 107;

  /// What is behind the name of the directory while the socket is made: two slashes, `.f` with a
  /// number of at most 20 digits, and `s`.
  private static final int HIDDEN_BYTES = 25;

  /// Making a socket takes others less than a millisecond.
  private static final long LOCK_LIMIT_NANOS = 2_000_000_000L;

  private static final long LOCK_RETRY_NANOS = 5_000_000;

  private final Path path;
  private final Object inode;

  private SocketFile(Path path) throws IOException {
    this.path = path;
    this.inode = inode(path);
  }

  private static Object inode(Path path) throws IOException {
    return Objects.requireNonNull(Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS));
  }

  /// Binds a channel to a path.
  ///
  /// @throws BindException when a process listens there
  /// @throws FileAlreadyExistsException when something that is no socket is there
  /// @throws IOException also when the path is too long for a socket
  static SocketFile bind(ServerSocketChannel channel, Path path) throws IOException {
    Path directory = Objects.requireNonNullElse(path.toAbsolutePath().getParent(), Path.of("/"));
    checkLength(path, directory);
    try (Fd lock = Fd.open(directory, Fd.O_RDONLY, 0)) {
      lock(lock, path);
      checkStale(path);
      Path hidden =
          Files.createTempDirectory(
              directory,
              ".f",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ENTERS)));
      Path made = hidden.resolve("s");
      try {
        channel.bind(UnixDomainSocketAddress.of(made));
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(OWNER_ONLY));
        Files.move(made, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return new SocketFile(path);
      } finally {
        Files.deleteIfExists(made);
        Files.delete(hidden);
      }
    }
  }

  private static void checkLength(Path path, Path directory) throws IOException {
    int own = bytes(path);
    int hidden = bytes(directory) + HIDDEN_BYTES;
    if (Math.max(own, hidden) > MAX_PATH_BYTES) {
      throw new IOException(
          path
              + ": "
              + own
              + " bytes are too long for a socket: at most "
              + MAX_PATH_BYTES
              + ", and "
              + (MAX_PATH_BYTES - HIDDEN_BYTES)
              + " for its directory; name a shorter path");
    }
  }

  private static int bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  /// Takes turns with others that make a socket in the directory.
  private static void lock(Fd directory, Path path) throws IOException {
    long start = System.nanoTime();
    while (!directory.lockExclusive()) {
      if (System.nanoTime() - start > LOCK_LIMIT_NANOS) {
        throw new BindException(path + ": another process holds a lock on its directory");
      }
      LockSupport.parkNanos(LOCK_RETRY_NANOS);
    }
  }

  private static void checkStale(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if ((mode & FILE_TYPE) != SOCKET) {
      throw new FileAlreadyExistsException(
          path.toString(), null, "something that is no socket is there: name another path");
    }
    if (answers(path)) {
      throw new BindException(path + ": another process listens there");
    }
  }

  /// Whether somebody listens at a socket.
  static boolean answers(Path path) throws IOException {
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return probe.connect(UnixDomainSocketAddress.of(path));
    } catch (ConnectException e) {
      return false;
    }
  }

  /// Removes the file, when it is still the one that was made here.
  @Override
  public void close() {
    try {
      @Nullable Object now = Files.exists(path, LinkOption.NOFOLLOW_LINKS) ? inode(path) : null;
      if (inode.equals(now)) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // Whoever listens here next finds a stale socket and replaces it.
    }
  }
}
