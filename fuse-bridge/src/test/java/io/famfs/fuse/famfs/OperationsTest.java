package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.Attr;
import io.famfs.fuse.protocol.AttrOut;
import io.famfs.fuse.protocol.EntryOut;
import io.famfs.fuse.protocol.InitFlag;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.OpenOut;
import io.famfs.fuse.protocol.SetattrIn;
import io.famfs.fuse.protocol.StatfsOut;
import io.famfs.fuse.protocol.WriteOut;
import io.famfs.fuse.server.MemoryExchange.Reply;
import io.famfs.fuse.server.RequestBytes;
import io.famfs.fuse.server.Requests;
import io.famfs.store.VolumeUsage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OperationsTest {
  private static final long NO_NODEID = 0x7777_7777_7777L;
  private static final int O_RDWR = 2;
  private static final int O_TRUNC = 0x200;

  private Served served;

  @BeforeEach
  void serve() throws IOException {
    served = Served.standard();
  }

  @AfterEach
  void close() {
    served.close();
  }

  @Test
  void lookupFindsAFileWithItsAttributes() {
    Reply reply = served.call(Requests.lookup(1, "hello"));
    assertEquals(0, reply.error());
    assertEquals(EntryOut.BYTES, reply.bodyLength());
    MemorySegment m = reply.message();
    assertEquals(served.test.nodeid("hello"), EntryOut.nodeid(m, 16));
    assertEquals(1, EntryOut.entryValid(m, 16));
    assertEquals(served.test.nodeid("hello"), Attr.ino(m, Served.ENTRY_ATTR_AT));
    assertEquals(5, Attr.size(m, Served.ENTRY_ATTR_AT));
    // One allocation unit of 2 MiB in sectors.
    assertEquals(4096, Attr.blocks(m, Served.ENTRY_ATTR_AT));
    assertEquals(0100640, Attr.mode(m, Served.ENTRY_ATTR_AT));
    assertEquals(TestVolume.HELLO_UID, Attr.uid(m, Served.ENTRY_ATTR_AT));
    assertEquals(TestVolume.HELLO_GID, Attr.gid(m, Served.ENTRY_ATTR_AT));
    assertEquals(1, Attr.nlink(m, Served.ENTRY_ATTR_AT));
    assertEquals(0, Attr.flags(m, Served.ENTRY_ATTR_AT));
  }

  @Test
  void lookupSaysWhyThereIsNothing() {
    assertEquals(-Errno.ENOENT, served.call(Requests.lookup(1, "nothing")).error());
    assertEquals(-Errno.ESTALE, served.call(Requests.lookup(NO_NODEID, "x")).error());
    long file = served.test.nodeid("hello");
    assertEquals(-Errno.ENOTDIR, served.call(Requests.lookup(file, "x")).error());
  }

  @Test
  void lookupChecksTheName() {
    assertEquals(-Errno.EINVAL, served.call(Requests.lookup(1, "")).error());
    assertEquals(-Errno.EINVAL, served.call(Requests.lookup(1, "dir/nested")).error());
    String longest = "n".repeat(255);
    assertEquals(-Errno.ENOENT, served.call(Requests.lookup(1, longest)).error());
    assertEquals(-Errno.ENAMETOOLONG, served.call(Requests.lookup(1, longest + "n")).error());
    byte[] unterminated = RequestBytes.of(Opcode.LOOKUP, 1).raw(new byte[] {'a', 'b'}).bytes();
    assertEquals(-Errno.EINVAL, served.call(unterminated).error());
    byte[] nothing = RequestBytes.of(Opcode.LOOKUP, 1).bytes();
    assertEquals(-Errno.EINVAL, served.call(nothing).error());
  }

  @Test
  void lookupOfDotsServesAnExportedMount() {
    long dir = served.test.nodeid("dir");
    assertEquals(dir, EntryOut.nodeid(served.call(Requests.lookup(dir, ".")).message(), 16));
    assertEquals(1, EntryOut.nodeid(served.call(Requests.lookup(dir, "..")).message(), 16));
    assertEquals(1, EntryOut.nodeid(served.call(Requests.lookup(1, "..")).message(), 16));
    assertEquals(-Errno.ENOENT, served.call(Requests.lookup(1, "...")).error());
    assertEquals(-Errno.ENOENT, served.call(Requests.lookup(1, ".x")).error());
  }

  @Test
  void getattrDescribesFileAndDirectory() {
    Reply root = served.call(Requests.getattr(1));
    assertEquals(0040755, Attr.mode(root.message(), Served.ATTR_AT));
    Reply file = served.call(Requests.getattr(served.test.nodeid("striped")));
    assertEquals(TestVolume.STRIPED_BYTES, Attr.size(file.message(), Served.ATTR_AT));
    assertEquals(-Errno.ESTALE, served.call(Requests.getattr(NO_NODEID)).error());
    assertEquals(-Errno.ESTALE, served.call(Requests.getattr(0)).error());
  }

  @Test
  void setattrKeepsTimesAndRefusesWhatIsFixed() {
    long hello = served.test.nodeid("hello");
    Reply touched = served.call(Requests.setattr(hello, SetattrIn.VALID_MTIME, 0, 0, 0));
    assertEquals(1_000_000_000L, Attr.mtime(touched.message(), Served.ATTR_AT));
    assertEquals(500, Attr.mtimensec(touched.message(), Served.ATTR_AT));
    assertEquals(-Errno.EPERM, setattr(hello, SetattrIn.VALID_SIZE, 4, 0, 0));
    assertEquals(-Errno.EPERM, setattr(hello, SetattrIn.VALID_SIZE, 6, 0, 0));
    assertEquals(0, setattr(hello, SetattrIn.VALID_SIZE, 5, 0, 0));
    assertEquals(-Errno.EINVAL, setattr(hello, SetattrIn.VALID_SIZE, -1, 0, 0));
    assertEquals(-Errno.EISDIR, setattr(1, SetattrIn.VALID_SIZE, 0, 0, 0));
    assertEquals(-Errno.ESTALE, setattr(NO_NODEID, 0, 0, 0, 0));
  }

  @Test
  void modeAndOwnerAreKeptInMemory() {
    long hello = served.test.nodeid("hello");
    assertEquals(0, setattr(hello, SetattrIn.VALID_MODE, 0, 0104751, 0));
    Reply reply = served.call(Requests.getattr(hello));
    assertEquals(0104751, Attr.mode(reply.message(), Served.ATTR_AT));
    assertEquals(0, AttrOut.attrValid(reply.message(), 16), "may not be kept with a set-id bit");
    // A change of owner takes the bit away.
    assertEquals(0, setattr(hello, SetattrIn.VALID_UID, 0, 0, 77));
    reply = served.call(Requests.getattr(hello));
    assertEquals(0100751, Attr.mode(reply.message(), Served.ATTR_AT));
    assertEquals(1, AttrOut.attrValid(reply.message(), 16));
    assertEquals(77, Attr.uid(reply.message(), Served.ATTR_AT));
    assertEquals(TestVolume.HELLO_GID, Attr.gid(reply.message(), Served.ATTR_AT));
    assertEquals(0, setattr(1, SetattrIn.VALID_MODE | SetattrIn.VALID_GID, 0, 01777, 5));
    Reply root = served.call(Requests.getattr(1));
    assertEquals(0041777, Attr.mode(root.message(), Served.ATTR_AT));
    assertEquals(5, Attr.gid(root.message(), Served.ATTR_AT));
  }

  @Test
  void aWriteThatSaysSoTakesSetIdBitsAway() {
    long hello = served.test.nodeid("hello");
    assertEquals(0, setattr(hello, SetattrIn.VALID_MODE, 0, 0106755, 0));
    byte[] write = Requests.write(hello, 0, new byte[] {1});
    assertEquals(0, served.call(write).error());
    assertEquals(06755, served.test.inode("hello").mode());
    MemorySegment.ofArray(write).set(ValueLayout.JAVA_INT_UNALIGNED, 40 + 20, 4);
    assertEquals(0, served.call(write).error());
    assertEquals(0755, served.test.inode("hello").mode());
    // Without permission to execute the group's bit means something else.
    assertEquals(0, setattr(hello, SetattrIn.VALID_MODE, 0, 0106744, 0));
    assertEquals(0, served.call(write).error());
    assertEquals(02744, served.test.inode("hello").mode());
  }

  private int setattr(long nodeid, int valid, long size, int mode, int owner) {
    return served.call(Requests.setattr(nodeid, valid, size, mode, owner)).error();
  }

  @Test
  void openAnswersAHandleThatIsTheNodeid() {
    long hello = served.test.nodeid("hello");
    Reply reply = served.call(Requests.open(Opcode.OPEN, hello, O_RDWR));
    assertEquals(0, reply.error());
    assertEquals(hello, OpenOut.fh(reply.message(), 16));
    int direct = OpenOut.DIRECT_IO | OpenOut.PARALLEL_DIRECT_WRITES;
    assertEquals(direct, OpenOut.openFlags(reply.message(), 16));
    assertEquals(-Errno.EPERM, served.call(Requests.open(Opcode.OPEN, hello, O_TRUNC)).error());
    assertEquals(-Errno.EISDIR, served.call(Requests.open(Opcode.OPEN, 1, 0)).error());
    assertEquals(-Errno.ESTALE, served.call(Requests.open(Opcode.OPEN, NO_NODEID, 0)).error());
  }

  @Test
  void openIsCachedForAKernelThatCannotMapDirectFiles() {
    served.call(Requests.init(7, 38, 0x7fff_fffb, 0));
    long hello = served.test.nodeid("hello");
    Reply reply = served.call(Requests.open(Opcode.OPEN, hello, 0));
    assertEquals(0, OpenOut.openFlags(reply.message(), 16));
  }

  @Test
  void openIsNotDirectForAKernelThatMapsEveryFile() throws IOException {
    try (Served window = Served.with(new PageTableWindow(1 << 24))) {
      long hello = window.test.nodeid("hello");
      byte[] open = Requests.open(Opcode.OPEN, hello, 0);
      int direct = OpenOut.DIRECT_IO | OpenOut.PARALLEL_DIRECT_WRITES;
      assertEquals(direct, OpenOut.openFlags(window.call(open).message(), 16));
      int withoutInodeDax = 0x5ff & ~(1 << (InitFlag.HAS_INODE_DAX.bit() - 32));
      window.call(Requests.init(7, 45, 0x7fff_fffb, withoutInodeDax));
      assertEquals(OpenOut.KEEP_CACHE, OpenOut.openFlags(window.call(open).message(), 16));
    }
  }

  @Test
  void readReturnsWhatTheFileHolds() {
    long hello = served.test.nodeid("hello");
    byte[] expected = "hello".getBytes(StandardCharsets.US_ASCII);
    assertArrayEquals(expected, served.call(read(hello, 0, 4096)).body());
    assertArrayEquals(new byte[] {'l', 'o'}, served.call(read(hello, 3, 4096)).body());
    assertEquals(0, served.call(read(hello, 5, 4096)).bodyLength());
    assertEquals(0, served.call(read(hello, Long.MAX_VALUE, 4096)).error());
    assertEquals(0, served.call(read(hello, Long.MAX_VALUE, 4096)).bodyLength());
    assertEquals(-Errno.EINVAL, served.call(read(hello, -1, 4096)).error());
    assertEquals(-Errno.EISDIR, served.call(read(1, 0, 4096)).error());
    assertEquals(-Errno.ESTALE, served.call(read(NO_NODEID, 0, 4096)).error());
  }

  private static byte[] read(long nodeid, long offset, int size) {
    return Requests.read(Opcode.READ, nodeid, offset, size);
  }

  @Test
  void readIsCutToTheRoomOfTheReply() {
    byte[] request = read(served.test.nodeid("simple"), 0, -1);
    assertEquals(100, served.exchange.call(served.session, request, 116).bodyLength());
    assertEquals(0, served.exchange.call(served.session, request, 16).bodyLength());
    assertTrue(served.exchange.call(served.session, request, 15).none());
  }

  @Test
  void aHandleOfAnotherFileIsRefused() {
    long hello = served.test.nodeid("hello");
    for (int opcode : new int[] {Opcode.READ, Opcode.WRITE, Opcode.READDIR, Opcode.READDIRPLUS}) {
      byte[] request =
          RequestBytes.of(opcode, hello).u64(hello + 1).u64(0).u64(1).u64(0).u64(0).bytes();
      assertEquals(-Errno.EBADF, served.call(request).error(), "opcode " + opcode);
    }
  }

  @Test
  void writeStoresInsideTheFileAndNeverBehindIt() {
    long hello = served.test.nodeid("hello");
    Reply reply = served.call(Requests.write(hello, 1, new byte[] {'u', 'l'}));
    assertEquals(2, WriteOut.size(reply.message(), 16));
    assertEquals(
        "hullo", new String(served.call(read(hello, 0, 9)).body(), StandardCharsets.UTF_8));
    Reply across = served.call(Requests.write(hello, 4, new byte[] {'a', 'b', 'c'}));
    assertEquals(1, WriteOut.size(across.message(), 16));
    assertEquals(0, served.test.byteAt("hello", 5));
    assertEquals(-Errno.EFBIG, served.call(Requests.write(hello, 5, new byte[1])).error());
    assertEquals(-Errno.EFBIG, served.call(Requests.write(hello, 1L << 50, new byte[1])).error());
    assertEquals(0, served.call(Requests.write(hello, 5, new byte[0])).error());
    assertEquals(-Errno.EINVAL, served.call(Requests.write(hello, -1, new byte[1])).error());
    assertEquals(-Errno.EISDIR, served.call(Requests.write(1, 0, new byte[1])).error());
    assertTrue(served.test.inode("hello").mtimeNanos() > 0);
  }

  @Test
  void writeOfMorePayloadThanWasSentIsRefused() {
    long hello = served.test.nodeid("hello");
    byte[] whole = Requests.write(hello, 0, new byte[] {1, 2, 3});
    byte[] cut = RequestBytes.of(Opcode.WRITE, hello).raw(tail(whole, 40, 42)).bytes();
    assertEquals(-Errno.EINVAL, served.call(cut).error());
    assertEquals('h', served.test.byteAt("hello", 0));
  }

  private static byte[] tail(byte[] bytes, int from, int length) {
    return Arrays.copyOfRange(bytes, from, from + length);
  }

  @Test
  void statfsIsTrue() {
    VolumeUsage usage = served.test.volume().usage();
    MemorySegment m = served.call(Requests.statfs()).message();
    assertEquals(usage.totalBytes(), StatfsOut.blocks(m, 16) * StatfsOut.frsize(m, 16));
    assertEquals(usage.freeBytes(), StatfsOut.bavail(m, 16) * StatfsOut.frsize(m, 16));
    assertEquals(TestVolume.DEVICE_BYTES, usage.totalBytes());
    // Superblock 2 + log 8 + hello 2 + nested 2 + simple 6 + striped 12 MiB.
    assertEquals((64 - 32) << 20, usage.freeBytes());
    long taken = StatfsOut.files(m, 16) - StatfsOut.ffree(m, 16);
    assertEquals(4 + 1 + 1, taken, "files, directories, the root");
    assertEquals(79, StatfsOut.namelen(m, 16));
  }

  @Test
  void accessFollowsTheModeBits() {
    long hello = served.test.nodeid("hello");
    assertEquals(0, access(hello, 6, TestVolume.HELLO_UID, 9));
    assertEquals(-Errno.EACCES, access(hello, 1, TestVolume.HELLO_UID, 9));
    assertEquals(0, access(hello, 4, 9, TestVolume.HELLO_GID));
    assertEquals(-Errno.EACCES, access(hello, 2, 9, TestVolume.HELLO_GID));
    assertEquals(-Errno.EACCES, access(hello, 4, 9, 9));
    assertEquals(0, access(hello, 0, 9, 9));
    assertEquals(0, access(hello, 6, 0, 0));
    assertEquals(-Errno.EACCES, access(hello, 1, 0, 0));
    assertEquals(0, access(1, 1, 0, 0));
    assertEquals(-Errno.EINVAL, access(hello, 8, 0, 0));
    assertEquals(-Errno.ESTALE, access(NO_NODEID, 0, 0, 0));
  }

  private int access(long nodeid, int mask, int uid, int gid) {
    return served.call(Requests.access(nodeid, mask, uid, gid)).error();
  }

  @Test
  void closingAndSyncingSucceed() {
    long hello = served.test.nodeid("hello");
    long dir = served.test.nodeid("dir");
    assertEquals(0, served.call(Requests.handle24(Opcode.FLUSH, hello)).error());
    assertEquals(0, served.call(Requests.handle24(Opcode.RELEASE, hello)).error());
    assertEquals(0, served.call(Requests.handle24(Opcode.RELEASEDIR, dir)).error());
    assertEquals(0, served.call(Requests.fsync(Opcode.FSYNC, hello)).error());
    assertEquals(0, served.call(Requests.fsync(Opcode.FSYNCDIR, dir)).error());
    long striped = served.test.nodeid("striped");
    assertEquals(0, served.call(Requests.fsync(Opcode.FSYNC, striped)).error());
    assertEquals(-Errno.ESTALE, served.call(Requests.fsync(Opcode.FSYNC, NO_NODEID)).error());
  }

  @Test
  void whatTellsOnlyIsNotReplied() {
    byte[] forget = RequestBytes.of(Opcode.FORGET, 1).u64(1).bytes();
    assertTrue(served.call(forget).none());
    byte[] batch = RequestBytes.of(Opcode.BATCH_FORGET, 0).u32(1).u32(0).u64(1).u64(1).bytes();
    assertTrue(served.call(batch).none());
    assertTrue(served.call(RequestBytes.of(Opcode.INTERRUPT, 0).u64(8).bytes()).none());
    assertEquals(1, served.server.stats().requests("BATCH_FORGET"));
  }

  @Test
  void aReadOnlyFileSystemRefusesEveryChange() throws IOException {
    FamfsOptions options = FamfsOptions.standard().withReadOnly(true);
    try (Served guarded = new Served(TestVolume.inMemory(), options, null)) {
      long hello = guarded.test.nodeid("hello");
      byte[] open = Requests.open(Opcode.OPEN, hello, O_RDWR);
      assertEquals(-Errno.EROFS, guarded.call(open).error());
      assertEquals(0, guarded.call(Requests.open(Opcode.OPEN, hello, 0)).error());
      byte[] write = Requests.write(hello, 0, new byte[1]);
      assertEquals(-Errno.EROFS, guarded.call(write).error());
      byte[] touch = Requests.setattr(hello, SetattrIn.VALID_MTIME_NOW, 0, 0, 0);
      assertEquals(-Errno.EROFS, guarded.call(touch).error());
      assertEquals(-Errno.EROFS, guarded.call(Requests.access(hello, 2, 0, 0)).error());
    }
  }
}
