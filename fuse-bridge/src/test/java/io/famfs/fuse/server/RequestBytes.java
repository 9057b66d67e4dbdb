package io.famfs.fuse.server;

import io.famfs.fuse.protocol.InHeader;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Builds requests byte by byte, legal ones and others.
public final class RequestBytes {
  /// The unique of every request built here.
  public static final long UNIQUE = 0x1122_3344_5566_7788L;

  private final ByteBuffer bytes =
      ByteBuffer.allocate((1 << 20) + 4096).order(ByteOrder.LITTLE_ENDIAN);

  private RequestBytes(int opcode, long nodeid) {
    bytes.putInt(0).putInt(opcode).putLong(UNIQUE).putLong(nodeid);
    bytes.putInt(0).putInt(0).putInt(1).putInt(0);
  }

  /// A request by root.
  public static RequestBytes of(int opcode, long nodeid) {
    return new RequestBytes(opcode, nodeid);
  }

  /// Sets who asks.
  public RequestBytes by(int uid, int gid) {
    bytes.putInt(24, uid).putInt(28, gid);
    return this;
  }

  /// Sets the number of the request.
  public RequestBytes unique(long number) {
    bytes.putLong(8, number);
    return this;
  }

  /// Appends 4 bytes.
  public RequestBytes u32(int value) {
    bytes.putInt(value);
    return this;
  }

  /// Appends 8 bytes.
  public RequestBytes u64(long value) {
    bytes.putLong(value);
    return this;
  }

  /// Appends bytes.
  public RequestBytes raw(byte[] value) {
    bytes.put(value);
    return this;
  }

  /// Appends a name and its terminator.
  public RequestBytes name(String name) {
    bytes.put(name.getBytes(StandardCharsets.UTF_8)).put((byte) 0);
    return this;
  }

  /// The request, with its right length.
  public byte[] bytes() {
    return cut(bytes.position());
  }

  /// The first bytes of the request, with a length field that says so.
  public byte[] cut(int length) {
    byte[] request = Arrays.copyOf(bytes.array(), length);
    if (length >= Integer.BYTES) {
      InHeader.len(MemorySegment.ofArray(request), 0, length);
    }
    return request;
  }
}
