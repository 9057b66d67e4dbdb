package io.famfs.fuse.famfs;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.ClientArchitecture;
import io.famfs.fuse.protocol.CreateIoctl;
import io.famfs.fuse.protocol.InHeader;
import io.famfs.fuse.protocol.InitFlag;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.SetattrIn;
import io.famfs.fuse.server.BigEndian;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.MemoryExchange;
import io.famfs.fuse.server.MemoryExchange.Reply;
import io.famfs.fuse.server.RequestBytes;
import io.famfs.fuse.server.Requests;
import io.famfs.fuse.server.Session;
import io.famfs.store.namespace.FileInode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A big-endian client sees the file system that a little-endian one sees. Two servers of one file
/// system, for one of each, get the same requests; the messages of the second are turned around by
/// [BigEndian].
class ByteOrderTest {
  private static final int RANGE = 2 << 20;
  private static final int WINDOW = 64 << 20;
  private static final int RANDOM_REQUESTS = 50_000;

  private Served little;
  private FuseServer bigServer;
  private Session big;
  private final PageTableWindow littleWindow = new PageTableWindow(WINDOW);
  private final PageTableWindow bigWindow = new PageTableWindow(WINDOW);
  private final MemoryExchange exchange = new MemoryExchange();

  @BeforeEach
  void serve() throws IOException {
    little = new Served(TestVolume.inMemory(), FamfsOptions.standard(), littleWindow);
    ClientOptions clients = ClientOptions.standard().withArchitecture(ClientArchitecture.S390);
    bigServer = new FuseServer(little.files, clients);
    big = bigServer.open(bigWindow);
    assertArrayEquals(bytes(little.initReply), bigCall(Requests.init()));
  }

  @AfterEach
  void close() {
    big.close();
    little.close();
  }

  /// Sends a little-endian request big-endian, and turns the reply back.
  private byte[] bigCall(byte[] request) {
    int opcode = request.length < 8 ? 0 : InHeader.opcode(MemorySegment.ofArray(request), 0);
    return BigEndian.reply(opcode, bytes(exchange.call(big, BigEndian.request(request))));
  }

  private static byte[] bytes(Reply reply) {
    return reply.message().toArray(ValueLayout.JAVA_BYTE);
  }

  private static int error(byte[] reply) {
    return ByteBuffer.wrap(reply).order(LITTLE_ENDIAN).getInt(4);
  }

  private byte[] requireSame(String what, byte[] request) {
    byte[] expected = bytes(little.call(request));
    assertArrayEquals(expected, bigCall(request), what);
    return expected;
  }

  private List<byte[]> legal() {
    long striped = little.test.nodeid("striped");
    List<byte[]> requests = new ArrayList<>();
    requests.add(Requests.lookup(1, "hello"));
    requests.add(Requests.getattr(striped));
    requests.add(setTimes(striped));
    requests.add(Requests.open(Opcode.OPEN, striped, 2));
    requests.add(Requests.open(Opcode.OPENDIR, 1, 0));
    requests.add(Requests.read(Opcode.READ, striped, RANGE - 100, 4096));
    requests.add(Requests.read(Opcode.READDIR, 1, 0, 4096));
    requests.add(Requests.read(Opcode.READDIRPLUS, 1, 0, 4096));
    requests.add(Requests.write(striped, RANGE - 3, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9}));
    requests.add(Requests.handle24(Opcode.FLUSH, striped));
    requests.add(Requests.handle24(Opcode.RELEASE, striped));
    requests.add(Requests.handle24(Opcode.RELEASEDIR, 1));
    requests.add(Requests.fsync(Opcode.FSYNC, striped));
    requests.add(Requests.fsync(Opcode.FSYNCDIR, 1));
    for (int opcode : new int[] {Opcode.GETLK, Opcode.SETLK, Opcode.SETLKW}) {
      requests.add(Requests.lock(opcode, striped, 8, new Requests.Lock(5, 3, 9, 1, 77, 0)));
      Requests.Lock other = new Requests.Lock(6, 5, 99, 0, 78, 0);
      requests.add(Requests.lock(Opcode.GETLK, striped, 8, other));
    }
    requests.add(Requests.statfs());
    requests.add(Requests.getxattr(striped, "user.famfs.extents", 4096));
    requests.add(Requests.getxattr(striped, "user.famfs.extents", 0));
    requests.add(Requests.listxattr(striped, 0));
    requests.add(Requests.listxattr(striped, 100));
    requests.add(Requests.access(striped, 4, 3, 4));
    requests.add(Requests.setupMapping(striped, RANGE, 3L * RANGE, RANGE, 3));
    requests.add(Requests.setupMapping(striped, 0, RANGE, 2L * RANGE, 2));
    requests.add(Requests.removeMapping(striped, RANGE, RANGE, 3L * RANGE, RANGE));
    requests.add(Requests.fallocate(striped, 3, RANGE - 1000, 200));
    requests.add(Requests.lseek(striped, 5, 4));
    requests.add(Requests.syncfs());
    return requests;
  }

  /// A client that maps files may not have them copied.
  @Test
  void copiesWithoutAWindowMeanTheSame() {
    int withoutWindow = 0x5ff & ~(1 << (InitFlag.HAS_INODE_DAX.bit() - 32));
    int flags = 0x7fff_fffb & ~(1 << InitFlag.MAP_ALIGNMENT.bit());
    assertEquals(0, error(requireSame("init", Requests.init(7, 45, flags, withoutWindow))));
    long striped = little.test.nodeid("striped");
    long simple = little.test.nodeid("simple");
    byte[] there = Requests.copy(Opcode.COPY_FILE_RANGE, striped, 100, simple, RANGE - 9, 300);
    byte[] back = Requests.copy(Opcode.COPY_FILE_RANGE_64, simple, 100, striped, 7, 300);
    assertEquals(0, error(requireSame("there", there)));
    assertEquals(0, error(requireSame("back", back)));
    assertEquals(0, error(requireSame("init", Requests.init())));
    assertEquals(-Errno.EOPNOTSUPP, error(requireSame("with a window", there)));
    assertEquals(-Errno.EOPNOTSUPP, error(requireSame("with a window", back)));
  }

  private static byte[] setTimes(long nodeid) {
    int times = SetattrIn.VALID_MTIME | SetattrIn.VALID_CTIME;
    return Requests.setattr(nodeid, times, 0, 0, 0);
  }

  @Test
  void everyServedRequestMeansTheSame() {
    for (byte[] request : legal()) {
      String opcode = "opcode " + InHeader.opcode(MemorySegment.ofArray(request), 0);
      assertEquals(0, error(requireSame(opcode, request)), opcode);
      assertEquals(littleWindow.pages, bigWindow.pages, opcode);
    }
    assertTrue(!bigWindow.pages.isEmpty());
    assertEquals(4, little.test.byteAt("striped", RANGE));
    for (int opcode = 0; opcode <= Opcode.LAST + 1; opcode++) {
      if (opcode != Opcode.INIT && opcode != Opcode.DESTROY) {
        requireSame("bare opcode " + opcode, RequestBytes.of(opcode, 1).bytes());
      }
    }
  }

  @Test
  void whatIsAnsweredToRandomFieldsIsTheSame() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    byte[][] legal = legal().toArray(byte[][]::new);
    long[] interesting = {0, 1, -1, 3, 255, 4095, 4096, RANGE, Long.MAX_VALUE, Long.MIN_VALUE};
    for (int i = 0; i < RANDOM_REQUESTS; i++) {
      byte[] request = legal[random.nextInt(legal.length)].clone();
      MemorySegment m = MemorySegment.ofArray(request);
      int opcode = InHeader.opcode(m, 0);
      for (int n = random.nextInt(3); n >= 0; n--) {
        int at = InHeader.BYTES - 24 + 4 * random.nextInt((request.length - 16) / 4);
        long value = interesting[random.nextInt(interesting.length)];
        m.set(ValueLayout.JAVA_INT_UNALIGNED, at, (int) value);
      }
      if (opcode == Opcode.SETATTR) {
        // A time of now is another one in the second call.
        int valid = SetattrIn.valid(m, InHeader.BYTES);
        valid &= ~SetattrIn.VALID_MTIME_NOW;
        SetattrIn.valid(m, InHeader.BYTES, valid | SetattrIn.VALID_CTIME);
      }
      requireSame("seed " + seed + ", request " + i + ", opcode " + opcode, request);
    }
    assertEquals(littleWindow.pages, bigWindow.pages, () -> "seed " + seed);
    assertEquals(0, little.server.stats().failures(), () -> "seed " + seed);
    assertEquals(0, bigServer.stats().failures(), () -> "seed " + seed);
  }

  @Test
  void aListOfRangesMayBeLongerThanTheHead() {
    long striped = little.test.nodeid("striped");
    requireSame("map", Requests.setupMapping(striped, 0, 0, 4L * RANGE, 3));
    long[] pairs = new long[2 * 1024];
    for (int i = 0; i < pairs.length; i += 2) {
      pairs[i] = 4096L * (i / 2);
      pairs[i + 1] = 4096;
    }
    requireSame("remove", Requests.removeMapping(striped, pairs));
    assertEquals(1024, bigWindow.pages.size());
    assertEquals(littleWindow.pages, bigWindow.pages);
  }

  @Test
  void lengthsThatLieAreRefused() {
    byte[] list = Requests.removeMapping(1, 0, 4096);
    for (int count : new int[] {0, 2, -1, 0x0100_0000, Integer.MAX_VALUE}) {
      MemorySegment.ofArray(list).set(ValueLayout.JAVA_INT_UNALIGNED, InHeader.BYTES, count);
      assertEquals(-Errno.EINVAL, error(requireSame("count " + count, list)));
    }
    byte[] getattr = Requests.getattr(1);
    for (int length : new int[] {0, 39, getattr.length - 1, getattr.length + 1, -1, 0x3800_0000}) {
      InHeader.len(MemorySegment.ofArray(getattr), 0, length);
      assertEquals(-Errno.EINVAL, error(requireSame("length " + length, getattr)));
    }
    byte[] extended = Requests.getattr(1);
    for (int units : new int[] {2, 3, 0x0100, 0xffff}) {
      InHeader.totalExtlen(MemorySegment.ofArray(extended), 0, (short) units);
      assertEquals(-Errno.EINVAL, error(requireSame("extension " + units, extended)));
    }
    byte[] forget = RequestBytes.of(Opcode.BATCH_FORGET, 0).u32(-1).u32(0).u64(1).u64(1).bytes();
    assertEquals(0, requireSame("batch", forget).length);
  }

  @Test
  void everyRequestIsRefusedWhenItIsCutAnywhere() {
    for (byte[] whole : legal()) {
      for (int length = 0; length < whole.length; length++) {
        byte[] cut = java.util.Arrays.copyOf(whole, length);
        if (length >= Integer.BYTES) {
          InHeader.len(MemorySegment.ofArray(cut), 0, length);
        }
        byte[] reply = requireSame("cut to " + length, cut);
        assertTrue(reply.length == 0 || error(reply) == -Errno.EINVAL, "cut to " + length);
      }
    }
  }

  @Test
  void aRequestInTheOtherOrderFailsAloneAndAnswersItsUnique() {
    byte[] request = Requests.getattr(1);
    Reply wrong = exchange.call(big, request);
    assertEquals(BigEndian.UNIQUE_AT + Long.BYTES, wrong.message().byteSize());
    assertEquals(RequestBytes.UNIQUE, wrong.unique());
    assertEquals(-Errno.EINVAL, Integer.reverseBytes(wrong.error()));
    assertEquals(0, error(requireSame("after it", request)));
    Reply alsoWrong = exchange.call(little.session, BigEndian.request(request));
    assertEquals(-Errno.EINVAL, alsoWrong.error());
    assertEquals(Long.reverseBytes(RequestBytes.UNIQUE), alsoWrong.unique());
    assertEquals(0, error(requireSame("after both", request)));
  }

  @Test
  void theOrderIsThatOfTheLastInit() {
    big.close();
    big = new FuseServer(little.files).open(bigWindow);
    assertEquals(0, error(bigCall(Requests.init())));
    byte[] getattr = Requests.getattr(1);
    byte[] expected = bytes(little.call(getattr));
    assertEquals(0, exchange.call(big, Requests.init()).error());
    assertArrayEquals(expected, bytes(exchange.call(big, getattr)));
    byte[] destroy = RequestBytes.of(Opcode.DESTROY, 0).bytes();
    assertEquals(0, exchange.call(big, destroy).error());
    assertEquals(-Errno.EIO, exchange.call(big, getattr).error());
    assertEquals(0, error(bigCall(Requests.init())));
    assertArrayEquals(expected, bigCall(getattr));
    assertEquals(0, error(bigCall(destroy)));
    assertEquals(-Errno.EIO, error(bigCall(getattr)));
    assertEquals(BIG_ENDIAN, big.order());
  }

  @Test
  void anInitThatFailsChangesNothing() {
    Reply tooOld = exchange.call(big, Requests.init(7, 22, 0, 0));
    assertEquals(-Errno.EPROTO, tooOld.error());
    byte[] cut = RequestBytes.of(Opcode.INIT, 0).u32(7).bytes();
    assertEquals(-Errno.EINVAL, exchange.call(big, cut).error());
    assertEquals(0, error(requireSame("after them", Requests.getattr(1))));
  }

  @Test
  void filesAndDirectoriesAreMadeInTheOrderOfTheClient() {
    byte[] created = bigCall(Requests.create(1, "created", 0100604, 2));
    assertEquals(0, error(created));
    assertEquals(16 + 144, created.length);
    FileInode made = (FileInode) little.test.volume().namespace().find("created");
    assertNotNull(made);
    assertEquals(0604, made.mode());
    long nodeid = made.nodeid();
    // The handle behind the entry.
    assertEquals(nodeid, ByteBuffer.wrap(created).order(LITTLE_ENDIAN).getLong(16 + 128));
    assertEquals(0, error(bigCall(Requests.write(nodeid, RANGE - 1, new byte[] {1, 2}))));
    assertEquals(0, error(bigCall(Requests.fallocate(nodeid, 0, 0, RANGE + 9))));
    requireSame("attributes", Requests.getattr(nodeid));
    requireSame("again", Requests.create(1, "created", 0100604, 0));
    assertEquals(0, error(bigCall(Requests.release(nodeid, 2))));
    assertTrue(made.isCommitted());
    assertEquals(RANGE + 9, made.sizeBytes());
    assertEquals(0, error(bigCall(Requests.mknod(1, "node", 0100600))));
    assertEquals(-Errno.EPERM, error(requireSame("pipe", Requests.mknod(1, "pipe", 0010600))));
    assertEquals(0, error(bigCall(Requests.mkdir(1, "directory", 0711))));
    assertEquals(0711, little.test.inode("directory").mode());
    assertEquals(
        -Errno.EISDIR,
        error(requireSame("rename", Requests.rename2(1, "node", 1, "directory", 0))));
    assertEquals(-Errno.EPERM, error(requireSame("link", Requests.link(nodeid, 1, "link"))));
    requireSame("statx", Requests.statx(nodeid, 0x7ff));
  }

  @Test
  void theArgumentOfTheIoctlIsInTheOrderOfTheClient() {
    MemorySegment argument = MemorySegment.ofArray(new byte[CreateIoctl.PLACED_BYTES]);
    CreateIoctl.write(argument, CreateIoctl.KIND_FILE, 12_345, "made");
    CreateIoctl.owner(argument, 0604, 7, 9);
    byte[] request = ioctl(CreateIoctl.REQUEST, argument.asSlice(0, CreateIoctl.BYTES));
    byte[] reply = bigCall(request);
    assertEquals(0, error(reply));
    assertEquals(32, reply.length);
    FileInode made = (FileInode) little.test.volume().namespace().find("made");
    assertNotNull(made);
    assertEquals(12_345, made.sizeBytes());
    assertEquals(0604, made.mode());
    assertEquals(7, made.uid());
    assertEquals(9, made.gid());
    assertEquals(-Errno.EEXIST, error(requireSame("again", request)));
    // A version and a layout that are only right when they are read in the order of the client.
    CreateIoctl.interleave(argument, 2 << 20, 1, 0, 5);
    byte[] placed = ioctl(CreateIoctl.PLACED_REQUEST, argument);
    assertEquals(-Errno.EEXIST, error(requireSame("with a layout", placed)));
    CreateIoctl.interleave(argument, 2 << 20, 17, 0, 5);
    CreateIoctl.write(argument, CreateIoctl.KIND_FILE, 3 << 20, "strips");
    assertEquals(
        -Errno.EINVAL,
        error(requireSame("too many strips", ioctl(CreateIoctl.PLACED_REQUEST, argument))));
  }

  private static byte[] ioctl(int command, MemorySegment argument) {
    return RequestBytes.of(Opcode.IOCTL, 1)
        .u64(1)
        .u32(16)
        .u32(command)
        .u64(0)
        .u32((int) argument.byteSize())
        .u32(0)
        .raw(argument.toArray(ValueLayout.JAVA_BYTE))
        .bytes();
  }
}
