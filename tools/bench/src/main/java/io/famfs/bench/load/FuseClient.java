package io.famfs.bench.load;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.Attr;
import io.famfs.fuse.protocol.AttrOut;
import io.famfs.fuse.protocol.EntryOut;
import io.famfs.fuse.protocol.InitFlag;
import io.famfs.fuse.protocol.InitIn;
import io.famfs.fuse.protocol.InitOut;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.OpenIn;
import io.famfs.fuse.protocol.OpenOut;
import io.famfs.fuse.protocol.OutHeader;
import io.famfs.fuse.protocol.ReadIn;
import io.famfs.fuse.protocol.WriteIn;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// One request after the other on a ring, until the load begins and after it.
final class FuseClient {
  static final int GETATTR_BYTES = 16;
  static final int RELEASE_BYTES = 24;

  private static final long ROOT = 1;
  private static final int O_RDWR = 2;
  private static final int MAX_NAME_BYTES = 255;
  private static final int SHIFT_ROOM = 64;

  private final DriverRing ring;
  private final RequestSlot slot;
  private final int limitMillis;
  private long unique = 1L << 32;
  private int maxWriteBytes;

  FuseClient(DriverRing ring, RequestSlot slot, int limitMillis) {
    this.ring = ring;
    this.slot = slot;
    this.limitMillis = limitMillis;
  }

  /// A file that is open.
  ///
  /// @param parent its directory
  /// @param name its name there
  record OpenFile(long parent, String name, long nodeid, long handle, long sizeBytes) {}

  /// INIT with what a load needs.
  void init() throws LoadException {
    MemorySegment memory = slot.memory();
    memory.asSlice(slot.arguments(), InitIn.BYTES).fill((byte) 0);
    long flags =
        InitFlag.ASYNC_READ.mask()
            | InitFlag.BIG_WRITES.mask()
            | InitFlag.PARALLEL_DIROPS.mask()
            | InitFlag.MAX_PAGES.mask()
            | InitFlag.MAP_ALIGNMENT.mask()
            | InitFlag.INIT_EXT.mask();
    InitIn.major(memory, slot.arguments(), 7);
    InitIn.minor(memory, slot.arguments(), 38);
    InitIn.maxReadahead(memory, slot.arguments(), 1 << 17);
    InitIn.flags(memory, slot.arguments(), (int) flags);
    call("INIT", new RequestSlot.Shape(Opcode.INIT, InitIn.BYTES, 0, InitOut.BYTES, 0), 0);
    maxWriteBytes = InitOut.maxWrite(memory, slot.answer());
  }

  /// The longest WRITE that the back-end takes.
  int maxWriteBytes() {
    return maxWriteBytes;
  }

  /// Looks a path up, name by name, and opens what is there.
  OpenFile open(String path) throws LoadException {
    long parent = ROOT;
    long nodeid = ROOT;
    String name = "";
    for (String next : path.split("/", -1)) {
      if (!next.isEmpty()) {
        parent = nodeid;
        name = next;
        nodeid = lookup(parent, next);
      }
    }
    if (name.isEmpty()) {
      throw new LoadException("'" + path + "' names no file");
    }
    long attributes = slot.answer() + EntryOut.ATTR_OFFSET;
    long size = Attr.size(slot.memory(), attributes);
    OpenIn.flags(slot.memory(), slot.arguments(), O_RDWR);
    OpenIn.openFlags(slot.memory(), slot.arguments(), 0);
    call("OPEN of " + path, openShape(), nodeid);
    long handle = OpenOut.fh(slot.memory(), slot.answer());
    return new OpenFile(parent, name, nodeid, handle, size);
  }

  private long lookup(long parent, String name) throws LoadException {
    int bytes = putName(slot, name);
    call("LOOKUP of " + name, lookupShape(bytes), parent);
    return EntryOut.nodeid(slot.memory(), slot.answer());
  }

  /// Writes a name as the arguments of a request.
  ///
  /// @return how long they are
  static int putName(RequestSlot slot, String name) throws LoadException {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > MAX_NAME_BYTES) {
      throw new LoadException("a name of " + bytes.length + " bytes");
    }
    MemorySegment.copy(
        bytes, 0, slot.memory(), ValueLayout.JAVA_BYTE, slot.arguments(), bytes.length);
    slot.memory().set(ValueLayout.JAVA_BYTE, slot.arguments() + bytes.length, (byte) 0);
    return bytes.length + 1;
  }

  static RequestSlot.Shape lookupShape(int nameBytes) {
    return new RequestSlot.Shape(Opcode.LOOKUP, nameBytes, 0, EntryOut.BYTES, 0);
  }

  static RequestSlot.Shape getattrShape() {
    return new RequestSlot.Shape(Opcode.GETATTR, GETATTR_BYTES, 0, AttrOut.BYTES, 0);
  }

  static RequestSlot.Shape openShape() {
    return new RequestSlot.Shape(Opcode.OPEN, OpenIn.BYTES, 0, OpenOut.BYTES, 0);
  }

  static RequestSlot.Shape releaseShape() {
    return new RequestSlot.Shape(Opcode.RELEASE, RELEASE_BYTES, 0, 0, 0);
  }

  static RequestSlot.Shape readShape(int bytes) {
    return new RequestSlot.Shape(Opcode.READ, ReadIn.BYTES, 0, 0, bytes);
  }

  static RequestSlot.Shape writeShape(int bytes) {
    return new RequestSlot.Shape(Opcode.WRITE, WriteIn.BYTES, bytes, 8, 0);
  }

  /// The arguments of a READ or WRITE, which have the same places.
  static void putRange(RequestSlot slot, OpenFile file, int bytes) {
    MemorySegment memory = slot.memory();
    memory.asSlice(slot.arguments(), ReadIn.BYTES).fill((byte) 0);
    ReadIn.fh(memory, slot.arguments(), file.handle());
    ReadIn.size(memory, slot.arguments(), bytes);
  }

  /// Sends the request whose arguments are in the slot, and waits for its reply.
  void call(String what, RequestSlot.Shape shape, long nodeid) throws LoadException {
    unique += SHIFT_ROOM;
    slot.prepare(shape, nodeid, unique);
    ring.offer(slot.head());
    ring.publish();
    if (!ring.await(limitMillis)) {
      throw new LoadException(what + ": no reply within " + limitMillis + " ms");
    }
    int head = ring.next();
    if (head != slot.head() || slot.answered() != unique) {
      throw new LoadException(what + ": the reply is one to something else");
    }
    if (slot.error() != 0) {
      throw new LoadException(what + ": " + Errno.describe(slot.error()));
    }
    int most = OutHeader.BYTES + shape.answerBytes() + shape.dataOut();
    if (ring.writtenBytes() != slot.replyBytes() || slot.replyBytes() > most) {
      throw new LoadException(
          "%s: a reply of %d bytes, %d written"
              .formatted(what, slot.replyBytes(), ring.writtenBytes()));
    }
  }
}
