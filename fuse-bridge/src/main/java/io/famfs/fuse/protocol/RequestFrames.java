package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Requests as a little-endian Linux sends them, for programs that are a client themselves: each
/// call makes a message of its own, in which the caller fills in what changes.
public final class RequestFrames {
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int BODY = InHeader.BYTES;
  private static final int INIT_BYTES = 64;
  private static final int IO_BYTES = 40;
  private static final int GETATTR_BYTES = 16;
  private static final int OFFERED = 0x7fff_fffb;
  private static final int OFFERED2 = 0x5ff;

  private RequestFrames() {}

  /// A header and an empty rest.
  public static MemorySegment request(int opcode, int argumentBytes) {
    MemorySegment request = MemorySegment.ofArray(new byte[BODY + argumentBytes]);
    InHeader.len(request, 0, BODY + argumentBytes);
    InHeader.opcode(request, 0, opcode);
    InHeader.unique(request, 0, 2);
    return request;
  }

  /// INIT with everything offered.
  public static MemorySegment init() {
    MemorySegment request = request(Opcode.INIT, INIT_BYTES);
    int[] words = {7, 45, 1 << 17, OFFERED, OFFERED2};
    for (int i = 0; i < words.length; i++) {
      request.set(U32, BODY + (long) i * Integer.BYTES, words[i]);
    }
    return request;
  }

  /// GETATTR of a node.
  public static MemorySegment getattr(long nodeid) {
    return of(request(Opcode.GETATTR, GETATTR_BYTES), nodeid);
  }

  /// A request whose arguments are names.
  public static MemorySegment named(int opcode, long nodeid, String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    MemorySegment request = of(request(opcode, bytes.length + 1), nodeid);
    MemorySegment.copy(bytes, 0, request, ValueLayout.JAVA_BYTE, BODY, bytes.length);
    return request;
  }

  /// OPEN or OPENDIR with flags of open(2).
  public static MemorySegment open(int opcode, long nodeid, int flags) {
    MemorySegment request = of(request(opcode, OpenIn.BYTES), nodeid);
    request.set(U32, BODY, flags);
    return request;
  }

  /// A request whose arguments begin with the handle: FLUSH, RELEASE, FSYNC, READDIR, ...
  public static MemorySegment handled(int opcode, long nodeid, int argumentBytes) {
    MemorySegment request = of(request(opcode, argumentBytes), nodeid);
    request.set(U64, BODY, nodeid);
    return request;
  }

  private static MemorySegment of(MemorySegment request, long nodeid) {
    InHeader.nodeid(request, 0, nodeid);
    return request;
  }

  /// READ, READDIR or READDIRPLUS of the first bytes.
  public static MemorySegment read(int opcode, long nodeid, int bytes) {
    MemorySegment request = handled(opcode, nodeid, IO_BYTES);
    request.set(U32, BODY + 2L * Long.BYTES, bytes);
    return request;
  }

  /// WRITE of zeros to the first bytes.
  public static MemorySegment write(long nodeid, int bytes) {
    MemorySegment request = handled(Opcode.WRITE, nodeid, IO_BYTES + bytes);
    request.set(U32, BODY + 2L * Long.BYTES, bytes);
    return request;
  }

  /// SETUPMAPPING of the first bytes, for loads and stores, to the beginning of the window.
  public static MemorySegment setupMapping(long nodeid, int bytes) {
    MemorySegment request = of(request(Opcode.SETUPMAPPING, IO_BYTES), nodeid);
    request.set(U64, BODY, -1);
    request.set(U64, BODY + 2L * Long.BYTES, bytes);
    request.set(U64, BODY + 3L * Long.BYTES, 3);
    return request;
  }
}
