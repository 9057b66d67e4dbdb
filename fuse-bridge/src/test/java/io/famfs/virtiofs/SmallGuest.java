package io.famfs.virtiofs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.famfs.fuse.server.Requests;
import io.famfs.os.ErrnoException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;

/// A guest without a window that has mounted a socket and sends one request at a time.
final class SmallGuest implements AutoCloseable {
  private static final int REPLY_BYTES = 4096;
  private static final int HEADER_BYTES = 16;

  private final TestFrontEnd frontEnd;

  SmallGuest(Path socket) throws ErrnoException {
    frontEnd = new TestFrontEnd(socket, 0);
    frontEnd.realize(2);
    frontEnd.start();
    assertEquals(0, error(Requests.init()));
  }

  private byte[] reply(byte[] request) {
    frontEnd.prepare(1, request, REPLY_BYTES);
    frontEnd.rings.get(1).submit(0);
    int length = frontEnd.rings.get(1).take().length();
    return frontEnd.peek(TestFrontEnd.REPLY_AT, length);
  }

  /// The error of a request, 0 for none.
  int error(byte[] request) {
    return ByteBuffer.wrap(reply(request)).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
  }

  /// The body of a reply without error.
  byte[] body(byte[] request) {
    byte[] reply = reply(request);
    assertEquals(0, ByteBuffer.wrap(reply).order(ByteOrder.LITTLE_ENDIAN).getInt(4), "error");
    return Arrays.copyOfRange(reply, HEADER_BYTES, reply.length);
  }

  /// The nodeid of a name.
  long lookup(long parent, String name) {
    return TestFrontEnd.longAt(body(Requests.lookup(parent, name)), 0);
  }

  @Override
  public void close() {
    frontEnd.close();
  }
}
