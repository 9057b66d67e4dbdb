package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.Attr;
import io.famfs.fuse.protocol.InitFlag;
import io.famfs.fuse.protocol.InitOut;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.MappingWindow;
import io.famfs.fuse.server.RequestBytes;
import io.famfs.fuse.server.Requests;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WindowMapperTest {
  private static final long RANGE = 2 << 20;
  private static final long READ = 2;
  private static final long READ_WRITE = 3;

  private final PageTableWindow window = new PageTableWindow(16 << 20);
  private Served served;

  @BeforeEach
  void serve() throws IOException {
    served = Served.with(window);
  }

  @AfterEach
  void close() {
    served.close();
  }

  private int setup(String path, long fileOffset, long windowOffset, long length, long flags) {
    long nodeid = served.test.nodeid(path);
    return served
        .call(Requests.setupMapping(nodeid, fileOffset, windowOffset, length, flags))
        .error();
  }

  @Test
  void initAnnouncesTheAlignmentAndPerFileAccess() {
    MemorySegment m = served.initReply.message();
    assertEquals(12, InitOut.mapAlignment(m, 16));
    assertTrue(InitFlag.MAP_ALIGNMENT.in(Integer.toUnsignedLong(InitOut.flags(m, 16))));
    assertTrue(InitFlag.HAS_INODE_DAX.in((long) InitOut.flags2(m, 16) << 32));
    long striped = served.test.nodeid("striped");
    MemorySegment attr = served.call(Requests.getattr(striped)).message();
    assertEquals(Attr.FLAG_DAX, Attr.flags(attr, Served.ATTR_AT));
    MemorySegment root = served.call(Requests.getattr(1)).message();
    assertEquals(0, Attr.flags(root, Served.ATTR_AT));
  }

  @Test
  void everyPageOfAMapShowsItsFile() {
    for (String path : new String[] {"simple", "striped"}) {
      long size = served.test.inode(path).sizeBytes();
      for (long at = 0; at < size; at += RANGE) {
        assertEquals(0, setup(path, at, at, RANGE, READ_WRITE));
      }
      for (long page = 0; page < size; page += PageTableWindow.PAGE_BYTES) {
        assertEquals(served.test.deviceOffset(path, page), window.pages.get(page));
      }
      window.pages.clear();
    }
  }

  @Test
  void randomMapsShowTheirFile() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    long windowPages = window.sizeBytes() / PageTableWindow.PAGE_BYTES;
    long mappedPages = served.test.file("striped").extents().mappedBytes() >> 12;
    for (int i = 0; i < 500; i++) {
      long filePage = random.nextLong(mappedPages);
      long windowPage = random.nextLong(windowPages);
      long pages = 1 + random.nextLong(windowPages - windowPage);
      assertEquals(0, setup("striped", filePage << 12, windowPage << 12, pages << 12, READ));
      long shown = Math.min(pages, mappedPages - filePage);
      long sample = random.nextLong(shown);
      assertEquals(
          served.test.deviceOffset("striped", (filePage + sample) << 12),
          window.pages.get((windowPage + sample) << 12),
          () -> "seed " + seed);
    }
  }

  @Test
  void theRangeIsCutAtTheEndOfTheFilesMemory() {
    // hello has 2 MiB of memory for its 5 bytes.
    assertEquals(0, setup("hello", 0, 0, 2 * RANGE, READ));
    assertEquals(RANGE / PageTableWindow.PAGE_BYTES, window.pages.size());
  }

  @Test
  void badRangesAreRefused() {
    assertEquals(-Errno.EINVAL, setup("simple", 1, 0, RANGE, READ));
    assertEquals(-Errno.EINVAL, setup("simple", 0, 1, RANGE, READ));
    assertEquals(-Errno.EINVAL, setup("simple", 0, 0, 1, READ));
    assertEquals(-Errno.EINVAL, setup("simple", 0, 0, 0, READ));
    assertEquals(-Errno.EINVAL, setup("simple", 3 * RANGE, 0, RANGE, READ));
    assertEquals(-Errno.EINVAL, setup("simple", 0, 8 * RANGE, RANGE, READ));
    assertEquals(-Errno.EINVAL, setup("simple", 0, 7 * RANGE, 2 * RANGE, READ));
    assertEquals(-Errno.EINVAL, setup("simple", 0, -RANGE, RANGE, READ));
    assertEquals(-Errno.EINVAL, setup("simple", 0, 0, -RANGE, READ));
    assertEquals(-Errno.EINVAL, setup("simple", Long.MAX_VALUE - 4095, 0, RANGE, READ));
    assertEquals(-Errno.EINVAL, setup("simple", -RANGE, 0, RANGE, READ));
    assertEquals(-Errno.EISDIR, setup("dir", 0, 0, RANGE, READ));
    assertTrue(window.pages.isEmpty());
  }

  /// What is announced is kept: the same requests, one step of the granularity and half a step off.
  @Test
  void everyGranularityIsAnnouncedAndKept() throws IOException {
    for (int log2 = 12; log2 <= MappingWindow.MAX_ALIGNMENT_LOG2; log2++) {
      long step = 1L << log2;
      PageTableWindow coarse = new PageTableWindow(8 * RANGE, log2);
      try (Served guest = Served.with(coarse)) {
        assertEquals(log2, InitOut.mapAlignment(guest.initReply.message(), 16));
        long nodeid = guest.test.nodeid("striped");
        long[][] right = {{0, 0, step}, {step, step, step}, {step, 0, 2 * step}};
        for (long[] range : right) {
          byte[] map = Requests.setupMapping(nodeid, range[0], range[1], range[2], READ);
          assertEquals(0, guest.call(map).error(), "2^" + log2);
          byte[] unmap = Requests.removeMapping(nodeid, range[1], range[2]);
          assertEquals(0, guest.call(unmap).error(), "2^" + log2);
        }
        assertTrue(coarse.pages.isEmpty());
        long half = step / 2;
        long[][] wrong = {{half, 0, step}, {0, half, step}, {0, 0, half}, {0, 0, step + half}};
        for (long[] range : wrong) {
          byte[] map = Requests.setupMapping(nodeid, range[0], range[1], range[2], READ);
          assertEquals(-Errno.EINVAL, guest.call(map).error(), "2^" + log2);
        }
        guest.call(Requests.setupMapping(nodeid, 0, 0, 2 * step, READ));
        int shown = coarse.pages.size();
        assertEquals(-Errno.EINVAL, guest.call(Requests.removeMapping(nodeid, half, step)).error());
        assertEquals(-Errno.EINVAL, guest.call(Requests.removeMapping(nodeid, 0, half)).error());
        assertEquals(shown, coarse.pages.size());
      }
    }
  }

  @Test
  void aGranularityThatLinuxWouldRefuseIsNeverAnnounced() throws IOException {
    for (int log2 : new int[] {22, 30}) {
      PageTableWindow coarse = new PageTableWindow(1L << 31, log2);
      try (Served guest = Served.with(coarse)) {
        MemorySegment m = guest.initReply.message();
        assertEquals(0, InitOut.mapAlignment(m, 16));
        assertFalse(InitFlag.MAP_ALIGNMENT.in(Integer.toUnsignedLong(InitOut.flags(m, 16))));
        assertFalse(InitFlag.HAS_INODE_DAX.in((long) InitOut.flags2(m, 16) << 32));
        long nodeid = guest.test.nodeid("striped");
        byte[] map = Requests.setupMapping(nodeid, 0, 0, 1L << log2, READ);
        assertEquals(-Errno.EOPNOTSUPP, guest.call(map).error());
        byte[] unmap = Requests.removeMapping(nodeid, 0, 1L << log2);
        assertEquals(-Errno.EOPNOTSUPP, guest.call(unmap).error());
      }
    }
  }

  @Test
  void memoryThatIsNotAlignedIsNotMapped() throws IOException {
    // The pieces of both files begin and end at 2 MiB; a window in steps of 4 MiB is never used, so
    // the check behind it is reached by its own door.
    PageTableWindow coarse = new PageTableWindow(8 * RANGE, 22);
    assertFalse(WindowMapper.mappable(served.test.file("striped"), coarse));
    assertFalse(WindowMapper.worthMapping(served.test.file("striped"), coarse));
    assertTrue(WindowMapper.mappable(served.test.file("striped"), window));
  }

  @Test
  void errorsThatLinuxRepeatsForEverBecomeEio() {
    for (int errno : new int[] {Errno.ENOMEM, Errno.EAGAIN}) {
      window.answer = -errno;
      assertEquals(-Errno.EIO, setup("simple", 0, 0, RANGE, READ));
    }
    window.answer = -Errno.EBUSY;
    assertEquals(-Errno.EBUSY, setup("simple", 0, 0, RANGE, READ));
  }

  @Test
  void mappingsAreRemovedAsListed() {
    setup("simple", 0, 0, RANGE, READ);
    setup("simple", RANGE, RANGE, RANGE, READ);
    long nodeid = served.test.nodeid("simple");
    assertEquals(0, served.call(Requests.removeMapping(nodeid, 0, RANGE, RANGE, RANGE)).error());
    assertTrue(window.pages.isEmpty());
    assertEquals(-Errno.EINVAL, served.call(Requests.removeMapping(nodeid, 1, RANGE)).error());
    assertEquals(-Errno.EINVAL, served.call(Requests.removeMapping(nodeid)).error());
    byte[] tooMany = RequestBytes.of(Opcode.REMOVEMAPPING, nodeid).u32(-1).u64(0).u64(0).bytes();
    assertEquals(-Errno.EINVAL, served.call(tooMany).error());
  }

  @Test
  void aListLongerThanTheHeadOfTheRequestIsRemovedToo() {
    long[] pairs = new long[2 * 1024];
    for (int i = 0; i < 1024; i++) {
      pairs[2 * i] = (long) i * PageTableWindow.PAGE_BYTES;
      pairs[2 * i + 1] = PageTableWindow.PAGE_BYTES;
    }
    setup("striped", 0, 0, 2 * RANGE, READ);
    assertEquals(0, served.call(Requests.removeMapping(1, pairs)).error());
    assertTrue(window.pages.isEmpty());
  }

  @Test
  void destroyAndANewInitDropEverything() {
    setup("simple", 0, 0, RANGE, READ);
    assertEquals(0, served.call(RequestBytes.of(Opcode.DESTROY, 0).bytes()).error());
    assertTrue(window.pages.isEmpty());
    assertEquals(-Errno.EIO, setup("simple", 0, 0, RANGE, READ));
    served.call(Requests.init());
    setup("simple", 0, 0, RANGE, READ);
    served.call(Requests.init());
    assertTrue(window.pages.isEmpty());
    setup("simple", 0, 0, RANGE, READ);
    served.session.close();
    assertTrue(window.pages.isEmpty());
    assertEquals(-Errno.EIO, served.call(Requests.init()).error());
  }

  @Test
  void aReadOnlyFileSystemDoesNotUseTheWindow() throws IOException {
    FamfsOptions options = FamfsOptions.standard().withReadOnly(true);
    try (Served guarded = new Served(TestVolume.inMemory(), options, window)) {
      MemorySegment m = guarded.initReply.message();
      assertFalse(InitFlag.MAP_ALIGNMENT.in(Integer.toUnsignedLong(InitOut.flags(m, 16))));
      long simple = guarded.test.nodeid("simple");
      byte[] request = Requests.setupMapping(simple, 0, 0, RANGE, READ);
      assertEquals(-Errno.EOPNOTSUPP, guarded.call(request).error());
      assertTrue(window.pages.isEmpty());
    }
  }
}
