package io.famfs.os.handover;

import io.famfs.os.ChildProcess;
import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.UnixSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Descriptors left with whoever started this process, for the process that is started after it:
/// systemd's file descriptor store, or [FdHolder], which speaks the same (`sd_notify(3)`,
/// `sd_listen_fds_with_names(3)`).
///
/// A descriptor is safe as soon as [#keep] returns, for it is in the holder's socket then. Names
/// are of letters, digits, `.` and `-`. Each open file may have one name: systemd drops a second
/// one.
///
/// Safe for any number of threads.
public final class FdStore implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(FdStore.class.getName());
  private static final int MAX_MESSAGE_BYTES = 512;

  /// Of no meaning to systemd, which goes by its unit's `Restart=`.
  static final String FINISHED = "X_FAMFS_FINISHED";

  private final UnixSocket holder;
  private final Map<String, Fd> inherited;
  private final MemorySegment message = Arena.ofAuto().allocate(MAX_MESSAGE_BYTES);
  private boolean lost;

  /// @param inherited what the process before has left, by name; taken over
  FdStore(UnixSocket holder, Map<String, Fd> inherited) {
    this.holder = holder;
    this.inherited = new HashMap<>(inherited);
  }

  /// The store this process was started with; null when nobody keeps descriptors.
  ///
  /// @throws ErrnoException when there is one that cannot be used
  public static @Nullable FdStore ofEnvironment() throws ErrnoException {
    Map<String, String> environment = System.getenv();
    String socket = environment.getOrDefault("NOTIFY_SOCKET", "");
    String most = environment.getOrDefault("FDSTORE", "0");
    if (socket.isEmpty() || most.equals("0")) {
      return null;
    }
    if (!socket.startsWith("/")) {
      LOG.log(System.Logger.Level.WARNING, "no path, not used: NOTIFY_SOCKET={0}", socket);
      return null;
    }
    return new FdStore(UnixSocket.connectDatagram(Path.of(socket)), inherited(environment));
  }

  private static Map<String, Fd> inherited(Map<String, String> environment) throws ErrnoException {
    Map<String, Fd> found = new HashMap<>();
    String own = Long.toString(ProcessHandle.current().pid());
    String names = environment.getOrDefault("LISTEN_FDNAMES", "");
    if (own.equals(environment.get("LISTEN_PID")) && !names.isEmpty()) {
      int number = ChildProcess.FIRST_FD;
      for (String name : names.split(":", -1)) {
        found.put(name, Fd.inherit(number++));
      }
    }
    return found;
  }

  /// Takes what the process before has left, of which the names begin with a prefix.
  ///
  /// @return by the rest of the name; the caller owns it
  public synchronized Map<String, Fd> take(String prefix) {
    Map<String, Fd> taken = new HashMap<>();
    inherited
        .entrySet()
        .removeIf(entry -> {
          boolean match = entry.getKey().startsWith(prefix);
          if (match) {
            taken.put(entry.getKey().substring(prefix.length()), entry.getValue());
          }
          return match;
        });
    return taken;
  }

  /// Leaves a descriptor with the holder; this process goes on using its own.
  public void keep(String name, Fd fd) {
    // Without FDPOLL=0 systemd drops an eventfd or a socket at the first error it sees there.
    send("FDSTORE=1\nFDPOLL=0\nFDNAME=" + name, fd);
  }

  /// Lets the holder close a descriptor.
  public void drop(String name) {
    send("FDSTOREREMOVE=1\nFDNAME=" + name);
  }

  /// Says that this process serves.
  public void ready() {
    send("READY=1");
  }

  /// Says that this process ends because its work has: no other is to come after it.
  public void finished() {
    send(FINISHED + "=1");
  }

  /// Whether somebody still keeps what was left with him.
  public boolean isKept() {
    send("STATUS=serving");
    return !lost;
  }

  private synchronized void send(String text, Fd... fds) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    MemorySegment.copy(bytes, 0, message, ValueLayout.JAVA_BYTE, 0, bytes.length);
    int result = holder.send(message, 0, bytes.length, fds);
    if (result < 0 && !lost) {
      lost = true;
      LOG.log(
          System.Logger.Level.WARNING,
          "nobody keeps descriptors any more ({0}): clients do not survive this server",
          -result);
    }
  }

  @Override
  public void close() {
    holder.close();
    inherited.values().forEach(Fd::close);
  }
}
