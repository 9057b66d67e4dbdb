package io.famfs.fuse.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.MemoryExchange.Reply;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// What holds for the reply to any request whatever.
public final class RepliesInOrder {
  private static final int UNIQUE_AT = 8;
  private static final int UNIQUE_END = 16;

  private RepliesInOrder() {}

  /// Requires that a reply has the order its request was read in, a length and an error that can
  /// be, and the request's number.
  ///
  /// @param order order of the session before the request
  /// @return 0 or a negative errno, as the client sees it; 1 without a reply
  public static int require(byte[] request, ByteOrder order, Reply reply) {
    if (reply.none()) {
      return 1;
    }
    int opcode = request.length < 8 ? 0 : little(request).getInt(4);
    boolean big =
        opcode == Opcode.INIT_REVERSED || (opcode != Opcode.INIT && order == ByteOrder.BIG_ENDIAN);
    byte[] message = reply.message().toArray(ValueLayout.JAVA_BYTE);
    ByteBuffer header = big ? ByteBuffer.wrap(message) : little(message);
    int error = header.getInt(4);
    assertTrue(message.length <= reply.capacity(), "longer than its room");
    assertEquals(message.length, header.getInt(0), "length");
    assertTrue(error <= 0 && error > -4096, () -> "error " + error);
    assertTrue(error == 0 || message.length == UNIQUE_END, "an error with a body");
    assertEquals(
        little(request).getLong(UNIQUE_AT),
        little(message).getLong(UNIQUE_AT),
        "unique as it came");
    return error;
  }

  private static ByteBuffer little(byte[] message) {
    return ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
  }
}
