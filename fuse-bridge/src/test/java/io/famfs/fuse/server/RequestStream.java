package io.famfs.fuse.server;

import io.famfs.fuse.protocol.InHeader;
import io.famfs.fuse.protocol.InitIn;
import io.famfs.fuse.protocol.Opcode;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Takes arbitrary bytes apart into what a peer does on its connection. Of each step the first byte
/// says what it is and what is made right in it, so that a fuzzer gets behind the first check:
///
/// | bits | meaning |
/// |---|---|
/// | 0 | the length field is set right |
/// | 1 | the next byte is the opcode |
/// | 2 | the next byte names the nodeid, out of a list |
/// | 3 | the next byte is the room for the reply, in units of 8 bytes |
/// | 4 | the header's fields are set in big-endian order |
/// | 5 | a whole INIT is sent first, in that order |
/// | 6 | the request is 8 KiB longer, by repetition |
/// | 7 | the next byte says what the file system answers |
///
/// Then a byte with the request's length and its bytes.
public final class RequestStream {
  private static final int LONGER_BYTES = 8192;

  private final ByteBuffer bytes;
  private final long[] nodeids;

  /// Steps out of these bytes.
  ///
  /// @param nodeids what there is
  public RequestStream(byte[] bytes, long... nodeids) {
    this.bytes = ByteBuffer.wrap(bytes);
    this.nodeids = nodeids;
  }

  /// One step.
  ///
  /// @param request bytes of the request
  /// @param room room for the reply in bytes
  /// @param order order of the fields that were set
  /// @param init an INIT to be sent before, null for none
  /// @param answer what a file system without files answers: 0, or an errno
  @SuppressWarnings("ArrayRecordComponent") // is never compared
  public record Step(
      byte[] request, int room, ByteOrder order, byte @Nullable [] init, int answer) {}

  /// The next step; null at the end.
  public @Nullable Step next() {
    if (!bytes.hasRemaining()) {
      return null;
    }
    int what = unsigned();
    ByteOrder order = (what & 16) == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    int opcode = (what & 2) == 0 ? -1 : unsigned();
    int node = (what & 4) == 0 ? -1 : unsigned();
    int room = (what & 8) == 0 ? MemoryExchange.CAPACITY_BYTES : 8 * unsigned();
    int answer = (what & 128) == 0 ? 0 : unsigned();
    byte[] request = new byte[Math.min(unsigned(), bytes.remaining())];
    bytes.get(request);
    if ((what & 64) != 0 && request.length > 0) {
      request = repeated(request);
    }
    ByteBuffer header = ByteBuffer.wrap(request).order(order);
    if ((what & 1) != 0 && request.length >= Integer.BYTES) {
      header.putInt(0, request.length);
    }
    if (opcode >= 0 && request.length >= 2 * Integer.BYTES) {
      header.putInt(4, opcode);
    }
    if (node >= 0 && nodeids.length > 0 && request.length >= InHeader.BYTES) {
      header.putLong(16, nodeids[node % nodeids.length]);
    }
    return new Step(request, room, order, (what & 32) == 0 ? null : init(order), answer);
  }

  private int unsigned() {
    return bytes.hasRemaining() ? Byte.toUnsignedInt(bytes.get()) : 0;
  }

  private static byte[] repeated(byte[] request) {
    byte[] longer = Arrays.copyOf(request, request.length + LONGER_BYTES);
    for (int i = request.length; i < longer.length; i++) {
      longer[i] = longer[i - request.length];
    }
    return longer;
  }

  private static byte[] init(ByteOrder order) {
    byte[] init = Requests.init();
    return order == ByteOrder.LITTLE_ENDIAN ? init : BigEndian.request(init);
  }

  /// The bytes of one step per row of the table: after an INIT in an order, a whole request about
  /// one of the nodeids, whose first fields of 8 bytes are that nodeid too.
  public static byte[] steps(ByteOrder order, long nodeid) {
    int turned = order == ByteOrder.BIG_ENDIAN ? 16 : 0;
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (TableRow row : TableRow.all()) {
      byte[] request = row.opcode() == Opcode.INIT ? shortInit() : row.request(nodeid);
      if (row.has("fh")) {
        row.with(request, "fh", nodeid);
      }
      byte[] sent = turned == 0 ? request : BigEndian.request(request);
      all.write(1 | turned | 32);
      all.write(sent.length);
      all.writeBytes(sent);
    }
    return all.toByteArray();
  }

  private static byte[] shortInit() {
    byte[] init = Arrays.copyOf(Requests.init(), InHeader.BYTES + InitIn.SHORT_BYTES);
    InHeader.len(MemorySegment.ofArray(init), 0, init.length);
    return init;
  }
}
