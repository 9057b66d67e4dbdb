package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.Attr;
import io.famfs.fuse.protocol.EntryOut;
import io.famfs.fuse.protocol.FallocateIn;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.SetattrIn;
import io.famfs.fuse.protocol.WriteOut;
import io.famfs.fuse.server.MemoryExchange;
import io.famfs.fuse.server.MemoryExchange.Reply;
import io.famfs.fuse.server.Requests;
import io.famfs.fuse.server.Session;
import io.famfs.store.namespace.Inode;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Size and space of files that are not in the log yet.
class NewFileSpaceTest extends NewFilesFixture {
  @Test
  void theSizeOfANewFileGoesUpAndDown() {
    long nodeid = create("sized", O_RDWR);
    byte[] data = random(1 << 20, 2);
    assertEquals(0, setSize(nodeid, 3L * RANGE));
    assertEquals(0, error(Requests.write(nodeid, 0, data)));
    assertEquals(0, error(Requests.write(nodeid, 2 * RANGE, data)));
    assertEquals(0, setSize(nodeid, 100));
    assertEquals(0, setSize(nodeid, 3L * RANGE));
    assertArrayEquals(Arrays.copyOf(Arrays.copyOf(data, 100), 200), read(second, nodeid, 0, 200));
    assertArrayEquals(new byte[1 << 20], read(second, nodeid, 2 * RANGE, 1 << 20));
    assertEquals(0, setSize(nodeid, 0));
    assertEquals(-Errno.EINVAL, setSize(nodeid, -1));
    assertEquals(-Errno.EFBIG, setSize(nodeid, Long.MAX_VALUE));
    assertEquals(0, setSize(nodeid, 7));
    byte[] otherHandle = Requests.setattr(nodeid, SetattrIn.VALID_FH, 0, 0, 0);
    otherHandle[40 + 8]++;
    assertEquals(-Errno.EBADF, error(otherHandle));
    assertEquals(0, error(Requests.open(Opcode.OPEN, nodeid, O_WRONLY | O_TRUNC)));
    assertEquals(0, served.test.inode("sized").sizeBytes());
    assertEquals(0, error(Requests.release(nodeid, O_WRONLY)));
    assertEquals(0, setSize(nodeid, 9));
    assertEquals(0, error(Requests.release(nodeid, O_RDWR)));
    assertEquals(-Errno.EPERM, setSize(nodeid, 8));
    assertEquals(0, setSize(nodeid, 9));
    assertEquals(-Errno.EPERM, error(Requests.open(Opcode.OPEN, nodeid, O_WRONLY | O_TRUNC)));
  }

  private int setSize(long nodeid, long size) {
    return error(Requests.setattr(nodeid, SetattrIn.VALID_SIZE, size, 0, 0));
  }

  @Test
  void aFullDeviceLosesNothingThatWasWritten() throws IOException {
    long nodeid = create("large", O_WRONLY);
    byte[] data = random(1 << 20, 3);
    int written = 0;
    int result = 0;
    while (result == 0) {
      result = error(Requests.write(nodeid, (long) written << 20, data));
      written += result == 0 ? 1 : 0;
    }
    assertEquals(-Errno.ENOSPC, result);
    assertTrue(written > 10, () -> "device of " + TestVolume.DEVICE_BYTES);
    assertEquals((long) written << 20, served.test.inode("large").sizeBytes());
    // Its entry still has a place.
    assertEquals(0, error(Requests.release(nodeid, O_WRONLY)));
    assertNotNull(inLog("large"));
    assertArrayEquals(data, read(second, nodeid, (written - 1L) << 20, 1 << 20));
    // Also an empty file takes a unit of space.
    assertEquals(-Errno.ENOSPC, error(Requests.create(1, "other", 0100644, O_WRONLY)));
    assertEquals(-Errno.ENOSPC, error(Requests.mknod(1, "other", 0100644)));
    assertEquals(0, error(Requests.mkdir(1, "directory", 0755)));
  }

  @Test
  void fallocateTakesSpace() {
    long nodeid = create("allocated", O_WRONLY);
    byte[] data = random(3000, 4);
    assertEquals(0, error(Requests.write(nodeid, 0, data)));
    assertEquals(0, error(Requests.fallocate(nodeid, 0, 10, 20)));
    assertEquals(3000, served.test.inode("allocated").sizeBytes());
    assertEquals(0, error(Requests.fallocate(nodeid, FallocateIn.KEEP_SIZE, 0, 3 * RANGE)));
    assertEquals(3000, served.test.inode("allocated").sizeBytes());
    assertTrue(served.test.file("allocated").extents().allocatedBytes() >= 3L * RANGE);
    assertEquals(0, error(Requests.fallocate(nodeid, 0, RANGE, 10)));
    assertEquals(RANGE + 10, served.test.inode("allocated").sizeBytes());
    assertEquals(0, error(Requests.fallocate(nodeid, FallocateIn.ZERO_RANGE, 1000, 2 * RANGE)));
    assertEquals(2 * RANGE + 1000, served.test.inode("allocated").sizeBytes());
    Arrays.fill(data, 1000, 3000, (byte) 0);
    assertArrayEquals(data, read(second, nodeid, 0, 3000));
    int punch = FallocateIn.PUNCH_HOLE | FallocateIn.KEEP_SIZE;
    assertEquals(0, error(Requests.fallocate(nodeid, punch, 5, 1L << 40)));
    Arrays.fill(data, 5, 1000, (byte) 0);
    assertArrayEquals(data, read(second, nodeid, 0, 3000));
    assertEquals(-Errno.EFBIG, error(Requests.fallocate(nodeid, 0, 0, 1L << 50)));
    int keep = FallocateIn.KEEP_SIZE;
    assertEquals(-Errno.ENOSPC, error(Requests.fallocate(nodeid, keep, 0, 63 << 20)));
    assertEquals(2 * RANGE + 1000, served.test.inode("allocated").sizeBytes());
  }

  @Test
  void aCopyMakesANewFileGrow() {
    byte[] data = random(1 << 20, 5);
    long source = create("source", O_RDWR);
    long target = create("target", O_RDWR);
    assertEquals(0, error(Requests.write(source, RANGE - 1000, data)));
    int copy = Opcode.COPY_FILE_RANGE;
    Reply reply = served.call(Requests.copy(copy, source, RANGE - 1000, target, 7, 1 << 30));
    assertEquals(1 << 20, WriteOut.size(reply.message(), 16));
    assertEquals(7 + (1 << 20), served.test.inode("target").sizeBytes());
    assertArrayEquals(data, read(second, target, 7, 1 << 20));
    // The other way round, inside one file, and from and to a file in the log.
    assertEquals(0, error(Requests.copy(copy, target, 7, source, 0, 100)));
    assertEquals(0, error(Requests.copy(copy, source, 0, source, 200, 100)));
    assertEquals(-Errno.EINVAL, error(Requests.copy(copy, source, 0, source, 50, 100)));
    assertArrayEquals(Arrays.copyOf(data, 100), read(second, source, 200, 100));
    long hello = served.test.nodeid("hello");
    assertEquals(0, error(Requests.copy(copy, hello, 0, target, 2 * RANGE, 5)));
    assertArrayEquals(new byte[] {'h', 'e', 'l', 'l', 'o'}, read(second, target, 2 * RANGE, 4096));
    assertEquals(0, error(Requests.copy(copy, source, 200, hello, 3, 100)));
    assertArrayEquals(Arrays.copyOf(data, 2), read(second, hello, 3, 100));
    assertEquals(-Errno.EFBIG, error(Requests.copy(copy, hello, 0, target, Long.MAX_VALUE - 2, 5)));
  }

  @Test
  void aWriteBehindEveryNumberIsRefused() {
    long nodeid = create("far", O_WRONLY);
    assertEquals(-Errno.EFBIG, error(Requests.write(nodeid, Long.MAX_VALUE, new byte[1])));
    assertEquals(-Errno.EFBIG, error(Requests.write(nodeid, 1L << 50, new byte[1])));
    assertEquals(-Errno.EINVAL, error(Requests.write(nodeid, -1, new byte[1])));
    assertEquals(0, error(Requests.write(nodeid, 1L << 50, new byte[0])));
    Inode far = served.test.inode("far");
    assertEquals(0, far.sizeBytes());
  }

  @Test
  void memoryThatAGuestHasMappedStaysWithTheFile() throws IOException {
    PageTableWindow window = new PageTableWindow(16 << 20);
    try (Session guest = served.server.open(window)) {
      assertEquals(0, exchange.call(guest, Requests.init()).error());
      long nodeid = create("mapped", O_RDWR);
      byte[] map = Requests.setupMapping(nodeid, 0, 0, RANGE, 1);
      assertEquals(0, error(Requests.write(nodeid, 100, new byte[] {7})));
      assertEquals(0, exchange.call(guest, map).error());
      Long shown = window.pages.get(0L);
      assertNotNull(shown);
      assertEquals(7, served.test.device().memory().get(ValueLayout.JAVA_BYTE, shown + 100));
      // Not in the log, it does not ask for mappings.
      Reply attributes = exchange.call(guest, Requests.getattr(nodeid));
      assertEquals(0, Attr.flags(attributes.message(), Served.ATTR_AT));
      long free = served.test.volume().usage().freeBytes();
      assertEquals(0, setSize(nodeid, 0));
      assertEquals(0, error(Requests.remove(Opcode.UNLINK, 1, "mapped")));
      assertEquals(free, served.test.volume().usage().freeBytes());
      assertEquals(0, exchange.call(guest, map).error());
      assertEquals(0, error(Requests.release(nodeid, O_RDWR)));
      assertEquals(free, served.test.volume().usage().freeBytes());
      assertEquals(-Errno.ESTALE, exchange.call(guest, map).error());
      // What comes after gets other memory.
      long next = create("next", O_WRONLY);
      assertEquals(0, error(Requests.write(next, 0, new byte[] {9})));
      served.test.file("next").extents().resolve(0, 1, cursor);
      assertTrue(Math.abs(cursor.deviceOffset() - shown) >= RANGE);
    }
  }

  @Test
  void aFullLogKeepsThePlacesOfFilesThatAreNew() throws IOException {
    long left =
        served.test.volume().usage().logEntriesTotal()
            - served.test.volume().usage().logEntriesUsed();
    long nodeid = create("first", O_WRONLY);
    for (long i = 1; i < left; i++) {
      assertEquals(0, error(Requests.mkdir(1, "d" + i, 0755)));
    }
    assertEquals(-Errno.ENOSPC, error(Requests.mkdir(1, "one more", 0755)));
    assertEquals(-Errno.ENOSPC, error(Requests.create(1, "one more", 0100644, O_WRONLY)));
    // The place of the file that was made first is kept.
    assertEquals(0, error(Requests.write(nodeid, 0, new byte[] {1})));
    assertEquals(0, error(Requests.release(nodeid, O_WRONLY)));
    assertNotNull(inLog("first"));
  }

  @Test
  void twoWritersOfTwoFilesDoNotDisturbEachOther() throws Exception {
    byte[] one = random(1 << 20, 6);
    byte[] two = random(1 << 20, 7);
    try (ExecutorService writers = Executors.newFixedThreadPool(2)) {
      List<Callable<Void>> both = List.of(() -> writeAll("one", one), () -> writeAll("two", two));
      for (Future<Void> written : writers.invokeAll(both)) {
        written.get();
      }
    }
    for (int i = 0; i < 6; i++) {
      assertArrayEquals(one, read(second, served.test.nodeid("one"), (long) i << 20, 1 << 20));
      assertArrayEquals(two, read(second, served.test.nodeid("two"), (long) i << 20, 1 << 20));
    }
    assertNotNull(inLog("one"));
    assertNotNull(inLog("two"));
  }

  private @Nullable Void writeAll(String name, byte[] block) {
    MemoryExchange own = new MemoryExchange();
    Reply made = own.call(served.session, Requests.create(1, name, 0100644, O_WRONLY));
    long nodeid = EntryOut.nodeid(made.message(), 16);
    for (int i = 0; i < 6; i++) {
      byte[] write = Requests.write(nodeid, (long) i << 20, block);
      assertEquals(0, own.call(served.session, write).error());
    }
    assertEquals(0, own.call(served.session, Requests.release(nodeid, O_WRONLY)).error());
    return null;
  }
}
