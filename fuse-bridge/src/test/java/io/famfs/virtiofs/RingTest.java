package io.famfs.virtiofs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.famfs.core.Errno;
import io.famfs.fuse.server.EchoSession;
import io.famfs.virtiofs.TestRing.Buffer;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
@ParameterizedClass
@ValueSource(longs = {0, TestFrontEnd.RING_PACKED})
class RingTest {
  private static final long MIB = 1 << 20;
  private static final long DATA = MIB;
  private static final long REPLY = 2 * MIB;
  private static final long TABLE = 3 * MIB;
  private static final byte[] ARGUMENTS = arguments();
  private static final int REPLY_BYTES = 16 + 20;

  private final long layout;

  RingTest(long layout) {
    this.layout = layout;
  }

  private boolean packed() {
    return layout != 0;
  }

  private static byte[] arguments() {
    byte[] bytes = new byte[20];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i + 1);
    }
    return bytes;
  }

  private interface Case {
    void run(TestServer server, TestFrontEnd frontEnd) throws Exception;
  }

  private void withFrontEnd(long extraFeatures, Case test) throws Exception {
    try (TestServer server = new TestServer(1, 0);
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, 0)) {
      frontEnd.features |= extraFeatures | layout;
      frontEnd.realize(2);
      frontEnd.start();
      test.run(server, frontEnd);
    }
  }

  private static List<Buffer> split(long at, int length, int piece, boolean writable) {
    List<Buffer> buffers = new ArrayList<>();
    for (int done = 0; done < length; done += piece) {
      buffers.add(new Buffer(at + done, Math.min(piece, length - done), writable));
    }
    return buffers;
  }

  private static int error(TestFrontEnd frontEnd, long reply) {
    return ByteBuffer.wrap(frontEnd.peek(reply, 16)).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
  }

  private static void assertEchoed(TestFrontEnd frontEnd, long reply, String what) {
    assertEquals(REPLY_BYTES, frontEnd.rings.get(1).take().length(), what);
    byte[] bytes = frontEnd.peek(reply, REPLY_BYTES);
    assertArrayEquals(ARGUMENTS, Arrays.copyOfRange(bytes, 16, REPLY_BYTES), what);
    assertEquals(42, TestFrontEnd.longAt(bytes, 8), what);
  }

  @Test
  void anyFramingOfARequestGivesTheSameReply() throws Exception {
    withFrontEnd(
        0,
        (server, frontEnd) -> {
          TestRing ring = frontEnd.rings.get(1);
          byte[] request = frontEnd.request(EchoSession.ECHO, 42, ARGUMENTS);
          // The neighbours at 4 MiB make one run of guest memory of two mappings.
          for (long data : new long[] {DATA, 4 * MIB - 41, TestGuest.HIGH + 3}) {
            for (int in : new int[] {1000, 40, 39, 7, 3}) {
              for (int out : new int[] {1000, 16, 15, 5, 4}) {
                // A list of a packed ring is either direct or a table (2.8.19).
                for (int direct = 0; direct < (packed() ? 2 : 3); direct++) {
                  frontEnd.poke(data, request);
                  frontEnd.poke(REPLY, new byte[REPLY_BYTES]);
                  List<Buffer> buffers = new ArrayList<>(split(data, 60, in, false));
                  buffers.addAll(split(REPLY, REPLY_BYTES, out, true));
                  offer(ring, buffers, direct);
                  assertEchoed(frontEnd, REPLY, "in " + in + " out " + out + " form " + direct);
                }
              }
            }
          }
        });
  }

  /// Form 0: all in the table of the queue; 1: all in an indirect table; 2: half and half.
  private static void offer(TestRing ring, List<Buffer> buffers, int form) {
    if (form == 0) {
      ring.chain(ring.descriptorTable(), 0, buffers);
    } else {
      int before = form == 1 ? 0 : buffers.size() / 2;
      ring.chain(TABLE, 0, buffers.subList(before, buffers.size()));
      for (int i = 0; i < before; i++) {
        ring.descriptor(ring.descriptorTable(), i, buffers.get(i), TestRing.NEXT, i + 1);
      }
      Buffer table = new Buffer(TABLE, 16 * (buffers.size() - before), false);
      ring.descriptor(ring.descriptorTable(), before, table, TestRing.INDIRECT, 0);
    }
    ring.submit(0);
  }

  @Test
  void oneByteDescriptorsWorkUpToTheQueueSize() throws Exception {
    withFrontEnd(
        0,
        (server, frontEnd) -> {
          TestRing ring = frontEnd.rings.get(1);
          frontEnd.poke(DATA, frontEnd.request(EchoSession.ECHO, 42, new byte[0]));
          List<Buffer> buffers = new ArrayList<>(split(DATA, 40, 1, false));
          buffers.addAll(split(REPLY, 16, 1, true));
          assertEquals(56, buffers.size());
          offer(ring, buffers, 0);
          assertEquals(16, ring.take().length());
          assertEquals(0, error(frontEnd, REPLY));
        });
  }

  /// Something a driver may not write into its ring, after which the ring stops.
  private void breaks(String what, Consumer<TestRing> write) throws Exception {
    breaks(what, TestFrontEnd.VIRTIO_FEATURES, write);
  }

  private void breaks(String what, long features, Consumer<TestRing> write) throws Exception {
    try (TestServer server = new TestServer(1, 0);
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, 0)) {
      frontEnd.features = features | layout;
      frontEnd.realize(2);
      frontEnd.start();
      TestRing ring = frontEnd.rings.get(1);
      write.accept(ring);
      ring.kick.signal();
      TestRing.await(ring.err);
      assertEquals(0, ring.usedIndexOnRing(), what);
      assertEquals(1, server.server.stats().brokenRings(), what);
      // The other ring and the connection live on, and the ring can be started again.
      assertEquals(ring.freshBase(), frontEnd.vringBase(1), what);
      frontEnd.stop();
      frontEnd.start();
      assertEquals(24, frontEnd.call(1, EchoSession.ECHO, new byte[8], 64).length, what);
    }
  }

  private static Buffer buffer(int length, boolean writable) {
    return new Buffer(writable ? REPLY : DATA, length, writable);
  }

  @Test
  void indicesThatASplitRingCannotHaveStopIt() throws Exception {
    assumeFalse(packed(), "a packed ring has neither heads nor indices");
    breaks("head outside the table", ring -> ring.offer(64));
    breaks("index jumps", ring -> ring.publish(65));
    breaks(
        "next outside the table",
        ring -> {
          ring.descriptor(ring.at, 0, buffer(40, false), TestRing.NEXT, 64);
          ring.offer(0);
        });
    breaks(
        "indirect in indirect",
        ring -> {
          ring.descriptor(TABLE, 0, new Buffer(TABLE, 16, false), TestRing.INDIRECT, 0);
          ring.descriptor(ring.at, 0, new Buffer(TABLE, 16, false), TestRing.INDIRECT, 0);
          ring.offer(0);
        });
  }

  @Test
  void hostileRingsStopWithAReasonAndHurtNobodyElse() throws Exception {
    breaks(
        "loop",
        ring -> {
          ring.descriptor(ring.at, 0, buffer(40, false), TestRing.NEXT, 1);
          ring.descriptor(ring.at, 1, buffer(40, false), TestRing.NEXT, 0);
          ring.offer(0);
        });
    breaks(
        "indirect with next",
        ring -> {
          int both = TestRing.INDIRECT | TestRing.NEXT;
          ring.descriptor(ring.at, 0, new Buffer(TABLE, 16, false), both, 1);
          ring.offer(0);
        });
    for (int length : new int[] {0, 15, 17}) {
      breaks(
          "indirect table of " + length,
          ring -> {
            ring.descriptor(ring.at, 0, new Buffer(TABLE, length, false), TestRing.INDIRECT, 0);
            ring.offer(0);
          });
    }
    breaks(
        "indirect table outside memory",
        ring -> {
          ring.descriptor(ring.at, 0, new Buffer(-16, 32, false), TestRing.INDIRECT, 0);
          ring.offer(0);
        });
    breaks(
        "more descriptors than the queue has",
        ring -> {
          ring.chain(TABLE, 0, split(DATA, 65, 1, false));
          ring.descriptor(ring.at, 0, new Buffer(TABLE, 16 * 65, false), TestRing.INDIRECT, 0);
          ring.offer(0);
        });
    breaks(
        "indirect without the feature",
        1L << 32 | 1L << 30,
        ring -> {
          ring.descriptor(ring.at, 0, new Buffer(TABLE, 16, false), TestRing.INDIRECT, 0);
          ring.offer(0);
        });
  }

  @Test
  void whatAPackedRingCannotHoldStopsIt() throws Exception {
    assumeTrue(packed());
    breaks(
        "a table in a list",
        ring -> {
          ring.descriptor(ring.at, 0, buffer(40, false), TestRing.NEXT, 1);
          ring.descriptor(ring.at, 1, new Buffer(TABLE, 16, false), TestRing.INDIRECT, 0);
          ring.offer(0);
        });
    breaks(
        "a list as long as the ring that goes on",
        ring -> {
          for (int i = 0; i < ring.num; i++) {
            ((PackedTestRing) ring).offerRaw(buffer(1, false), 0, TestRing.NEXT);
          }
        });
  }

  @Test
  void flagsOtherThanWriteInATableOfAPackedRingAreIgnored() throws Exception {
    assumeTrue(packed(), "a split ring stops at them");
    withFrontEnd(
        0,
        (server, frontEnd) -> {
          TestRing ring = frontEnd.rings.get(1);
          frontEnd.poke(DATA, frontEnd.request(EchoSession.ECHO, 42, ARGUMENTS));
          ring.descriptor(TABLE, 0, buffer(60, false), TestRing.INDIRECT | TestRing.NEXT, 9);
          ring.descriptor(TABLE, 1, buffer(REPLY_BYTES, true), TestRing.INDIRECT, 0);
          ring.descriptor(ring.at, 0, new Buffer(TABLE, 32, false), TestRing.INDIRECT, 0);
          ring.submit(0);
          assertEchoed(frontEnd, REPLY, "one table");
        });
  }

  /// A chain that is no request but leaves the ring in order.
  private void failsAlone(String what, int length, int error, List<Buffer> buffers)
      throws Exception {
    withFrontEnd(
        0,
        (server, frontEnd) -> {
          TestRing ring = frontEnd.rings.get(1);
          frontEnd.poke(DATA, frontEnd.request(EchoSession.ECHO, 42, ARGUMENTS));
          ring.chain(ring.descriptorTable(), 0, buffers);
          ring.submit(0);
          assertEquals(length, ring.take().length(), what);
          if (length >= 16) {
            assertEquals(error, error(frontEnd, REPLY), what);
          }
          assertEquals(24, frontEnd.call(1, EchoSession.ECHO, new byte[8], 64).length, what);
          assertEquals(0, server.server.stats().brokenRings(), what);
        });
  }

  @Test
  void badBuffersFailTheirRequestOnly() throws Exception {
    Buffer head = new Buffer(DATA, 40, false);
    Buffer reply = new Buffer(REPLY, 256, true);
    int eio = -Errno.EIO;
    int efault = -Errno.EFAULT;
    long hole = 100 * MIB;
    failsAlone("data outside", 16, efault, List.of(head, new Buffer(hole, 20, false), reply));
    failsAlone("data at the end", 16, efault, List.of(head, new Buffer(-8, 20, false), reply));
    failsAlone("header outside", 16, eio, List.of(new Buffer(hole, 60, false), reply));
    failsAlone("zero length", 16, eio, List.of(head, new Buffer(DATA + 40, 0, false), reply));
    failsAlone("writable first", 16, eio, List.of(reply, head));
    failsAlone(
        "lengths overflow", 16, eio, List.of(head, new Buffer(0, Integer.MAX_VALUE, false), reply));
    failsAlone("request too short", 16, eio, List.of(new Buffer(DATA, 39, false), reply));
    failsAlone("no room for a header", 0, 0, List.of(head, new Buffer(REPLY, 15, true)));
    failsAlone("no reply buffer", 0, 0, List.of(head));
    failsAlone("reply outside", 0, 0, List.of(head, new Buffer(hole, 256, true)));
    failsAlone("nothing but reply", 16, eio, List.of(reply));
    failsAlone(
        "reply data outside",
        16,
        efault,
        List.of(
            new Buffer(DATA, 60, false), new Buffer(REPLY, 16, true), new Buffer(hole, 64, true)));
    failsAlone(
        "reply too small for the data",
        16,
        -Errno.EINVAL,
        List.of(new Buffer(DATA, 60, false), new Buffer(REPLY, 20, true)));
  }

  @Test
  void sessionThatThrowsIsAnsweredForAndTheQueueGoesOn() throws Exception {
    withFrontEnd(
        0,
        (server, frontEnd) -> {
          assertEquals(-Errno.EIO, frontEnd.error(1, EchoSession.THROW, new byte[0]));
          assertEquals(0, frontEnd.call(0, EchoSession.SILENT, new byte[8], 0).length);
          assertEquals(24, frontEnd.call(1, EchoSession.ECHO, new byte[8], 64).length);
        });
  }

  @Test
  void interruptsAreSuppressedAsTheDriverAsks() throws Exception {
    withFrontEnd(
        0,
        (server, frontEnd) -> {
          TestRing ring = frontEnd.rings.get(1);
          frontEnd.call(1, EchoSession.ECHO, new byte[8], 64);
          ring.call.drain();
          ring.interruptFlag(1);
          frontEnd.prepare(1, frontEnd.request(EchoSession.ECHO, 1, new byte[8]), 64);
          ring.submit(0);
          while (ring.usedIndexOnRing() != 2) {
            Thread.onSpinWait();
          }
          ring.interruptFlag(0);
          ring.submit(0);
          ring.take();
          ring.take();
          assertEquals(3, ring.usedIndexOnRing());
        });
  }

  @Test
  void eventIndexIsHonouredInBothDirections() throws Exception {
    withFrontEnd(
        TestFrontEnd.EVENT_IDX,
        (server, frontEnd) -> {
          TestRing ring = frontEnd.rings.get(1);
          frontEnd.prepare(1, frontEnd.request(EchoSession.ECHO, 1, new byte[8]), 64);
          ring.submit(0);
          ring.take();
          ring.call.drain();
          ring.usedEvent(3);
          for (int i = 0; i < 2; i++) {
            ring.submit(0);
            while (ring.usedIndexOnRing() != 2 + i) {
              Thread.onSpinWait();
            }
          }
          ring.submit(0);
          // Only the fourth passes used_event.
          TestRing.await(ring.call);
          assertEquals(4, ring.usedIndexOnRing());
        });
  }

  @Test
  void handlingARequestAllocatesNothing() throws Exception {
    withFrontEnd(
        TestFrontEnd.EVENT_IDX,
        (server, frontEnd) -> {
          EchoSession session = server.session();
          TestRing ring = frontEnd.rings.get(1);
          frontEnd.prepare(1, frontEnd.request(EchoSession.ECHO, 1, new byte[4096]), 8192);
          com.sun.management.ThreadMXBean threads =
              (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
          // Calls into the system allocate until they are compiled; the least of many rounds is the
          // steady state.
          long least = Long.MAX_VALUE;
          for (int round = 0; round < 500 && least > 0; round++) {
            long before = allocated(threads, session);
            for (int i = 0; i < 1000; i++) {
              ring.usedEvent(ring.usedIndexOnRing());
              ring.submit(0);
              ring.take();
            }
            least = Math.min(least, allocated(threads, session) - before);
          }
          assertEquals(0, least / 1000, "bytes per request");
        });
  }

  private static long allocated(com.sun.management.ThreadMXBean threads, EchoSession session) {
    long worker = session.workerThreadId.get();
    return worker == 0 ? 0 : threads.getThreadAllocatedBytes(worker);
  }
}
