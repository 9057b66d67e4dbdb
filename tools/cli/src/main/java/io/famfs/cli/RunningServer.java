package io.famfs.cli;

import io.famfs.os.Fd;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A server of this user, as its socket in the runtime directory names it.
///
/// @param kind `serve` or `mount`
/// @param pid its process
/// @param socket where it can be asked
record RunningServer(String kind, long pid, Path socket) {
  private static final Pattern NAME = Pattern.compile("(serve|mount)-([1-9]\\d{0,9})\\.sock");
  private static final int FILE_TYPE = 0170000;
  private static final int SOCKET = 0140000;

  /// The name of the socket of a server.
  static String socketName(String kind, long pid) {
    return kind + "-" + pid + ".sock";
  }

  /// The servers with a socket in a directory, by process; it may have been left behind by one that
  /// was killed.
  static List<RunningServer> in(Path directory) throws IOException {
    List<RunningServer> found = new ArrayList<>();
    try (var entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        RunningServer server = of(entry);
        if (server != null) {
          found.add(server);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    }
    found.sort(Comparator.comparingLong(RunningServer::pid).thenComparing(RunningServer::kind));
    return found;
  }

  private static @Nullable RunningServer of(Path entry) throws IOException {
    Matcher name = NAME.matcher(entry.getFileName().toString());
    if (!name.matches()) {
      return null;
    }
    try {
      int mode = (Integer) Files.getAttribute(entry, "unix:mode", LinkOption.NOFOLLOW_LINKS);
      return (mode & FILE_TYPE) == SOCKET
          ? new RunningServer(name.group(1), Long.parseLong(name.group(2)), entry)
          : null;
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /// Whether nobody listens at the socket. A server listens before its socket is at its place, so
  /// that this one's process has ended.
  boolean isDead() {
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.configureBlocking(false);
      boolean _ = probe.connect(UnixDomainSocketAddress.of(socket));
      return false;
    } catch (ConnectException e) {
      return true;
    } catch (IOException e) {
      // Gone meanwhile, or not to be asked: nothing is known of its process.
      return false;
    }
  }

  /// Removes the sockets of dead servers. Whoever makes a socket in the directory holds its lock
  /// meanwhile, and so does this: what it removes is what it has looked at.
  static void removeDead(Path directory) throws IOException {
    try (Fd lock = Fd.open(directory, Fd.O_RDONLY, 0)) {
      if (!lock.lockExclusive()) {
        return;
      }
      for (RunningServer server : in(directory)) {
        if (server.isDead()) {
          Files.deleteIfExists(server.socket());
        }
      }
    }
  }
}
