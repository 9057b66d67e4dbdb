package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.SetupMappingIn;
import io.famfs.fuse.server.Exchange;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.MappingWindow;
import io.famfs.fuse.server.Session;
import io.famfs.fuse.server.WindowPieces;
import io.famfs.fuse.server.WindowReport;
import io.famfs.fuse.server.WindowSlot;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A client of a server in the same process, with a window that remembers what it was told to show.
final class SomeClient extends Exchange implements AutoCloseable {
  static final long WINDOW_BYTES = 64L << 20;

  private static final int HEADER = 40;
  private static final int REPLY_BYTES = 1 << 20;
  private static final int MAP_ALIGNMENT = 1 << 26;

  private final Session session;

  SomeClient(FuseServer server, String name) {
    super(8192, REPLY_BYTES);
    session = server.open(name, new Window());
    call(Opcode.INIT, 0, arguments(64).putInt(7).putInt(45).putInt(0).putInt(MAP_ALIGNMENT));
  }

  private static ByteBuffer arguments(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private int send(int opcode, long nodeid, ByteBuffer arguments) {
    int bytes = HEADER + arguments.capacity();
    ByteBuffer request = in().asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    request.putInt(bytes).putInt(opcode).putLong(2).putLong(nodeid).putLong(0).putLong(0);
    request.put(arguments.rewind());
    begin(bytes, bytes, REPLY_BYTES);
    session.handle(this);
    return out().get(ValueLayout.JAVA_INT_UNALIGNED, 4);
  }

  private void call(int opcode, long nodeid, ByteBuffer arguments) {
    assertEquals(0, send(opcode, nodeid, arguments));
  }

  void read(long nodeid, int bytes) {
    call(Opcode.OPEN, nodeid, arguments(8));
    long handle = out().get(ValueLayout.JAVA_LONG_UNALIGNED, 16);
    call(Opcode.READ, nodeid, arguments(40).putLong(handle).putLong(0).putInt(bytes));
  }

  void map(long nodeid, long fileOffset, long bytes, long windowOffset) {
    ByteBuffer arguments = arguments(40).putLong(-1).putLong(fileOffset).putLong(bytes);
    call(Opcode.SETUPMAPPING, nodeid, arguments.putLong(SetupMappingIn.READ).putLong(windowOffset));
  }

  /// The errno of a lookup, negative.
  int lookup(String name) {
    byte[] bytes = (name + "\0").getBytes(StandardCharsets.UTF_8);
    return send(Opcode.LOOKUP, 1, arguments(bytes.length).put(bytes));
  }

  @Override
  public int copyIn(int requestOffset, MemorySegment to, long offset, int length) {
    MemorySegment.copy(in(), requestOffset, to, offset, length);
    return 0;
  }

  @Override
  public int append(MemorySegment from, long offset, int length) {
    appended(length);
    return 0;
  }

  @Override
  public void close() {
    session.close();
  }

  private static final class Window implements MappingWindow {
    private final List<WindowSlot> slots = new ArrayList<>();

    @Override
    public long sizeBytes() {
      return WINDOW_BYTES;
    }

    @Override
    public int alignmentLog2() {
      return 12;
    }

    @Override
    public synchronized int map(
        long nodeid,
        long fileOffset,
        long windowOffset,
        long lengthBytes,
        WindowPieces pieces,
        boolean writable) {
      for (int i = 0; i < pieces.count(); i++) {
        slots.add(
            new WindowSlot(
                nodeid,
                pieces.windowOffset(i),
                pieces.lengthBytes(i),
                pieces.deviceIndex(i),
                pieces.deviceOffset(i),
                true));
      }
      return 0;
    }

    @Override
    public synchronized WindowReport report() {
      return new WindowReport(WINDOW_BYTES, slots, slots.size(), 0, 0);
    }

    @Override
    public int unmap(long windowOffset, long lengthBytes) {
      return 0;
    }

    @Override
    public int withdraw(int deviceIndex, long deviceOffset, long lengthBytes) {
      return 0;
    }

    @Override
    public void unmapAll() {
      slots.clear();
    }
  }
}
