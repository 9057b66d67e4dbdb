package io.famfs.virtiofs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.famfs.TestVolume;
import io.famfs.fuse.protocol.ClientArchitecture;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.Requests;
import io.famfs.virtiofs.TestRing.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A file is written and read with requests and replies that are cut anywhere.
@Timeout(120)
class FramingTest {
  private static final long REQUEST = 1 << 20;
  private static final long REPLY = 2 << 20;
  private static final long TABLE = 3 << 20;
  private static final int DATA_BYTES = 96;
  private static final int HEADER_BYTES = 16;
  private static final int REPLY_BYTES = 4096;

  /// The bytes of a run as two buffers, or one when the cut is at its end.
  private static List<Buffer> cut(long at, int length, int cut, boolean writable) {
    List<Buffer> buffers = new ArrayList<>();
    buffers.add(new Buffer(at, cut, writable));
    if (cut < length) {
      buffers.add(new Buffer(at + cut, length - cut, writable));
    }
    return buffers;
  }

  @ParameterizedTest
  @ValueSource(longs = {0, TestFrontEnd.RING_PACKED})
  void everyCutOfAWriteAndOfAReadMovesTheSameBytes(long layout, @TempDir Path place)
      throws Exception {
    Path socket = place.resolve("s");
    try (TestVolume test = TestVolume.inMemory();
        MappedDaxDevice device = DaxDevices.memfd("framing", TestVolume.DEVICE_BYTES);
        VirtioFsServer door =
            new VirtioFsServer(
                new VirtioFsServer.Options(socket, "framing", 1, 0),
                List.of(device),
                new FuseServer(
                    new FamfsFileSystem(test.volume(), FamfsOptions.standard()),
                    ClientOptions.standard().withArchitecture(ClientArchitecture.X86)))) {
      door.start();
      try (TestFrontEnd front = new TestFrontEnd(socket, 0)) {
        front.features |= layout;
        front.realize(2);
        front.start();
        new Guest(front, 0).ask(Requests.init());
        for (int form = 0; form < 2; form++) {
          new Guest(front, form).requireEveryCut(test.nodeid("dir/nested"));
        }
      }
    }
  }

  /// A guest that sends lists as they are (form 0) or as a table (form 1).
  private record Guest(TestFrontEnd frontEnd, int form) {

    private byte[] ask(byte[] request, int cutIn, int replyBytes, int cutOut) {
      frontEnd.poke(REQUEST, request);
      frontEnd.poke(REPLY, new byte[replyBytes]);
      List<Buffer> buffers = new ArrayList<>(cut(REQUEST, request.length, cutIn, false));
      buffers.addAll(cut(REPLY, replyBytes, cutOut, true));
      TestRing ring = frontEnd.rings.get(1);
      if (form == 0) {
        ring.chain(ring.descriptorTable(), 0, buffers);
      } else {
        ring.chain(TABLE, 0, buffers);
        Buffer table = new Buffer(TABLE, 16 * buffers.size(), false);
        ring.descriptor(ring.descriptorTable(), 0, table, TestRing.INDIRECT, 0);
      }
      ring.submit(0);
      byte[] reply = frontEnd.peek(REPLY, ring.take().length());
      int error = ByteBuffer.wrap(reply).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
      assertEquals(0, error, "in " + cutIn + " out " + cutOut + " form " + form);
      return reply;
    }

    private byte[] ask(byte[] request) {
      return ask(request, request.length, REPLY_BYTES, REPLY_BYTES);
    }

    private void requireEveryCut(long nodeid) {
      SplittableRandom random = new SplittableRandom(11);
      byte[] data = new byte[DATA_BYTES];
      byte[] read = Requests.read(Opcode.READ, nodeid, 64, DATA_BYTES);
      int writeBytes = Requests.write(nodeid, 64, data).length;
      int readReplyBytes = HEADER_BYTES + DATA_BYTES;
      for (int at = 1; at <= Math.max(writeBytes, readReplyBytes); at++) {
        random.nextBytes(data);
        int cutReply = Math.min(at, HEADER_BYTES + 8);
        ask(Requests.write(nodeid, 64, data), Math.min(at, writeBytes), HEADER_BYTES + 8, cutReply);
        byte[] reply =
            ask(read, Math.min(at, read.length), readReplyBytes, Math.min(at, readReplyBytes));
        assertArrayEquals(
            data, Arrays.copyOfRange(reply, HEADER_BYTES, reply.length), "cut at " + at);
      }
    }
  }
}
