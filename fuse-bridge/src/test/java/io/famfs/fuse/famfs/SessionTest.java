package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.Attr;
import io.famfs.fuse.protocol.InitFlag;
import io.famfs.fuse.protocol.InitOut;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.OpenOut;
import io.famfs.fuse.server.MappingWindow;
import io.famfs.fuse.server.MemoryExchange;
import io.famfs.fuse.server.RequestBytes;
import io.famfs.fuse.server.Requests;
import io.famfs.fuse.server.WindowPiece;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What an INIT begins and what it ends; what it says of windows and sizes.
@Timeout(60)
class SessionTest {
  private static final long RANGE = 2 << 20;
  private static final int WINDOW = 32 << 20;

  @Test
  void aSecondInitLeavesNothingOfTheFirstSession() throws IOException {
    PageTableWindow window = new PageTableWindow(WINDOW);
    try (Served served = Served.with(window)) {
      long striped = served.test.nodeid("striped");
      assertEquals(0, served.call(Requests.setupMapping(striped, 0, RANGE, RANGE, 3)).error());
      assertFalse(window.pages.isEmpty());
      assertEquals(OpenOut.DIRECT_IO, directIo(served, striped));
      assertEquals(Attr.FLAG_DAX, attrFlags(served, striped));
      // An older kernel, with fewer features: direct I/O and access per file are gone with the
      // maps.
      assertEquals(0, served.call(Requests.init(7, 31, 0x7fff_fffb, 0)).error());
      assertEquals(Map.of(), window.pages);
      assertEquals(0, directIo(served, striped));
      assertEquals(0, attrFlags(served, striped));
      // The window can be filled again at once.
      assertEquals(0, served.call(Requests.setupMapping(striped, 0, RANGE, RANGE, 3)).error());
      assertEquals(0, served.call(Requests.removeMapping(striped, RANGE, RANGE)).error());
    }
  }

  private static int directIo(Served served, long nodeid) {
    MemorySegment m = served.call(Requests.open(Opcode.OPEN, nodeid, 0)).message();
    return OpenOut.openFlags(m, 16) & OpenOut.DIRECT_IO;
  }

  private static int attrFlags(Served served, long nodeid) {
    return Attr.flags(served.call(Requests.getattr(nodeid)).message(), Served.ATTR_AT);
  }

  @Test
  void anInitThatIsRefusedLeavesTheSessionAsItWas() throws IOException {
    PageTableWindow window = new PageTableWindow(WINDOW);
    try (Served served = Served.with(window)) {
      long striped = served.test.nodeid("striped");
      assertEquals(0, served.call(Requests.setupMapping(striped, 0, RANGE, RANGE, 3)).error());
      Map<Long, Long> mapped = Map.copyOf(window.pages);
      assertEquals(-Errno.EPROTO, served.call(Requests.init(7, 22, -1, -1)).error());
      assertEquals(-Errno.EPROTO, served.call(Requests.init(6, 45, -1, -1)).error());
      // A higher version asks again and has agreed on nothing yet.
      assertEquals(0, served.call(Requests.init(8, 0, -1, -1)).error());
      assertEquals(mapped, window.pages);
      assertEquals(0, served.call(Requests.getattr(striped)).error());
    }
  }

  /// A window whose maps take until they are let go.
  private static final class SlowWindow implements MappingWindow {
    final PageTableWindow pages = new PageTableWindow(WINDOW);
    final CountDownLatch mapping = new CountDownLatch(1);
    final CountDownLatch go = new CountDownLatch(1);

    @Override
    public long sizeBytes() {
      return WINDOW;
    }

    @Override
    public int alignmentLog2() {
      return 12;
    }

    @Override
    public int map(
        long nodeid,
        long fileOffset,
        long windowOffset,
        long lengthBytes,
        List<WindowPiece> pieces,
        boolean writable) {
      mapping.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return pages.map(nodeid, fileOffset, windowOffset, lengthBytes, pieces, writable);
    }

    @Override
    public int unmap(long windowOffset, long lengthBytes) {
      return pages.unmap(windowOffset, lengthBytes);
    }

    @Override
    public void unmapAll() {
      pages.unmapAll();
    }
  }

  @Test
  void aMapThatIsBeingMadeWhenTheSessionEndsIsGoneAfterIt() throws Exception {
    byte[] destroy = RequestBytes.of(Opcode.DESTROY, 0).bytes();
    for (byte[] end : new byte[][] {destroy, Requests.init()}) {
      SlowWindow window = new SlowWindow();
      try (Served served = Served.with(window)) {
        byte[] map = Requests.setupMapping(served.test.nodeid("striped"), 0, 0, RANGE, 3);
        AtomicInteger result = new AtomicInteger(1);
        Thread mapper =
            Thread.ofPlatform()
                .start(() -> result.set(new MemoryExchange().call(served.session, map).error()));
        window.mapping.await();
        Thread ender =
            Thread.ofPlatform().start(() -> new MemoryExchange().call(served.session, end));
        while (ender.getState() != Thread.State.WAITING && ender.isAlive()) {
          Thread.onSpinWait();
        }
        window.go.countDown();
        mapper.join();
        ender.join();
        assertEquals(0, result.get());
        assertEquals(Map.of(), window.pages.pages);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 14, 16, 20, 21})
  void theAlignmentOfTheWindowIsAnnouncedAndKept(int log2) throws IOException {
    PageTableWindow window = new PageTableWindow(WINDOW, log2);
    try (Served served = Served.with(window)) {
      MemorySegment m = served.initReply.message();
      assertTrue(InitFlag.MAP_ALIGNMENT.in(Integer.toUnsignedLong(InitOut.flags(m, 16))));
      assertEquals(log2, InitOut.mapAlignment(m, 16));
      long striped = served.test.nodeid("striped");
      long unit = 1L << log2;
      assertEquals(0, served.call(Requests.setupMapping(striped, unit, 0, unit, 3)).error());
      for (long less : new long[] {1, unit / 2, unit + unit / 2}) {
        String what = "by " + less;
        int einval = -Errno.EINVAL;
        assertEquals(einval, setup(served, less, 0, unit), what);
        assertEquals(einval, setup(served, 0, less, unit), what);
        assertEquals(einval, setup(served, 0, 0, less), what);
        assertEquals(einval, remove(served, less, unit), what);
        assertEquals(einval, remove(served, 0, less), what);
      }
      assertEquals(0, remove(served, 0, unit));
      assertEquals(Map.of(), window.pages);
    }
  }

  private static int setup(Served served, long fileOffset, long windowOffset, long length) {
    long striped = served.test.nodeid("striped");
    byte[] request = Requests.setupMapping(striped, fileOffset, windowOffset, length, 3);
    return served.call(request).error();
  }

  private static int remove(Served served, long windowOffset, long length) {
    return served.call(Requests.removeMapping(1, windowOffset, length)).error();
  }

  /// Linux ends the connection, window or not, when it is told more than 21.
  @ParameterizedTest
  @ValueSource(ints = {0, 9, 11, 22, 30})
  void aWindowThatClientsCannotUseIsNotThere(int log2) throws IOException {
    try (Served served = Served.with(new PageTableWindow(WINDOW, log2))) {
      MemorySegment m = served.initReply.message();
      assertFalse(InitFlag.MAP_ALIGNMENT.in(Integer.toUnsignedLong(InitOut.flags(m, 16))));
      assertFalse(InitFlag.HAS_INODE_DAX.in((long) InitOut.flags2(m, 16) << 32));
      assertEquals(0, InitOut.mapAlignment(m, 16));
      assertEquals(-Errno.EOPNOTSUPP, setup(served, 0, 0, RANGE));
      assertEquals(0, attrFlags(served, served.test.nodeid("striped")));
    }
  }

  /// Sizes as guests with pages of 4, 16 and 64 KiB ask for them, through rings of 128 entries; the
  /// last two are above what max_write says.
  @ParameterizedTest
  @ValueSource(ints = {507_904, 1 << 20, 2_031_616, 8_126_464})
  void aReadIsAnsweredByTheSizeItAsksFor(int size) throws IOException {
    try (Served served = Served.standard()) {
      long striped = served.test.nodeid("striped");
      served.test.write("striped", new byte[] {1, 2, 3});
      byte[] file = served.test.contents("striped");
      byte[] body = served.call(Requests.read(Opcode.READ, striped, 4096, size)).body();
      assertArrayEquals(Arrays.copyOfRange(file, 4096, 4096 + size), body);
    }
  }
}
