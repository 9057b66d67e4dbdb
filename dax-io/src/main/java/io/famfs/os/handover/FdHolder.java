package io.famfs.os.handover;

import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.Poller;
import io.famfs.os.ReceivedFds;
import io.famfs.os.UnixSocket;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Keeps the descriptors of a child process for its next one, as systemd's file descriptor store
/// does. One thread calls [#receive], and the others when it does not.
public final class FdHolder implements AutoCloseable {
  /// Most descriptors that are kept: 64 guests with 65 queues each.
  static final int MAX_FDS = 16_384;

  private static final System.Logger LOG = System.getLogger(FdHolder.class.getName());
  private static final int MAX_MESSAGE_BYTES = 4096;

  private final Path directory;
  private final Path path;
  private final UnixSocket socket;
  private final Poller poller = new Poller(1);
  private final MemorySegment message = Arena.ofAuto().allocate(MAX_MESSAGE_BYTES);
  private final ReceivedFds fds = new ReceivedFds(1);
  private final Map<String, Fd> kept = new LinkedHashMap<>();
  private boolean ready;
  private boolean finished;

  private FdHolder(Path directory, Path path, UnixSocket socket) {
    this.directory = directory;
    this.path = path;
    this.socket = socket;
    poller.add(socket.fd(), Poller.POLLIN);
  }

  /// One with a socket in a directory of its own, which only this user may enter.
  public static FdHolder open() throws IOException {
    Path directory = Files.createTempDirectory("famfs-holder");
    Path path = directory.resolve("notify");
    try {
      return new FdHolder(directory, path, UnixSocket.bindDatagram(path));
    } catch (ErrnoException e) {
      Files.delete(directory);
      throw e;
    }
  }

  /// Takes all messages that are there, waiting for the first one within a limit.
  ///
  /// @param limitMillis 0 does not wait, -1 waits for ever
  public void receive(int limitMillis) {
    int wait = limitMillis;
    while (poller.await(wait) > 0) {
      int length = socket.receive(message, 0, MAX_MESSAGE_BYTES, fds);
      if (length < 0) {
        return;
      }
      byte[] bytes = message.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
      handle(new String(bytes, StandardCharsets.UTF_8));
      fds.closeRest();
      wait = 0;
    }
  }

  private void handle(String text) {
    Map<String, String> fields = new HashMap<>();
    text.lines()
        .map(line -> line.split("=", 2))
        .filter(parts -> parts.length == 2)
        .forEach(parts -> fields.put(parts[0], parts[1]));
    String name = fields.getOrDefault("FDNAME", "");
    boolean legal = name.matches("[A-Za-z0-9.-]{1,200}");
    if (fields.containsKey("READY")) {
      ready = true;
    }
    finished |= fields.containsKey(FdStore.FINISHED);
    if (legal && fields.containsKey("FDSTORE") && fds.count() == 1) {
      store(name, fds.take(0));
    } else if (legal && fields.containsKey("FDSTOREREMOVE")) {
      Fd old = kept.remove(name);
      if (old != null) {
        old.close();
      }
    }
  }

  private void store(String name, Fd fd) {
    if (kept.size() >= MAX_FDS && !kept.containsKey(name)) {
      LOG.log(System.Logger.Level.WARNING, "{0} is not kept: there are too many", name);
      fd.close();
      return;
    }
    Fd old = kept.put(name, fd);
    if (old != null) {
      old.close();
    }
  }

  /// Makes a thread that waits in [#receive] return. From any thread.
  void wake() {
    try (UnixSocket own = UnixSocket.connectDatagram(path)) {
      int _ = own.send(Arena.ofAuto().allocate(1), 0, 1);
    } catch (ErrnoException e) {
      LOG.log(System.Logger.Level.DEBUG, "nobody waits: {0}", e.getMessage());
    }
  }

  /// Whether a child has said that it serves.
  boolean isReady() {
    return ready;
  }

  /// Whether a child has said that it serves, since this was asked last.
  public boolean wasReady() {
    boolean was = ready;
    ready = false;
    return was;
  }

  /// Whether a child has said that there is nothing left to do.
  boolean isFinished() {
    return finished;
  }

  /// Number of descriptors.
  public int count() {
    return kept.size();
  }

  /// The descriptors, in the order of [#environment]'s names; they stay the holder's.
  public List<Fd> fds() {
    return new ArrayList<>(kept.values());
  }

  /// What a child finds its store by, but for `LISTEN_PID`, which is its own.
  public Map<String, String> environment() {
    Map<String, String> variables = new HashMap<>();
    variables.put("NOTIFY_SOCKET", path.toString());
    variables.put("FDSTORE", Integer.toString(MAX_FDS));
    if (!kept.isEmpty()) {
      variables.put("LISTEN_FDS", Integer.toString(kept.size()));
      variables.put("LISTEN_FDNAMES", String.join(":", kept.keySet()));
    }
    return variables;
  }

  /// Keeps nothing any more: a child that ends now ends for good.
  @Override
  public void close() {
    socket.close();
    fds.close();
    kept.values().forEach(Fd::close);
    kept.clear();
    try {
      Files.deleteIfExists(path);
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "cannot remove {0}: {1}", directory, e.getMessage());
    }
  }
}
