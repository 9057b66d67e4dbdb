package io.famfs.virtiofs;

import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.ReplyPipe;
import io.famfs.os.UnixSocket;
import io.famfs.os.handover.FdStore;
import io.famfs.os.handover.StateMemory;
import io.famfs.os.handover.StateRecord;
import io.famfs.vhostuser.ConnectionKeeper;
import io.famfs.virtio.Virtqueue;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What one connection leaves to the process after this one: its descriptors under names with a
/// prefix of their own, and memory.
///
/// | name | what |
/// |---|---|
/// | `state` | the memory: what the front-end said, what INIT agreed on, the window, a table per ring |
/// | `out`, `in` | the pipe of replies |
/// | `fd.N` | memory, notifiers, the back-end channel, as the memory says |
/// | `socket` | the connection; left last and dropped first: without it nothing else counts |
final class ConnectionMemory implements ConnectionKeeper, AutoCloseable {
  private static final int VERSION = 2;
  private static final int IMAGE_BYTES = 64 * 1024;
  private static final int SESSION_BYTES = 4096;
  private static final String SOCKET = "socket";
  private static final String STATE = "state";
  private static final String PIPE_OUT = "out";
  private static final String PIPE_IN = "in";

  private final FdStore store;
  private final String prefix;
  private final StateMemory memory;
  private final ReplyPipe pipe;
  private final StateRecord image;
  private final StateRecord session;
  private final MemorySegment notes;
  private final MemorySegment window;
  private final List<MemorySegment> rings = new ArrayList<>();
  private final Set<String> roles = new HashSet<>();
  private byte[] saved = {};

  private ConnectionMemory(
      FdStore store,
      String prefix,
      VirtioFsServer.Options options,
      StateMemory memory,
      ReplyPipe pipe) {
    this.store = store;
    this.prefix = prefix;
    this.memory = memory;
    this.pipe = pipe;
    image = new StateRecord(memory.take(IMAGE_BYTES));
    session = new StateRecord(memory.take(SESSION_BYTES));
    notes = memory.take(Long.BYTES);
    window = memory.take(WindowTable.bytes(options.windowBytes()));
    for (int i = 0; i < options.queues(); i++) {
      rings.add(memory.take(Virtqueue.inflightBytes(VirtioFsBackEnd.MAX_QUEUE_SIZE)));
    }
  }

  private static long layout(VirtioFsServer.Options options) {
    return VERSION | (long) options.queues() << 8 | options.windowBytes() << 16;
  }

  private static long bytes(VirtioFsServer.Options options) {
    long ring = StateMemory.roundedUp(Virtqueue.inflightBytes(VirtioFsBackEnd.MAX_QUEUE_SIZE));
    return IMAGE_BYTES
        + SESSION_BYTES
        + StateMemory.roundedUp(Long.BYTES)
        + StateMemory.roundedUp(WindowTable.bytes(options.windowBytes()))
        + options.queues() * ring;
  }

  /// For a connection that begins.
  static ConnectionMemory create(
      FdStore store, String prefix, VirtioFsServer.Options options, UnixSocket socket)
      throws ErrnoException {
    StateMemory memory = StateMemory.create("famfs-connection", layout(options), bytes(options));
    ReplyPipe pipe;
    try {
      pipe = ReplyPipe.create();
    } catch (ErrnoException e) {
      memory.close();
      throw e;
    }
    ConnectionMemory made = new ConnectionMemory(store, prefix, options, memory, pipe);
    made.keep(STATE, memory.fd());
    made.keep(PIPE_OUT, pipe.readEnd());
    made.keep(PIPE_IN, pipe.writeEnd());
    made.keep(SOCKET, socket.fd());
    return made;
  }

  /// For a connection that another process has left.
  ///
  /// @param left its descriptors by role; those of the memory itself and the pipe are taken out,
  ///   and taken over
  /// @throws ErrnoException when something is missing, or of another kind of server
  static ConnectionMemory adopt(
      FdStore store, String prefix, VirtioFsServer.Options options, Map<String, Fd> left)
      throws ErrnoException {
    Fd state = left.remove(STATE);
    Fd out = left.remove(PIPE_OUT);
    Fd in = left.remove(PIPE_IN);
    if (state == null || out == null || in == null) {
      throw new ErrnoException("take over " + prefix, 9, "its state has not been kept");
    }
    StateMemory memory = StateMemory.adopt(state, layout(options), bytes(options));
    ConnectionMemory found =
        new ConnectionMemory(store, prefix, options, memory, ReplyPipe.adopt(out, in));
    found.roles.addAll(Set.of(STATE, PIPE_OUT, PIPE_IN, SOCKET));
    found.roles.addAll(left.keySet());
    return found;
  }

  /// Takes the socket out of what another process has left of a connection.
  static UnixSocket socket(Map<String, Fd> left) throws ErrnoException {
    Fd socket = left.remove(SOCKET);
    if (socket == null) {
      throw new ErrnoException("take over a connection", 9, "its socket has not been kept");
    }
    return UnixSocket.adopt(socket);
  }

  /// Sorts what another process has left by the numbers of its connections.
  static Map<Integer, Map<String, Fd>> byConnection(Map<String, Fd> left) {
    Map<Integer, Map<String, Fd>> sorted = new HashMap<>();
    left.forEach((name, fd) -> {
      int dot = name.indexOf('.');
      int number = Integer.parseInt(name.substring(0, dot));
      sorted.computeIfAbsent(number, _ -> new HashMap<>()).put(name.substring(dot + 1), fd);
    });
    return sorted;
  }

  @Override
  public void keep(String role, Fd fd) {
    roles.add(role);
    store.keep(prefix + role, fd);
  }

  @Override
  public void drop(String role) {
    roles.remove(role);
    store.drop(prefix + role);
  }

  @Override
  public void save(byte[] next) {
    if (!Arrays.equals(saved, next)) {
      image.write(next);
      saved = next;
    }
  }

  @Override
  public ReplyPipe replies() {
    return pipe;
  }

  @Override
  public MemorySegment channelNotes() {
    return notes;
  }

  /// What the front-end said.
  StateRecord image() {
    return image;
  }

  /// What INIT agreed on.
  StateRecord session() {
    return session;
  }

  /// Where the window's maps are noted.
  MemorySegment window() {
    return window;
  }

  /// Which chains of a ring have been taken.
  MemorySegment ring(int index) {
    return rings.get(index);
  }

  /// The connection has ended: nobody goes on with it.
  void forget() {
    drop(SOCKET);
    Set.copyOf(roles).forEach(this::drop);
  }

  /// Lets go of the memory; no ring runs.
  @Override
  public void close() {
    pipe.close();
    memory.close();
  }
}
