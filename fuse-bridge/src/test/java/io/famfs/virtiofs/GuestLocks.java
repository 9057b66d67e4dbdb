package io.famfs.virtiofs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.famfs.fuse.server.Requests;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// A guest that locks a file: requests on ring 1, each with buffers of its own, so that several can
/// be in flight.
final class GuestLocks {
  private static final long BUFFERS_AT = 3 << 20;
  private static final int SLOT_BYTES = 1024;
  private static final int REPLY_AT = 512;
  private static final int REPLY_BYTES = 256;
  private static final int DESCRIPTORS = 2;

  private final TestFrontEnd frontEnd;
  private final TestRing ring;
  private final long nodeid;

  GuestLocks(TestFrontEnd frontEnd, long nodeid) {
    this.frontEnd = frontEnd;
    this.nodeid = nodeid;
    ring = frontEnd.rings.get(1);
  }

  /// A write lock of all bytes, or with type 2 none any more.
  static Requests.Lock whole(long owner, int type) {
    return new Requests.Lock(owner, 0, Long.MAX_VALUE, type, type == 2 ? 0 : 1, 0);
  }

  /// Sends a request in a slot.
  void send(int slot, byte[] request) {
    ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN).putLong(8, unique(slot));
    long at = BUFFERS_AT + (long) slot * SLOT_BYTES;
    frontEnd.poke(at, request);
    List<TestRing.Buffer> buffers =
        List.of(
            new TestRing.Buffer(at, request.length, false),
            new TestRing.Buffer(at + REPLY_AT, REPLY_BYTES, true));
    ring.chain(ring.descriptorTable(), DESCRIPTORS * slot, buffers);
    ring.submit(DESCRIPTORS * slot);
  }

  void send(int slot, int opcode, Requests.Lock lock) {
    send(slot, Requests.lock(opcode, nodeid, 0, lock));
  }

  /// Waits for the next reply, which must be that of a slot.
  ///
  /// @return its error
  int take(int slot) {
    TestRing.Used used = ring.take();
    assertEquals(DESCRIPTORS * slot, used.id());
    byte[] reply = frontEnd.peek(BUFFERS_AT + (long) slot * SLOT_BYTES + REPLY_AT, used.length());
    ByteBuffer header = ByteBuffer.wrap(reply).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(reply.length, header.getInt(0));
    assertEquals(unique(slot), header.getLong(8));
    return header.getInt(4);
  }

  int call(int slot, int opcode, Requests.Lock lock) {
    send(slot, opcode, lock);
    return take(slot);
  }

  /// Sends a request that is answered when all before it have been looked at.
  void barrier(int slot) {
    send(slot, Requests.getattr(nodeid));
    assertEquals(0, take(slot));
  }

  private static long unique(int slot) {
    return 2L * slot + 2;
  }

  void init(int slot) {
    send(slot, Requests.init());
    assertEquals(0, take(slot));
  }
}
