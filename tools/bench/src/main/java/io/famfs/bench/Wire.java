package io.famfs.bench;

import io.famfs.fuse.protocol.InHeader;
import io.famfs.fuse.protocol.Opcode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Requests as Linux sends them, with zeros where a benchmark fills in the file.
final class Wire {
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

  private Wire() {}

  /// A header and an empty rest.
  static MemorySegment request(int opcode, int argumentBytes) {
    MemorySegment request = MemorySegment.ofArray(new byte[BODY + argumentBytes]);
    InHeader.len(request, 0, BODY + argumentBytes);
    InHeader.opcode(request, 0, opcode);
    InHeader.unique(request, 0, 2);
    return request;
  }

  /// INIT with everything offered.
  static MemorySegment init() {
    MemorySegment request = request(Opcode.INIT, INIT_BYTES);
    int[] words = {7, 45, 1 << 17, OFFERED, OFFERED2};
    for (int i = 0; i < words.length; i++) {
      request.set(U32, BODY + (long) i * Integer.BYTES, words[i]);
    }
    return request;
  }

  static MemorySegment getattr() {
    return request(Opcode.GETATTR, GETATTR_BYTES);
  }

  /// READ of the first bytes.
  static MemorySegment read(int bytes) {
    MemorySegment request = request(Opcode.READ, IO_BYTES);
    request.set(U32, BODY + 2L * Long.BYTES, bytes);
    return request;
  }

  /// WRITE of zeros to the first bytes.
  static MemorySegment write(int bytes) {
    MemorySegment request = request(Opcode.WRITE, IO_BYTES + bytes);
    request.set(U32, BODY + 2L * Long.BYTES, bytes);
    return request;
  }

  /// SETUPMAPPING of the first bytes, for loads and stores, to the beginning of the window.
  static MemorySegment setupMapping(int bytes) {
    MemorySegment request = request(Opcode.SETUPMAPPING, IO_BYTES);
    request.set(U64, BODY, -1);
    request.set(U64, BODY + 2L * Long.BYTES, bytes);
    request.set(U64, BODY + 3L * Long.BYTES, 3);
    return request;
  }
}
