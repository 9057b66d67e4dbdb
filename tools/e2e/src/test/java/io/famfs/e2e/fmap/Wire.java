package io.famfs.e2e.fmap;

import io.famfs.fuse.server.Exchange;
import io.famfs.fuse.server.Session;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A connection to a server as a kernel has it, in memory: whole requests in, whole replies out.
final class Wire extends Exchange {
  private static final int EINVAL = 22;
  private static final int HEAD_BYTES = 8192;
  private static final int OUT_BYTES = 64 * 1024;
  private static final int IN_HEADER = 40;
  private static final int OUT_HEADER = 16;

  private final Session session;
  private byte[] request = new byte[0];
  private byte[] appended = new byte[0];
  private long unique;

  Wire(Session session) {
    super(HEAD_BYTES, OUT_BYTES);
    this.session = session;
  }

  /// Sends a request.
  ///
  /// @param room for the body of the reply
  /// @return the body
  /// @throws Refused with the errno of the reply
  byte[] call(int opcode, long nodeid, byte[] arguments, int room) throws Refused {
    ByteBuffer header = ByteBuffer.allocate(IN_HEADER).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(IN_HEADER + arguments.length).putInt(opcode).putLong(++unique).putLong(nodeid);
    request = Arrays.copyOf(header.array(), IN_HEADER + arguments.length);
    System.arraycopy(arguments, 0, request, IN_HEADER, arguments.length);
    appended = new byte[0];
    int head = Math.min(HEAD_BYTES, request.length);
    MemorySegment.copy(request, 0, in(), ValueLayout.JAVA_BYTE, 0, head);
    begin(head, request.length, OUT_HEADER + room);
    session.handle(this);
    return body(room);
  }

  private byte[] body(int room) throws Refused {
    byte[] small =
        out().asSlice(0, Math.min(replyLength(), OUT_BYTES)).toArray(ValueLayout.JAVA_BYTE);
    ByteBuffer reply = ByteBuffer.wrap(small).order(ByteOrder.LITTLE_ENDIAN);
    if (small.length < OUT_HEADER
        || reply.getInt(0) != replyLength()
        || reply.getLong(8) != unique
        || replyLength() > OUT_HEADER + room) {
      throw new AssertionError("a reply of " + replyLength() + " bytes that is none");
    }
    if (reply.getInt(4) != 0) {
      throw new Refused(-reply.getInt(4), "the server says so");
    }
    return appendedBytes() > 0 ? appended : Arrays.copyOfRange(small, OUT_HEADER, replyLength());
  }

  /// A name as an argument.
  static byte[] name(String name) {
    return (name + "\0").getBytes(StandardCharsets.UTF_8);
  }

  /// Words of 4 bytes as arguments.
  static byte[] words(int... words) {
    ByteBuffer out = ByteBuffer.allocate(4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int word : words) {
      out.putInt(word);
    }
    return out.array();
  }

  @Override
  public int copyIn(int requestOffset, MemorySegment dst, long dstOffset, int length) {
    if (requestOffset < 0 || length < 0 || length > request.length - requestOffset) {
      return -EINVAL;
    }
    MemorySegment.copy(request, requestOffset, dst, ValueLayout.JAVA_BYTE, dstOffset, length);
    return 0;
  }

  @Override
  public int append(MemorySegment src, long srcOffset, int length) {
    if (length < 0 || length > appendRoom()) {
      return -EINVAL;
    }
    int at = appended.length;
    appended = Arrays.copyOf(appended, at + length);
    MemorySegment.copy(src, ValueLayout.JAVA_BYTE, srcOffset, appended, at, length);
    appended(length);
    return 0;
  }
}
