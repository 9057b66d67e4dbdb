package io.famfs.bench.load;

import io.famfs.fuse.protocol.InHeader;
import io.famfs.fuse.protocol.OutHeader;
import java.lang.foreign.MemorySegment;

/// The memory of one request, and its chain on a ring, framed as Linux does it: header, arguments,
/// data, then header, answer, data of the reply, each in a descriptor of its own.
///
/// ```
///     0  indirect table    256  request    2048  reply    4096  data
/// ```
final class RequestSlot {
  /// Most descriptors of a chain; the slots of a ring lie that far apart in its table.
  static final int CHAIN = 8;

  private static final int REQUEST = 256;
  private static final int REPLY = 2048;
  private static final int DATA = 4096;

  private final DriverRing ring;
  private final MemorySegment memory;
  private final int head;
  private final boolean indirect;
  private final long at;

  /// @param index which slot of the ring
  /// @param indirect whether the chain has a table of its own
  RequestSlot(GuestRam ram, DriverRing ring, int index, boolean indirect, int dataBytes) {
    this.ring = ring;
    this.indirect = indirect;
    memory = ram.memory();
    head = index * CHAIN;
    at = ram.take((long) DATA + dataBytes);
  }

  MemorySegment memory() {
    return memory;
  }

  int head() {
    return head;
  }

  /// Where the request begins.
  long request() {
    return at + REQUEST;
  }

  /// Where the arguments of the request begin.
  long arguments() {
    return request() + InHeader.BYTES;
  }

  /// Where the answer begins, behind the header of the reply.
  long answer() {
    return at + REPLY + OutHeader.BYTES;
  }

  /// Where the data of the request or of the reply is.
  long data() {
    return at + DATA;
  }

  /// The error number of the reply, 0 for none, positive.
  int error() {
    return -OutHeader.error(memory, at + REPLY);
  }

  /// The length the reply says it has.
  int replyBytes() {
    return OutHeader.len(memory, at + REPLY);
  }

  /// The request that the reply says it answers.
  long answered() {
    return OutHeader.unique(memory, at + REPLY);
  }

  /// The lengths of the parts of a request.
  record Shape(int opcode, int argumentBytes, int dataIn, int answerBytes, int dataOut) {}

  /// Writes header and chain. Arguments and data are the caller's.
  void prepare(Shape shape, long nodeid, long unique) {
    int total = InHeader.BYTES + shape.argumentBytes + shape.dataIn;
    InHeader.len(memory, request(), total);
    InHeader.opcode(memory, request(), shape.opcode);
    InHeader.unique(memory, request(), unique);
    InHeader.nodeid(memory, request(), nodeid);
    long table = indirect ? at : ring.descriptorTable();
    int first = indirect ? 0 : head;
    int next = first;
    boolean data = shape.dataOut > 0;
    next = add(table, next, request(), InHeader.BYTES, DriverRing.NEXT);
    next = add(table, next, arguments(), shape.argumentBytes, DriverRing.NEXT);
    next = add(table, next, data(), shape.dataIn, DriverRing.NEXT);
    next = add(table, next, at + REPLY, OutHeader.BYTES, out(data || shape.answerBytes > 0));
    next = add(table, next, answer(), shape.answerBytes, out(data));
    next = add(table, next, data(), shape.dataOut, out(false));
    if (indirect) {
      int bytes = (next - first) * DriverRing.DESCRIPTOR_BYTES;
      ring.descriptor(ring.descriptorTable(), head, at, bytes, DriverRing.INDIRECT);
    }
  }

  private static int out(boolean more) {
    return DriverRing.WRITE | (more ? DriverRing.NEXT : 0);
  }

  private int add(long table, int index, long address, int bytes, int flags) {
    if (bytes == 0) {
      return index;
    }
    ring.descriptor(table, index, address, bytes, flags);
    return index + 1;
  }
}
