package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import io.famfs.core.Errno;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.protocol.Attr;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.ReadIn;
import io.famfs.fuse.protocol.WriteIn;
import io.famfs.fuse.protocol.WriteOut;
import io.famfs.fuse.server.MemoryExchange.Reply;
import io.famfs.fuse.server.Requests;
import io.famfs.store.BadMemoryStats;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Files whose memory goes while they are served: the file behind the device is cut, so that every
/// access behind its end gets a SIGBUS.
///
/// The file `striped` has its chunks 1 and 4 on the strip at 30 MiB, of which two pages are left.
class BadMemoryTest {
  private static final int EIO = -Errno.EIO;
  private static final int PAGE = 4096;
  private static final int CHUNK = 2 << 20;
  private static final long CUT = 30 * ByteSize.MIB + 2 * PAGE;

  /// Where the memory of `striped` ends.
  private static final long LAST = CHUNK + 2 * PAGE;

  @SuppressWarnings("NullAway.Init")
  private Served served;

  private final PageTableWindow window = new PageTableWindow(16 << 20);
  private byte[] contents = {};
  private long striped;

  @BeforeEach
  void serve() throws IOException {
    served = Served.with(window);
    striped = served.test.nodeid("striped");
    byte[] random = new byte[4 * CHUNK];
    new SplittableRandom(6).nextBytes(random);
    for (int at = 0; at < random.length; at += 1 << 20) {
      byte[] block = Arrays.copyOfRange(random, at, at + (1 << 20));
      assertEquals(0, served.call(Requests.write(striped, at, block)).error());
    }
    contents = served.test.contents("striped");
  }

  @AfterEach
  void end() {
    served.close();
  }

  private void cut(long sizeBytes) throws IOException {
    ((MappedDaxDevice) served.test.device()).fd().truncate(sizeBytes);
  }

  /// As a program's read, whose answer may be short.
  private Reply read(long offset, int size) {
    return served.call(Requests.read(Opcode.READ, striped, offset, size, ReadIn.LOCK_OWNER_GIVEN));
  }

  @Test
  void readGivesWhatIsBeforeTheBadMemory() throws IOException {
    cut(CUT);
    for (int again = 0; again < 2; again++) {
      Reply reply = read(CHUNK - PAGE, 16 * PAGE);
      assertEquals(0, reply.error());
      assertArrayEquals(Arrays.copyOfRange(contents, CHUNK - PAGE, (int) LAST), reply.body());
      assertEquals(EIO, read(LAST, PAGE).error());
      assertEquals(EIO, read(LAST + 5 * PAGE, 10).error());
    }
    assertEquals(2 * PAGE, read(2 * CHUNK, 2 * PAGE).bodyLength(), "the next chunk is there");
    assertTrue(served.server.stats().memoryFaults() > 0);
  }

  @Test
  void fillingAPageCacheIsWholeOrFails() throws IOException {
    cut(CUT);
    for (int again = 0; again < 2; again++) {
      assertEquals(EIO, served.call(Requests.read(Opcode.READ, striped, CHUNK, 4 * PAGE)).error());
      Reply whole = served.call(Requests.read(Opcode.READ, striped, CHUNK, 2 * PAGE));
      assertEquals(2 * PAGE, whole.bodyLength());
    }
  }

  @Test
  void everythingElseGoesOn() throws IOException {
    cut(CUT);
    assertEquals(EIO, read(LAST, 1).error());
    assertEquals(0, served.call(Requests.getattr(striped)).error());
    assertEquals(0, served.call(Requests.lookup(1, "striped")).error());
    assertEquals(0, served.call(Requests.open(Opcode.OPEN, striped, 2)).error());
    assertEquals(0, served.call(Requests.handle24(Opcode.FLUSH, striped)).error());
    assertEquals(EIO, served.call(Requests.fsync(Opcode.FSYNC, striped)).error());
    long hello = served.test.nodeid("hello");
    assertEquals(5, served.call(Requests.read(Opcode.READ, hello, 0, 100)).bodyLength());
    assertEquals(0, served.call(Requests.write(hello, 0, new byte[5])).error());
    assertEquals(0, served.call(Requests.fsync(Opcode.FSYNC, hello)).error());
    assertEquals(new BadMemoryStats(1, PAGE, 1, 0, 1, 0), served.test.volume().badMemory().stats());
  }

  @Test
  void writeStoresWhatIsBeforeTheBadMemory() throws IOException {
    cut(CUT);
    byte[] data = new byte[5 * PAGE];
    new SplittableRandom(7).nextBytes(data);
    Reply reply = served.call(Requests.write(striped, CHUNK, data));
    assertEquals(0, reply.error());
    assertEquals(2 * PAGE, WriteOut.size(reply.message(), 16));
    assertArrayEquals(Arrays.copyOf(data, 2 * PAGE), read(CHUNK, 2 * PAGE).body());
    assertEquals(EIO, served.call(Requests.write(striped, LAST, data)).error());
  }

  @Test
  void writingAPageCacheBackStoresAllItCanAndFails() throws IOException {
    cut(CUT);
    byte[] data = new byte[1 << 20];
    new SplittableRandom(8).nextBytes(data);
    long offset = 2L * CHUNK - data.length + PAGE;
    byte[] request = Requests.write(striped, offset, data, WriteIn.CACHE);
    assertEquals(EIO, served.call(request).error());
    byte[] behind = Arrays.copyOfRange(data, data.length - PAGE, data.length);
    assertArrayEquals(behind, read(2 * CHUNK, PAGE).body());
  }

  @Test
  void memoryThatIsBackIsReadAgain() throws IOException {
    cut(CUT);
    assertEquals(EIO, read(LAST, PAGE).error());
    cut(TestVolume.DEVICE_BYTES);
    assertEquals(EIO, read(LAST, PAGE).error(), "until somebody has looked");
    served.test.volume().badMemory().refresh();
    assertArrayEquals(new byte[PAGE], read(LAST, PAGE).body());
  }

  @Test
  void badMemoryLeavesTheWindowAndDoesNotComeBack() throws IOException {
    int all = 4 * CHUNK;
    assertEquals(0, map(0, all).error());
    assertEquals(all / PAGE, window.pages.size());
    cut(CUT);
    assertEquals(EIO, read(LAST, PAGE).error());
    assertEquals(all / PAGE - 1, window.pages.size());
    assertTrue(!window.pages.containsKey(LAST));
    assertEquals(EIO, map(0, all).error());
    assertEquals(EIO, map(CHUNK, CHUNK).error());
    assertEquals(0, map(0, CHUNK).error());
    assertEquals(0, map(2 * CHUNK, CHUNK).error());
    assertEquals(all / PAGE - 1, window.pages.size());
  }

  private Reply map(long offset, long length) {
    return served.call(Requests.setupMapping(striped, offset, offset, length, 3));
  }

  @Test
  void kernelsAreToldNotToMapAFileOnBadMemory() throws IOException {
    long simple = served.test.nodeid("simple");
    assertEquals(Attr.FLAG_DAX, flags(striped));
    assertEquals(Attr.FLAG_DAX, flags(simple));
    cut(CUT);
    assertEquals(EIO, read(LAST, PAGE).error());
    assertEquals(0, flags(striped));
    assertEquals(Attr.FLAG_DAX, flags(simple));
  }

  private int flags(long nodeid) {
    return Attr.flags(served.call(Requests.getattr(nodeid)).message(), Served.ATTR_AT);
  }

  @Test
  void rangesAreZeroedAndCopiedOutsideBadMemoryOnly() throws IOException {
    cut(CUT);
    assertEquals(EIO, read(LAST, PAGE).error());
    int zero = 0x10;
    assertEquals(EIO, served.call(Requests.fallocate(striped, zero, LAST - 1, 2)).error());
    assertEquals(0, served.call(Requests.fallocate(striped, zero, LAST - 2, 2)).error());
    assertArrayEquals(new byte[2], read(LAST - 2, 2).body());
  }
}
