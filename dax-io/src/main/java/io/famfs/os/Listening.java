package io.famfs.os;

import java.nio.file.Path;

/// How a server comes to listen at a path.
public sealed interface Listening {
  /// Open to the server's own user only.
  static Listening ownerOnly() {
    return new Bound(UnixListener.OWNER_ONLY, -1);
  }

  /// Makes the socket.
  ///
  /// @param mode of its file, whatever the umask
  /// @param gid group of its file; -1 for the group of the process
  record Bound(int mode, int gid) implements Listening {
    private static final int ALL = 0777;

    /// @throws IllegalArgumentException for a mode that is none
    public Bound {
      if ((mode & ~ALL) != 0) {
        throw new IllegalArgumentException(
            "mode " + Integer.toOctalString(mode) + " of a socket: 0 to 777, octal");
      }
    }

    @Override
    public UnixListener at(Path path, int backlog) throws ErrnoException {
      return UnixListener.listen(path, backlog, this);
    }
  }

  /// Takes a descriptor that this process was started with and that listens already. Its file
  /// belongs to whoever made it.
  ///
  /// @param fd number of the descriptor, which nobody else may use
  record Inherited(int fd) implements Listening {
    @Override
    public UnixListener at(Path path, int backlog) throws ErrnoException {
      return UnixListener.inherit(path, fd);
    }

    /// Where the socket listens.
    ///
    /// @throws ErrnoException when the descriptor is no Unix stream socket that listens at a path
    public Path path() throws ErrnoException {
      return UnixListener.pathOf(fd);
    }
  }

  /// Listens.
  ///
  /// @param backlog how many connections may wait to be accepted
  /// @throws ErrnoException as [UnixListener#listen], or when a descriptor is of another kind
  UnixListener at(Path path, int backlog) throws ErrnoException;
}
