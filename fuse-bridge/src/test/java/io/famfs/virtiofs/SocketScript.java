package io.famfs.virtiofs;

import io.famfs.fuse.server.EchoSession;
import io.famfs.os.ErrnoException;
import io.famfs.os.EventFd;
import io.famfs.os.Fd;
import io.famfs.os.Io;
import io.famfs.os.Memfd;
import io.famfs.os.Poller;
import io.famfs.os.UnixSocket;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A front-end that does what bytes say: messages with whatever payload and descriptors, parts of
/// the right handshake, requests on the rings, and changes of the memory it has shared.
///
/// A step is one byte of what to do, then what it takes. Bytes that are missing are zeros.
final class SocketScript implements AutoCloseable {
  /// The kinds of steps.
  static final int MESSAGE = 0;

  static final int HANDSHAKE = 1;
  static final int RAW = 2;
  static final int REQUEST = 3;
  static final int RING_BYTES = 4;
  static final int SHRINK = 5;
  static final int GROW = 6;
  static final int KICK = 7;
  private static final int STEPS = 8;

  private static final int MAX_STEPS = 64;
  private static final int MAX_FDS = 12;
  private static final int MAX_BYTES = 4200;
  private static final int END_LIMIT_MILLIS = 20_000;
  private static final int RING = 64;
  private static final long MEMORY_BYTES = 1 << 20;
  private static final long USER = 0x7f00_0000_0000L;
  private static final long REQUEST_AT = 0x10000;
  private static final long REPLY_AT = 0x20000;

  /// The order in which a front-end says everything, for [#HANDSHAKE].
  private static final int[] RIGHT = {1, 15, 16, 17, 3, 2, 5, 8, 10, 9, 13, 14, 12, 18, 11};

  private final ByteBuffer script;
  private final UnixSocket socket;
  private final Fd memory = Memfd.create("hostile", MEMORY_BYTES);
  private final EventFd kick = EventFd.create();
  private final EventFd call = EventFd.create();
  private final List<UnixSocket> channels = new ArrayList<>();
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment out = arena.allocate(2L * MAX_BYTES, Long.BYTES);
  private final MemorySegment in = arena.allocate(65536);
  private int handshake;
  private int availIndex;

  SocketScript(UnixSocket socket, byte[] bytes) throws ErrnoException {
    this.socket = socket;
    script = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// A script that says everything in the right order, with a request at the end.
  static byte[] wellBehaved(int features) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < RIGHT.length - 1; i++) {
      bytes.write(HANDSHAKE);
      bytes.write(features);
    }
    bytes.write(REQUEST);
    bytes.write(0);
    bytes.write(8);
    return bytes.toByteArray();
  }

  /// A script of one message after a handshake of some length.
  static byte[] message(int handshakes, int id, int flags, int fds, byte[] payload) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < handshakes; i++) {
      bytes.write(HANDSHAKE);
      bytes.write(0);
    }
    bytes.write(MESSAGE);
    bytes.write(id);
    bytes.write(flags);
    bytes.write(fds);
    bytes.write(0);
    bytes.write(payload.length);
    bytes.write(payload.length >> 8);
    bytes.writeBytes(payload);
    return bytes.toByteArray();
  }

  private int next() {
    return script.hasRemaining() ? script.get() & 0xff : 0;
  }

  /// Plays it; what the other side has answered is thrown away.
  void play() throws ErrnoException {
    for (int i = 0; i < MAX_STEPS && script.hasRemaining(); i++) {
      boolean open =
          switch (next() % STEPS) {
            case MESSAGE -> message();
            case HANDSHAKE -> handshake(next());
            case RAW -> raw(next());
            case REQUEST -> request(next());
            case RING_BYTES -> ringBytes();
            case SHRINK -> resize((long) next() << 12);
            case GROW -> resize(MEMORY_BYTES);
            default -> noticed();
          };
      if (!open) {
        break;
      }
    }
    socket.shutdownOutput();
    drain();
  }

  private boolean message() throws ErrnoException {
    int id = next();
    int flags = next();
    int fds = next() % (MAX_FDS + 1);
    int kinds = next();
    int length = (next() | (next() << 8)) % MAX_BYTES;
    out.fill((byte) 0);
    out.set(ValueLayout.JAVA_INT, 0, id);
    out.set(ValueLayout.JAVA_INT, 4, 1 ^ flags);
    out.set(ValueLayout.JAVA_INT, 8, length);
    for (int i = 0; i < length; i++) {
      out.set(ValueLayout.JAVA_BYTE, 12L + i, (byte) next());
    }
    return send(12 + length, fds, kinds);
  }

  private boolean send(int bytes, int count, int kinds) throws ErrnoException {
    List<Fd> made = new ArrayList<>();
    try {
      Fd[] fds = new Fd[count];
      for (int i = 0; i < count; i++) {
        fds[i] = descriptor(((kinds >> i) ^ (kinds >> 6)) & 3, made);
      }
      return socket.send(out, 0, bytes, fds) == bytes;
    } finally {
      made.forEach(Fd::close);
    }
  }

  private Fd descriptor(int kind, List<Fd> made) throws ErrnoException {
    return switch (kind) {
      case 0 -> memory;
      case 1 -> kick.fd();
      case 2 -> {
        UnixSocket[] pair = UnixSocket.pair();
        channels.add(pair[0]);
        made.add(pair[1].fd());
        yield pair[1].fd();
      }
      default -> {
        Fd directory = Fd.open(Path.of("/proc/self"), Fd.O_RDONLY, 0);
        made.add(directory);
        yield directory;
      }
    };
  }

  /// The next message of the right order, with one bit of its payload wrong when `twist` says so.
  private boolean handshake(int twist) throws ErrnoException {
    int id = RIGHT[handshake++ % RIGHT.length];
    out.fill((byte) 0);
    out.set(ValueLayout.JAVA_INT, 0, id);
    out.set(ValueLayout.JAVA_INT, 4, 1 | ((twist & 2) != 0 ? 8 : 0));
    byte[] body = body(id, twist);
    out.set(ValueLayout.JAVA_INT, 8, body.length);
    MemorySegment.copy(body, 0, out, ValueLayout.JAVA_BYTE, 12, body.length);
    if ((twist & 4) != 0 && body.length > 0) {
      long at = 12L + next() % body.length;
      out.set(ValueLayout.JAVA_BYTE, at, (byte) (out.get(ValueLayout.JAVA_BYTE, at) ^ next()));
    }
    int bytes = 12 + body.length;
    Fd[] fds =
        switch (id) {
          case 5 -> new Fd[] {memory};
          case 12 -> new Fd[] {kick.fd()};
          case 13, 14 -> new Fd[] {call.fd()};
          default -> new Fd[0];
        };
    return socket.send(out, 0, bytes, fds) == bytes;
  }

  private static byte[] body(int id, int twist) {
    ByteBuffer body = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer filled = filled(body, id, twist).flip();
    byte[] bytes = new byte[filled.remaining()];
    filled.get(bytes);
    return bytes;
  }

  private static ByteBuffer filled(ByteBuffer body, int id, int twist) {
    return switch (id) {
      case 2 -> body.putLong(1L << 32 | 1L << 30 | ((twist & 1) != 0 ? 3L << 28 : 0));
      case 16 -> body.putLong(9);
      case 5 -> body.putLong(1).putLong(0).putLong(MEMORY_BYTES).putLong(USER).putLong(0);
      case 8 -> body.putInt(1).putInt(RING);
      case 10, 11 -> body.putInt(1).putInt(0);
      case 9 ->
          body.putInt(1)
              .putInt(0)
              .putLong(USER + 0x1000)
              .putLong(USER + 0x3000)
              .putLong(USER + 0x2000)
              .putLong(0);
      case 12, 13, 14 -> body.putLong(1);
      case 18 -> body.putInt(1).putInt(1);
      default -> body;
    };
  }

  /// Bytes as they are, of which a message may be missing its end.
  private boolean raw(int length) {
    for (int i = 0; i < length; i++) {
      out.set(ValueLayout.JAVA_BYTE, i, (byte) next());
    }
    return length == 0 || socket.send(out, 0, length) == length;
  }

  /// A request of two descriptors on the ring of the handshake, the first of them anything.
  private boolean request(int flags) {
    int length = next();
    ByteBuffer request = ByteBuffer.allocate(40 + length).order(ByteOrder.LITTLE_ENDIAN);
    request.putInt(40 + length).putInt(flags % 8 == 7 ? flags : EchoSession.ECHO + flags % 4);
    put(request.array(), REQUEST_AT);
    ByteBuffer table = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    table.putLong(REQUEST_AT).putInt(40 + length).putShort((short) 1).putShort((short) 1);
    table.putLong(REPLY_AT).putInt(4096).putShort((short) 2).putShort((short) 0);
    put(table.array(), 0x1000);
    return available(0);
  }

  private boolean available(int head) {
    ByteBuffer entry = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN);
    put(entry.putShort((short) head).array(), 0x2004 + 2L * (availIndex % RING));
    availIndex++;
    entry.clear();
    put(entry.putShort((short) availIndex).array(), 0x2002);
    return noticed();
  }

  /// Any bytes anywhere in the first pages, where the ring is.
  private boolean ringBytes() {
    long at = 0x1000L + ((next() | (next() << 8)) & 0x3fff);
    byte[] bytes = new byte[1 + next() % 32];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) next();
    }
    put(bytes, at);
    return noticed();
  }

  private void put(byte[] bytes, long at) {
    MemorySegment.copy(bytes, 0, out, ValueLayout.JAVA_BYTE, 0, bytes.length);
    long _ = Io.pwrite(memory, out, 0, bytes.length, at);
  }

  private boolean resize(long bytes) throws ErrnoException {
    memory.truncate(bytes);
    return noticed();
  }

  /// Takes what is answered until the other side has hung up, which it has to.
  private void drain() {
    Poller poller = new Poller(1);
    poller.add(socket.fd(), Poller.POLLIN);
    long got;
    do {
      if (poller.await(END_LIMIT_MILLIS) <= 0) {
        throw new AssertionError("not hung up on within " + END_LIMIT_MILLIS + " ms");
      }
      got = Io.read(socket.fd(), in, 0, in.byteSize());
    } while (got > 0);
  }

  /// Lets the other side look at a ring before the next step.
  private boolean noticed() {
    int _ = kick.signal();
    Poller poller = new Poller(1);
    poller.add(call.fd(), Poller.POLLIN);
    int _ = poller.await(1);
    long _ = call.drain();
    return true;
  }

  @Override
  public void close() {
    socket.close();
    channels.forEach(UnixSocket::close);
    memory.close();
    kick.close();
    call.close();
    arena.close();
  }
}
