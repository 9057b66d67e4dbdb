package io.famfs.virtiofs;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.Io;
import io.famfs.os.UnixSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A front-end in the test's own process: a real socket, real memory, real eventfds, and the order
/// of messages of QEMU 11.1.
final class TestFrontEnd implements AutoCloseable {
  static final int NEED_REPLY = 8;
  static final long VIRTIO_FEATURES = 1L << 32 | 1L << 30 | 1L << 28;
  static final long EVENT_IDX = 1L << 29;
  static final long RING_PACKED = 1L << 34;
  static final int QUEUE_SIZE = 64;

  private static final int DATA_AT = 1 << 20;
  static final int REPLY_AT = 2 << 20;
  private static final int HEADER = 12;

  final TestGuest guest;
  private final boolean ownsGuest;
  final List<TestRing> rings = new ArrayList<>();
  final UnixSocket socket;
  final @Nullable ShmemReceiver shmem;
  long features = VIRTIO_FEATURES;
  private final MemorySegment buffer = Arena.ofAuto().allocate(8192, 8);

  TestFrontEnd(Path path, long windowBytes) throws ErrnoException {
    guest = new TestGuest();
    ownsGuest = true;
    socket = UnixSocket.connect(path);
    shmem = windowBytes > 0 ? new ShmemReceiver(windowBytes) : null;
  }

  /// The front-end of another place to which a guest has come, with its memory and its rings; those
  /// stay the first one's.
  TestFrontEnd(Path path, TestFrontEnd from) throws ErrnoException {
    guest = from.guest;
    ownsGuest = false;
    socket = UnixSocket.connect(path);
    shmem = null;
    features = from.features;
    askU64(1);
    send(16, 0, u64(askU64(15)));
    send(3, 0, new byte[0]);
    for (int i = 0; i < from.rings.size(); i++) {
      TestRing ring = from.rings.get(i);
      rings.add(ring);
      send(13, 0, u64(i), ring.call.fd());
      check(tell(14, u64(i), ring.err.fd()));
    }
  }

  /// Starts the rings of a guest that goes on.
  void goOn(int[] bases) {
    send(2, 0, u64(features));
    setMemoryTable();
    for (int i = 0; i < rings.size(); i++) {
      place(i, bases[i]);
      check(tell(12, u64(i), rings.get(i).kick.fd()));
    }
    enable(1);
    rings.forEach(ring -> ring.kick.signal());
  }

  /// Stops the rings of a guest that will go on.
  int[] pause() {
    enable(0);
    int[] bases = new int[rings.size()];
    for (int i = 0; i < bases.length; i++) {
      bases[i] = vringBase(i);
    }
    return bases;
  }

  static ByteBuffer payload(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static byte[] bytes(ByteBuffer payload) {
    byte[] all = new byte[payload.capacity()];
    payload.rewind().get(all);
    return all;
  }

  static byte[] u64(long value) {
    return payload(8).putLong(value).array();
  }

  static byte[] state(int index, int num) {
    return payload(8).putInt(index).putInt(num).array();
  }

  void send(int id, int flags, byte[] body, Fd... fds) {
    buffer.set(JAVA_INT_UNALIGNED, 0, id);
    buffer.set(JAVA_INT_UNALIGNED, 4, 1 | flags);
    buffer.set(JAVA_INT_UNALIGNED, 8, body.length);
    MemorySegment.copy(body, 0, buffer, JAVA_BYTE, HEADER, body.length);
    int bytes = HEADER + body.length;
    if (socket.send(buffer, 0, bytes, fds) != bytes) {
      throw new AssertionError("message " + id + " not sent");
    }
  }

  /// The payload of the reply to `id`, or null when the back-end has closed the connection.
  byte @Nullable [] receive(int id) {
    if (!readFully(0, HEADER)) {
      return null;
    }
    int size = buffer.get(JAVA_INT_UNALIGNED, 8);
    if (buffer.get(JAVA_INT_UNALIGNED, 0) != id || buffer.get(JAVA_INT_UNALIGNED, 4) != 5) {
      throw new AssertionError("reply to " + buffer.get(JAVA_INT_UNALIGNED, 0));
    }
    if (!readFully(HEADER, size)) {
      return null;
    }
    return buffer.asSlice(HEADER, size).toArray(JAVA_BYTE);
  }

  private boolean readFully(long at, int bytes) {
    int have = 0;
    while (have < bytes) {
      long more = Io.read(socket.fd(), buffer, at + have, bytes - have);
      if (more <= 0) {
        return false;
      }
      have += (int) more;
    }
    return true;
  }

  byte[] ask(int id, byte[] body) {
    send(id, 0, body);
    byte[] answer = receive(id);
    if (answer == null) {
      throw new AssertionError("no reply to " + id);
    }
    return answer;
  }

  long askU64(int id) {
    return ByteBuffer.wrap(ask(id, new byte[0])).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  /// Sends a message that wants an acknowledgement.
  long tell(int id, byte[] body, Fd... fds) {
    send(id, NEED_REPLY, body, fds);
    byte[] answer = receive(id);
    if (answer == null) {
      throw new AssertionError("connection closed on " + id);
    }
    return ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  /// Everything up to the guest's boot.
  void realize(int queues) throws ErrnoException {
    long offered = askU64(1);
    long protocol = askU64(15);
    send(16, 0, u64(protocol));
    askU64(17);
    if (shmem != null) {
      tell(21, new byte[0], shmem.theirs.fd());
    }
    send(3, 0, new byte[0]);
    features &= offered;
    for (int i = 0; i < queues; i++) {
      long at = 0x1000L + 0x4000L * i;
      TestRing ring =
          (features & RING_PACKED) != 0
              ? new PackedTestRing(guest, QUEUE_SIZE, at)
              : new TestRing(guest, QUEUE_SIZE, at);
      rings.add(ring);
      send(13, 0, u64(i), ring.call.fd());
      tell(14, u64(i), ring.err.fd());
    }
  }

  byte[] memoryTable() {
    ByteBuffer table = payload(8 + 32 * TestGuest.REGIONS.size());
    table.putInt(TestGuest.REGIONS.size()).putInt(0);
    for (TestGuest.Region region : TestGuest.REGIONS) {
      table.putLong(region.guest()).putLong(region.size());
      table.putLong(region.user()).putLong(region.fileOffset());
    }
    return bytes(table);
  }

  void setMemoryTable() {
    check(tell(5, memoryTable(), guest.fd, guest.fd, guest.fd));
  }

  /// DRIVER_OK of a guest that starts anew.
  void start() {
    send(2, 0, u64(features));
    setMemoryTable();
    for (TestRing ring : rings) {
      ring.clear();
    }
    startRings();
  }

  void startRings(int... bases) {
    for (int i = 0; i < rings.size(); i++) {
      place(i, i < bases.length ? bases[i] : rings.get(i).freshBase());
      check(tell(12, u64(i), rings.get(i).kick.fd()));
      check(tell(13, u64(i), rings.get(i).call.fd()));
    }
    enable(1);
  }

  void place(int index, int base) {
    TestRing ring = rings.get(index);
    send(8, 0, state(index, ring.num));
    send(10, 0, state(index, base));
    check(tell(9, addresses(index, ring.descriptorTable(), ring.availRing(), ring.usedRing())));
  }

  static byte[] addresses(int index, long descriptors, long avail, long used) {
    return payload(40)
        .putInt(index)
        .putInt(0)
        .putLong(TestGuest.user(descriptors))
        .putLong(TestGuest.user(used))
        .putLong(TestGuest.user(avail))
        .putLong(0)
        .array();
  }

  void enable(int on) {
    ShmemReceiver receiver = shmem;
    if (receiver != null && on == 1) {
      receiver.running(true);
    }
    for (int i = 0; i < rings.size(); i++) {
      check(tell(18, state(i, on)));
      if (receiver != null && on == 0) {
        receiver.running(false);
      }
    }
  }

  int vringBase(int index) {
    return ByteBuffer.wrap(ask(11, state(index, 0))).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
  }

  /// What QEMU does at unbind, reboot and power-off.
  void stop() {
    enable(0);
    for (int i = 0; i < rings.size(); i++) {
      vringBase(i);
    }
    if (shmem != null) {
      shmem.dropMaps();
    }
  }

  static void check(long acknowledgement) {
    if (acknowledgement != 0) {
      throw new AssertionError("refused: " + acknowledgement);
    }
  }

  /// A request in guest memory: header and arguments.
  byte[] request(int opcode, long unique, byte[] arguments) {
    ByteBuffer request = payload(40 + arguments.length);
    request.putInt(40 + arguments.length).putInt(opcode).putLong(unique).putLong(1);
    request.position(40);
    return bytes(request.put(arguments));
  }

  void poke(long guestAddress, byte[] bytes) {
    MemorySegment.copy(
        bytes, 0, guest.memory(), JAVA_BYTE, TestGuest.file(guestAddress), bytes.length);
  }

  byte[] peek(long guestAddress, int bytes) {
    return guest.memory().asSlice(TestGuest.file(guestAddress), bytes).toArray(JAVA_BYTE);
  }

  /// Puts a request and a reply buffer of two descriptors on a ring, without a notification.
  void prepare(int ring, byte[] request, int replyBytes) {
    poke(DATA_AT, request);
    guest.memory().asSlice(REPLY_AT, Math.max(16, replyBytes)).fill((byte) 0xee);
    List<TestRing.Buffer> buffers = new ArrayList<>();
    buffers.add(new TestRing.Buffer(DATA_AT, request.length, false));
    if (replyBytes > 0) {
      buffers.add(new TestRing.Buffer(REPLY_AT, replyBytes, true));
    }
    TestRing on = rings.get(ring);
    on.chain(on.descriptorTable(), 0, buffers);
  }

  /// Sends a request and waits for its reply.
  byte[] call(int ring, int opcode, byte[] arguments, int replyBytes) {
    prepare(ring, request(opcode, 0x1234, arguments), replyBytes);
    rings.get(ring).submit(0);
    TestRing.Used used = rings.get(ring).take();
    return peek(REPLY_AT, used.length());
  }

  /// The error of a request that has only one.
  int error(int ring, int opcode, byte[] arguments) {
    byte[] reply = call(ring, opcode, arguments, 256);
    return ByteBuffer.wrap(reply).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
  }

  static byte[] range(long device, long window, long length) {
    return payload(24).putLong(device).putLong(window).putLong(length).array();
  }

  static long longAt(byte[] bytes, int at) {
    return MemorySegment.ofArray(bytes).get(JAVA_LONG_UNALIGNED, at);
  }

  @Override
  public void close() {
    socket.close();
    if (shmem != null) {
      shmem.close();
    }
    if (ownsGuest) {
      rings.forEach(TestRing::close);
      guest.close();
    }
  }
}
