package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.Attr;
import io.famfs.fuse.protocol.EntryOut;
import io.famfs.fuse.protocol.FallocateIn;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.OpenOut;
import io.famfs.fuse.protocol.SetattrIn;
import io.famfs.fuse.protocol.WriteOut;
import io.famfs.fuse.server.MemoryExchange;
import io.famfs.fuse.server.MemoryExchange.Reply;
import io.famfs.fuse.server.RequestBytes;
import io.famfs.fuse.server.Requests;
import io.famfs.fuse.server.Session;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Files that are made by CREATE and MKNOD: how they grow, and when they go into the log.
class NewFilesTest {
  private static final int O_WRONLY = 1;
  private static final int O_RDWR = 2;
  private static final int O_EXCL = 0200;
  private static final int O_TRUNC = 01000;
  private static final int RANGE = 2 << 20;

  private Served served;
  private final MemoryExchange exchange = new MemoryExchange();
  private Session second;
  private final ExtentCursor cursor = new ExtentCursor();

  @BeforeEach
  void serve() throws IOException {
    served = Served.standard();
    second = served.server.open(null);
    assertEquals(0, exchange.call(second, Requests.init()).error());
  }

  @AfterEach
  void close() {
    second.close();
    served.close();
  }

  private int error(byte[] request) {
    return served.call(request).error();
  }

  /// What the other client is answered.
  private int secondError(byte[] request) {
    return exchange.call(second, request).error();
  }

  private long create(String name, int flags) {
    Reply reply = served.call(Requests.create(1, name, 0100644, flags));
    assertEquals(0, reply.error());
    return EntryOut.nodeid(reply.message(), 16);
  }

  private byte[] read(Session session, long nodeid, long offset, int length) {
    Reply reply = exchange.call(session, Requests.read(Opcode.READ, nodeid, offset, length));
    assertEquals(0, reply.error());
    return reply.message().asSlice(16).toArray(ValueLayout.JAVA_BYTE);
  }

  /// The file as another host finds it in the log; null when it is not there.
  private @Nullable FileInode inLog(String path) throws IOException {
    try (Volume other =
        Volume.open(List.of(served.test.device()), OpenOptions.forHost(new UUID(8, 8)))) {
      return (FileInode) other.namespace().find(path);
    }
  }

  private static byte[] random(int length, long seed) {
    byte[] data = new byte[length];
    new Random(seed).nextBytes(data);
    return data;
  }

  @Test
  void aFileGrowsAndIsInTheLogAfterItsLastRelease() throws IOException {
    long free = served.test.volume().usage().freeBytes();
    Reply made =
        served.call(
            RequestBytes.of(Opcode.CREATE, 1)
                .by(7, 9)
                .u32(O_WRONLY | O_EXCL)
                .u32(0104751)
                .u32(022)
                .u32(0)
                .name("made")
                .bytes());
    assertEquals(0, made.error());
    long nodeid = EntryOut.nodeid(made.message(), 16);
    assertEquals(0104751, Attr.mode(made.message(), Served.ENTRY_ATTR_AT));
    assertEquals(7, Attr.uid(made.message(), Served.ENTRY_ATTR_AT));
    assertEquals(9, Attr.gid(made.message(), Served.ENTRY_ATTR_AT));
    assertEquals(0, Attr.size(made.message(), Served.ENTRY_ATTR_AT));
    assertEquals(nodeid, OpenOut.fh(made.message(), 16 + EntryOut.BYTES));
    byte[] data = random(1 << 20, 1);
    for (int i = 0; i < 5; i++) {
      assertEquals(0, error(Requests.write(nodeid, (long) i << 20, data)));
    }
    // Behind a gap.
    assertEquals(0, error(Requests.write(nodeid, (6 << 20) + 5, new byte[] {1, 2, 3})));
    // The other client sees it at once, a host that reads the log does not.
    assertEquals(0, secondError(Requests.lookup(1, "made")));
    assertArrayEquals(data, read(second, nodeid, 4 << 20, 1 << 20));
    assertArrayEquals(new byte[1000], read(second, nodeid, 5 << 20, 1000));
    assertArrayEquals(new byte[] {0, 1, 2, 3}, read(second, nodeid, (6 << 20) + 4, 4096));
    assertNull(inLog("made"));
    assertEquals(0, error(Requests.handle24(Opcode.FLUSH, nodeid)));
    assertNull(inLog("made"));
    assertEquals(0, error(Requests.release(nodeid, O_WRONLY)));
    FileInode logged = inLog("made");
    assertNotNull(logged);
    assertEquals((6 << 20) + 8, logged.sizeBytes());
    assertEquals(04751, logged.mode());
    assertEquals(7, logged.uid());
    assertEquals(nodeid, logged.nodeid());
    assertEquals(4L * RANGE, free - served.test.volume().usage().freeBytes());
    assertEquals(-Errno.EFBIG, error(Requests.write(nodeid, (6 << 20) + 8, new byte[] {1})));
    assertArrayEquals(data, Arrays.copyOf(served.test.contents("made"), 1 << 20));
  }

  @Test
  void theLastWriterOfAllClientsPutsItIntoTheLog() throws IOException {
    long nodeid = create("shared", O_RDWR);
    assertEquals(0, secondError(Requests.open(Opcode.OPEN, nodeid, O_WRONLY)));
    assertEquals(0, error(Requests.open(Opcode.OPEN, nodeid, O_RDWR)));
    assertEquals(0, error(Requests.open(Opcode.OPEN, nodeid, 0)));
    assertEquals(0, error(Requests.release(nodeid, O_RDWR)));
    assertEquals(0, error(Requests.release(nodeid, O_RDWR)));
    // What this client does not have it cannot release.
    for (int i = 0; i < 100; i++) {
      assertEquals(0, error(Requests.release(nodeid, O_RDWR)));
      assertEquals(0, error(Requests.release(nodeid, 0)));
    }
    assertNull(inLog("shared"));
    assertEquals(0, secondError(Requests.write(nodeid, 0, new byte[] {1})));
    assertEquals(0, secondError(Requests.release(nodeid, O_WRONLY)));
    FileInode logged = inLog("shared");
    assertNotNull(logged);
    assertEquals(1, logged.sizeBytes());
  }

  @Test
  void fsyncPutsItIntoTheLogAndFixesItsSize() throws IOException {
    long nodeid = create("synced", O_RDWR);
    assertEquals(0, error(Requests.write(nodeid, 0, new byte[100])));
    assertEquals(0, error(Requests.syncfs()));
    assertNull(inLog("synced"));
    assertEquals(0, error(Requests.fsync(Opcode.FSYNC, nodeid)));
    FileInode logged = inLog("synced");
    assertNotNull(logged);
    assertEquals(100, logged.sizeBytes());
    assertEquals(-Errno.EFBIG, error(Requests.write(nodeid, 100, new byte[1])));
    assertEquals(0, error(Requests.fsync(Opcode.FSYNC, nodeid)));
    assertEquals(0, error(Requests.release(nodeid, O_RDWR)));
  }

  @Test
  void theEndOfASessionReleasesItsHandles() throws IOException {
    long destroyed = create("destroyed", O_WRONLY);
    assertEquals(0, error(Requests.write(destroyed, 0, new byte[] {1})));
    assertEquals(0, secondError(Requests.open(Opcode.OPEN, destroyed, O_WRONLY)));
    assertEquals(0, error(RequestBytes.of(Opcode.DESTROY, 0).bytes()));
    assertNull(inLog("destroyed"));
    // A new session of the same client has none of the handles of the old one.
    assertEquals(0, error(Requests.init()));
    assertEquals(0, error(Requests.release(destroyed, O_WRONLY)));
    assertNull(inLog("destroyed"));
    long begun = create("begun", O_WRONLY);
    create("empty", 0);
    assertEquals(0, error(Requests.mknod(1, "node", 0100600)));
    assertEquals(0, error(Requests.init()));
    assertNotNull(inLog("begun"));
    assertNotNull(inLog("empty"));
    assertNotNull(inLog("node"));
    assertEquals(-Errno.EFBIG, error(Requests.write(begun, 0, new byte[1])));
    second.close();
    assertNotNull(inLog("destroyed"));
  }

  @Test
  void aFileThatMknodMadeWaitsForItsWriter() throws IOException {
    Reply made = served.call(Requests.mknod(1, "node", 0100640));
    assertEquals(0, made.error());
    assertEquals(EntryOut.BYTES, made.bodyLength());
    long nodeid = EntryOut.nodeid(made.message(), 16);
    assertEquals(0, secondError(Requests.open(Opcode.OPEN, nodeid, 0)));
    assertEquals(0, secondError(Requests.release(nodeid, 0)));
    assertNull(inLog("node"));
    assertEquals(0, secondError(Requests.open(Opcode.OPEN, nodeid, O_WRONLY)));
    assertEquals(0, secondError(Requests.write(nodeid, 0, new byte[10])));
    assertEquals(0, secondError(Requests.release(nodeid, O_WRONLY)));
    FileInode logged = inLog("node");
    assertNotNull(logged);
    assertEquals(10, logged.sizeBytes());
    assertEquals(-Errno.EEXIST, error(Requests.mknod(1, "node", 0100640)));
    for (int type : new int[] {0010000, 0020000, 0060000, 0140000, 0040000, 0120000}) {
      assertEquals(-Errno.EPERM, error(Requests.mknod(1, "special", type | 0600)));
    }
    assertEquals(0, error(Requests.mknod(1, "plain", 0600)));
  }

  @Test
  void aFileMadeForReadingIsEmptyForEver() throws IOException {
    long nodeid = create("empty", 0);
    assertEquals(0, secondError(Requests.open(Opcode.OPEN, nodeid, 0)));
    assertEquals(0, secondError(Requests.release(nodeid, 0)));
    assertNull(inLog("empty"));
    assertEquals(0, error(Requests.release(nodeid, 0)));
    FileInode logged = inLog("empty");
    assertNotNull(logged);
    assertEquals(0, logged.sizeBytes());
    assertEquals(-Errno.EFBIG, error(Requests.write(nodeid, 0, new byte[1])));
  }

  @Test
  void aNewFileCanBeRemoved() throws IOException {
    long free = served.test.volume().usage().freeBytes();
    long nodeid = create("passing", O_RDWR);
    assertEquals(0, error(Requests.write(nodeid, 3 * RANGE, new byte[10])));
    assertEquals(0, secondError(Requests.remove(Opcode.UNLINK, 1, "passing")));
    assertEquals(-Errno.ENOENT, error(Requests.lookup(1, "passing")));
    assertEquals(-Errno.ENOENT, error(Requests.remove(Opcode.UNLINK, 1, "passing")));
    assertEquals(free, served.test.volume().usage().freeBytes());
    for (byte[] request :
        List.of(
            Requests.getattr(nodeid),
            Requests.write(nodeid, 0, new byte[1]),
            Requests.read(Opcode.READ, nodeid, 0, 1),
            Requests.fsync(Opcode.FSYNC, nodeid),
            Requests.fallocate(nodeid, 0, 0, 1),
            Requests.setattr(nodeid, SetattrIn.VALID_SIZE, 0, 0, 0))) {
      assertEquals(-Errno.ESTALE, error(request));
    }
    assertEquals(0, error(Requests.release(nodeid, O_RDWR)));
    assertNull(inLog("passing"));
    // The name is free, a listing has no hole in it, and a directory knows when it is empty.
    create("passing", O_RDWR);
    assertEquals(0, error(Requests.mkdir(1, "directory", 0755)));
    long directory = served.test.nodeid("directory");
    assertEquals(0, error(Requests.create(directory, "below", 0100644, O_WRONLY)));
    assertEquals(-Errno.ENOTEMPTY, error(Requests.remove(Opcode.RMDIR, 1, "directory")));
    assertEquals(0, error(Requests.remove(Opcode.UNLINK, directory, "below")));
    assertEquals(-Errno.EPERM, error(Requests.remove(Opcode.RMDIR, 1, "directory")));
    Reply end = served.call(Requests.read(Opcode.READDIR, directory, 2, 4096));
    assertEquals(0, end.error());
    assertEquals(0, end.bodyLength());
  }

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
  void modeAndOwnerOfANewFileGoIntoTheLog() throws IOException {
    long nodeid = create("owned", O_WRONLY);
    int all = SetattrIn.VALID_MODE | SetattrIn.VALID_UID | SetattrIn.VALID_GID;
    assertEquals(0, error(Requests.setattr(nodeid, all, 0, 0102711, 44)));
    assertEquals(0, error(Requests.release(nodeid, O_WRONLY)));
    FileInode logged = inLog("owned");
    assertNotNull(logged);
    assertEquals(02711, logged.mode());
    assertEquals(44, logged.uid());
    assertEquals(44, logged.gid());
    // Afterwards they change in memory alone.
    assertEquals(0, error(Requests.setattr(nodeid, all, 0, 0100600, 45)));
    assertEquals(45, served.test.inode("owned").uid());
    FileInode still = inLog("owned");
    assertNotNull(still);
    assertEquals(44, still.uid());
  }

  @Test
  void aFileInADirectoryWithTheGroupBitGetsItsGroup() {
    assertEquals(
        0,
        error(RequestBytes.of(Opcode.MKDIR, 1).by(7, 9).u32(02775).u32(022).name("team").bytes()));
    long team = served.test.nodeid("team");
    byte[] created =
        RequestBytes.of(Opcode.CREATE, team).by(5, 6).u64(1).u64(0).name("file").bytes();
    assertEquals(0, error(created));
    assertEquals(9, served.test.inode("team/file").gid());
    assertEquals(5, served.test.inode("team/file").uid());
    assertEquals(
        0,
        error(
            RequestBytes.of(Opcode.MKNOD, team).by(5, 6).u64(0100600).u64(0).name("node").bytes()));
    assertEquals(9, served.test.inode("team/node").gid());
  }

  @Test
  void createOpensWhatIsThere() {
    assertEquals(-Errno.EEXIST, error(Requests.create(1, "hello", 0100644, O_RDWR | O_EXCL)));
    assertEquals(-Errno.EISDIR, error(Requests.create(1, "dir", 0100644, O_RDWR)));
    assertEquals(-Errno.EISDIR, error(Requests.create(1, ".", 0100644, O_RDWR)));
    Reply opened = served.call(Requests.create(1, "hello", 0100600, O_RDWR));
    assertEquals(0, opened.error());
    assertEquals(5, Attr.size(opened.message(), Served.ENTRY_ATTR_AT));
    assertEquals(0100640, Attr.mode(opened.message(), Served.ENTRY_ATTR_AT));
    assertEquals(-Errno.EPERM, error(Requests.create(1, "hello", 0100644, O_RDWR | O_TRUNC)));
    // A kernel that has not looked at the mode is told to look again.
    byte[] stranger =
        RequestBytes.of(Opcode.CREATE, 1)
            .by(5, 6)
            .u32(O_WRONLY)
            .u32(0100644)
            .u64(0)
            .name("hello")
            .bytes();
    assertEquals(-Errno.ESTALE, error(stranger));
    byte[] owner =
        RequestBytes.of(Opcode.CREATE, 1)
            .by(TestVolume.HELLO_UID, 6)
            .u32(O_WRONLY)
            .u32(0100644)
            .u64(0)
            .name("hello")
            .bytes();
    assertEquals(0, error(owner));
    long nodeid = create("new", O_WRONLY);
    assertEquals(0, error(Requests.write(nodeid, 0, new byte[10])));
    assertEquals(0, secondError(Requests.create(1, "new", 0100644, O_WRONLY | O_TRUNC)));
    assertEquals(0, served.test.inode("new").sizeBytes());
    assertEquals(0, error(Requests.release(nodeid, O_WRONLY)));
    assertFalse(served.test.file("new").isCommitted());
    assertEquals(0, secondError(Requests.release(nodeid, O_WRONLY)));
    assertTrue(served.test.file("new").isCommitted());
  }

  @Test
  void createSaysWhyNot() {
    long hello = served.test.nodeid("hello");
    assertEquals(-Errno.ENOTDIR, error(Requests.create(hello, "x", 0100644, O_RDWR)));
    assertEquals(-Errno.ESTALE, error(Requests.create(0x7777, "x", 0100644, O_RDWR)));
    assertEquals(-Errno.EINVAL, error(Requests.create(1, "", 0100644, O_RDWR)));
    assertEquals(-Errno.EINVAL, error(Requests.create(1, "a/b", 0100644, O_RDWR)));
    assertEquals(-Errno.ENAMETOOLONG, error(Requests.create(1, "n".repeat(256), 0100644, 1)));
    assertEquals(-Errno.ENAMETOOLONG, error(Requests.create(1, "n".repeat(80), 0100644, 1)));
    byte[] notUtf8 =
        RequestBytes.of(Opcode.CREATE, 1).u64(1).u64(0).raw(new byte[] {'a', -1, 0}).bytes();
    assertEquals(-Errno.EINVAL, error(notUtf8));
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
  void aHandleMustNotOverflow() {
    long nodeid = create("counted", O_WRONLY);
    byte[] open = Requests.open(Opcode.OPEN, nodeid, O_WRONLY);
    for (int i = 1; i < FilesInMaking.MAX_HANDLES; i++) {
      assertEquals(0, error(open));
    }
    assertEquals(-Errno.ENFILE, error(open));
    assertEquals(0, secondError(open));
    assertEquals(0, error(Requests.release(nodeid, O_WRONLY)));
    assertEquals(0, error(open));
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
