package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.famfs.core.Errno;
import io.famfs.dax.Coherence;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.Export;
import io.famfs.fuse.server.MapOptions;
import io.famfs.fuse.server.MappingWindow;
import io.famfs.fuse.server.MemoryExchange;
import io.famfs.fuse.server.RequestBytes;
import io.famfs.fuse.server.Requests;
import io.famfs.fuse.server.Session;
import io.famfs.fuse.server.WindowPieces;
import io.famfs.os.CacheLines;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// The requests that matter for speed allocate nothing once they are compiled.
class AllocationTest {
  private static final int CALLS = 50_000;
  private static final int EXTENT_BIT = 45;
  private static final Duration WARM_UP = Duration.ofSeconds(30);
  private static final double LIMIT_BYTES_PER_CALL = 0.1;

  /// A boxed nodeid.
  private static final double KEY_BYTES = 24;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void frequentRequestsAllocateNothing() throws IOException {
    try (Served served = Served.with(new PageTableWindow(16 << 20))) {
      long striped = served.test.nodeid("striped");
      long chunkBorder = (2 << 20) - 100;
      requireNone(served, "READ", Requests.read(Opcode.READ, striped, chunkBorder, 4096));
      requireNone(served, "WRITE", Requests.write(striped, chunkBorder, new byte[4096]));
      requireNone(served, "GETATTR", Requests.getattr(striped));
      requireNone(served, "LOOKUP", Requests.lookup(1, "striped"));
      requireNone(served, "OPEN", Requests.open(Opcode.OPEN, striped, 2));
      requireNone(served, "FLUSH", Requests.handle24(Opcode.FLUSH, striped));
      byte[] label = Requests.getxattr(striped, "security.selinux", 255);
      requireNone(served, "GETXATTR", label, -Errno.EOPNOTSUPP);
      byte[] absent = Requests.getxattr(striped, "user.mime_type", 255);
      requireNone(served, "GETXATTR", absent, -Errno.ENODATA);
      requireNone(served, "LISTXATTR", Requests.listxattr(striped, 100));
    }
    try (Served served = Served.with(new PageTableWindow(16 << 20))) {
      long striped = served.test.nodeid("striped");
      long bad = served.test.deviceOffset("simple", 0);
      ((MappedDaxDevice) served.test.device()).fd().truncate(TestVolume.DEVICE_BYTES - 4096);
      assertTrue(served.test.volume().badMemory().suspect(0, bad, TestVolume.DEVICE_BYTES - bad));
      requireNone(served, "READ", Requests.read(Opcode.READ, striped, 0, 4096));
      requireNone(served, "WRITE", Requests.write(striped, 0, new byte[4096]));
      requireNone(served, "GETATTR", Requests.getattr(striped));
    }
    try (Served served = Served.standard();
        Session other = served.server.openLocal()) {
      MemoryExchange exchange = new MemoryExchange();
      assertEquals(0, exchange.call(other, Requests.init()).error());
      assertTrue(other.hear((_, _) -> 0));
      long striped = served.test.nodeid("striped");
      requireNone(served, "WRITE that is told", Requests.write(striped, 0, new byte[4096]));
    }
    try (Served served = Served.with(new EmptyWindow())) {
      long striped = served.test.nodeid("striped");
      byte[] map = Requests.setupMapping(striped, 0, 0, 4 << 20, 3);
      requireNone(served, "SETUPMAPPING", map);
    }
  }

  @Test
  void aClientOfASubtreeCostsNothing() throws IOException {
    try (Served served =
        Served.exporting(Export.all().below("dir"), new PageTableWindow(16 << 20))) {
      long nested = served.test.nodeid("dir/nested");
      requireNone(served, "READ", Requests.read(Opcode.READ, nested, 0, 4096));
      requireNone(served, "WRITE", Requests.write(nested, 0, new byte[4096]));
      requireNone(served, "GETATTR", Requests.getattr(nested));
      requireNone(served, "LOOKUP", Requests.lookup(1, "nested"));
      long outside = served.test.nodeid("striped");
      requireNone(served, "READ outside", Requests.read(Opcode.READ, outside, 0, 1), -Errno.ESTALE);
    }
  }

  @Test
  void tellingWhereFilesLieAllocatesNothing() throws IOException {
    MapOptions maps =
        MapOptions.none().withDevicePaths(List.of("/dev/dax0.0")).withExtentReplyBit(EXTENT_BIT);
    try (Served served = Served.mapping(maps)) {
      long striped = served.test.nodeid("striped");
      byte[] sized = RequestBytes.of(Opcode.GET_FMAP, striped).u32(4096).u32(0).bytes();
      byte[] unsized = RequestBytes.of(Opcode.GET_FMAP, striped).bytes();
      requireNone(served, "GET_FMAP", sized);
      requireNone(served, "GET_FMAP", unsized);
      requireNone(served, "GET_DAXDEV", RequestBytes.of(Opcode.GET_DAXDEV, 0).bytes());
      requireNone(served, "LOOKUP with a list", Requests.lookup(1, "striped"));
    }
  }

  @Test
  void aFileThatIsNewCostsTheKeyItIsFoundBy() throws IOException {
    try (Served served = Served.standard()) {
      assertEquals(0, served.call(Requests.create(1, "made", 0100644, 2)).error());
      long made = served.test.nodeid("made");
      assertEquals(0, served.call(Requests.fallocate(made, 0, 0, 3 << 20)).error());
      long border = (2 << 20) - 100;
      requireAtMost(KEY_BYTES, served, "WRITE", Requests.write(made, border, new byte[4096]), 0);
      requireAtMost(KEY_BYTES, served, "READ", Requests.read(Opcode.READ, made, border, 4096), 0);
      requireNone(served, "GETATTR", Requests.getattr(made));
      requireNone(served, "LOOKUP", Requests.lookup(1, "made"));
    }
  }

  @Test
  void movingLinesAllocatesNothing() throws IOException {
    Path shm = Path.of("/dev/shm");
    Assumptions.assumeTrue(
        Files.isWritable(shm) && CacheLines.available(), "SKIPPED: no memory file to flush");
    Path file = Files.createTempDirectory(shm, "famfs-test").resolve("device");
    TestVolume test =
        TestVolume.on(DaxDevices.createFile(file, TestVolume.DEVICE_BYTES, Coherence.FLUSH));
    try (Served served = new Served(test, FamfsOptions.standard(), null)) {
      long striped = test.nodeid("striped");
      requireNone(served, "READ", Requests.read(Opcode.READ, striped, 0, 4096));
      requireNone(served, "WRITE", Requests.write(striped, 0, new byte[4096]));
    } finally {
      Files.delete(file);
      Files.delete(file.getParent());
    }
  }

  private static void requireNone(Served served, String name, byte[] request) {
    requireNone(served, name, request, 0);
  }

  private static void requireNone(Served served, String name, byte[] request, int expected) {
    requireAtMost(0, served, name, request, expected);
  }

  private static void requireAtMost(
      double bytes, Served served, String name, byte[] request, int expected) {
    double limit = bytes + LIMIT_BYTES_PER_CALL;
    MemoryExchange exchange = served.exchange.prepare(request, 1 << 20);
    double perCall = Double.MAX_VALUE;
    long end = System.nanoTime() + WARM_UP.toNanos();
    while (perCall > limit && System.nanoTime() < end) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < CALLS; i++) {
        exchange.send(served.session);
      }
      perCall = (double) (THREADS.getCurrentThreadAllocatedBytes() - before) / CALLS;
    }
    assertEquals(expected, exchange.reply().error(), name);
    double found = perCall;
    assertTrue(found <= limit, () -> name + " allocates " + found + " bytes");
  }

  /// A window whose front-end is not there: what is left is the server's part.
  private static final class EmptyWindow implements MappingWindow {
    @Override
    public long sizeBytes() {
      return 16 << 20;
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
        WindowPieces pieces,
        boolean writable) {
      return pieces.count() > 1 ? 0 : -1;
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
    public void unmapAll() {}
  }
}
