package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import io.famfs.core.Errno;
import io.famfs.fuse.fmap.ExtentCachePolicy;
import io.famfs.fuse.fmap.ExtentLists;
import io.famfs.fuse.protocol.ClientArchitecture;
import io.famfs.fuse.protocol.DaxdevOut;
import io.famfs.fuse.protocol.EntryOut;
import io.famfs.fuse.protocol.FmapExtent;
import io.famfs.fuse.protocol.FmapOut;
import io.famfs.fuse.protocol.FmapStrips;
import io.famfs.fuse.protocol.InitFlag;
import io.famfs.fuse.protocol.InitOut;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.OpenOut;
import io.famfs.fuse.protocol.ReplyExtents;
import io.famfs.fuse.server.BigEndian;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.DeviceRegistration;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.MapOptions;
import io.famfs.fuse.server.MemoryExchange;
import io.famfs.fuse.server.MemoryExchange.Reply;
import io.famfs.fuse.server.RequestBytes;
import io.famfs.fuse.server.Requests;
import io.famfs.fuse.server.Session;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// GET_FMAP, GET_DAXDEV and lists of extents in replies, on the wire.
class FileMapsTest {
  private static final long MIB = ByteSize.MIB;
  private static final int EXTENT_BIT = 50;
  private static final int FMAP_FLAG2 = 1 << (InitFlag.DAX_FMAP.bit() - 32);
  private static final int EXTENT_FLAG2 = 1 << (EXTENT_BIT - 32);
  private static final int ALL_FLAGS = 0x7fff_fffb;
  private static final int BODY = 16;
  private static final int PAGE = 4096;
  private static final MapOptions ONE_DEVICE =
      MapOptions.none().withDevicePaths(List.of("/dev/dax0.0")).withExtentReplyBit(EXTENT_BIT);

  private TestVolume test;
  private FamfsFileSystem files;
  private final MemoryExchange exchange = new MemoryExchange();
  private final List<Session> sessions = new ArrayList<>();

  @BeforeEach
  void serve() throws IOException {
    test = TestVolume.inMemory();
    files = new FamfsFileSystem(test.volume(), FamfsOptions.standard());
  }

  @AfterEach
  void close() {
    sessions.forEach(Session::close);
    test.close();
  }

  private Session session(FamfsFileSystem system, MapOptions maps, int flags2) {
    ClientOptions options =
        ClientOptions.standard().withArchitecture(ClientArchitecture.X86).withMaps(maps);
    Session session = new FuseServer(system, options).open(null);
    sessions.add(session);
    assertEquals(0, exchange.call(session, Requests.init(7, 45, ALL_FLAGS, flags2)).error());
    return session;
  }

  private Session fmapSession() {
    return session(files, ONE_DEVICE, FMAP_FLAG2);
  }

  private long accepted(MapOptions maps, int flags2) {
    ClientOptions options =
        ClientOptions.standard().withArchitecture(ClientArchitecture.X86).withMaps(maps);
    try (Session session = new FuseServer(files, options).open(null)) {
      MemorySegment m = exchange.call(session, Requests.init(7, 45, ALL_FLAGS, flags2)).message();
      return Integer.toUnsignedLong(InitOut.flags(m, BODY))
          | Integer.toUnsignedLong(InitOut.flags2(m, BODY)) << 32;
    }
  }

  private Reply getFmap(Session session, String path) {
    return exchange.call(session, RequestBytes.of(Opcode.GET_FMAP, test.nodeid(path)).bytes());
  }

  private Reply getFmap(Session session, String path, int size) {
    byte[] request = RequestBytes.of(Opcode.GET_FMAP, test.nodeid(path)).u32(size).u32(0).bytes();
    return exchange.call(session, request);
  }

  private Reply getDaxdev(Session session, long index) {
    return exchange.call(session, RequestBytes.of(Opcode.GET_DAXDEV, index).bytes());
  }

  private Reply open(Session session, String path) {
    return exchange.call(session, Requests.open(Opcode.OPEN, test.nodeid(path), 0));
  }

  @Test
  void mapsAreAgreedOnOnlyWhereTheClientCanNameEveryDevice() {
    long flags = accepted(ONE_DEVICE, FMAP_FLAG2 | EXTENT_FLAG2);
    assertTrue(InitFlag.DAX_FMAP.in(flags));
    assertTrue(InitFlag.INIT_EXT.in(flags));
    assertFalse(InitFlag.ATOMIC_O_TRUNC.in(flags));
    assertTrue((flags & 1L << EXTENT_BIT) != 0);
    assertFalse(InitFlag.DAX_FMAP.in(accepted(MapOptions.none(), -1)));
    assertEquals(0, accepted(MapOptions.none(), -1) & 1L << EXTENT_BIT);
    flags = accepted(ONE_DEVICE, 0);
    assertFalse(InitFlag.DAX_FMAP.in(flags));
    assertTrue(InitFlag.ATOMIC_O_TRUNC.in(flags));
  }

  @Test
  void clientsThatHaveAgreedOnNothingAskInVain() {
    Session session = session(files, ONE_DEVICE, 0);
    assertEquals(-Errno.ENOSYS, getFmap(session, "hello").error());
    assertEquals(-Errno.ENOSYS, getDaxdev(session, 0).error());
    assertNull(session.registration());
    assertEquals(OpenOut.BYTES, open(session, "hello").bodyLength());
  }

  @Test
  void anUnsizedRequestGetsTheMapAsItIs() {
    Session session = fmapSession();
    assertEquals(
        OpenOut.PARALLEL_DIRECT_WRITES, OpenOut.openFlags(open(session, "hello").message(), BODY));
    MemorySegment m = getFmap(session, "simple").message();
    assertEquals(BODY + FmapOut.BYTES + 3 * FmapExtent.BYTES, m.byteSize());
    assertEquals(FmapOut.SIMPLE, FmapOut.extType(m, BODY));
    assertEquals(3, FmapOut.nextents(m, BODY));
    assertEquals(m.byteSize() - BODY, FmapOut.fmapSize(m, BODY));
    assertEquals(TestVolume.SIMPLE_BYTES, FmapOut.fileSize(m, BODY));
    long second = BODY + FmapOut.BYTES + FmapExtent.BYTES;
    assertEquals(0, FmapExtent.devindex(m, second));
    assertEquals(14 * MIB, FmapExtent.offset(m, second));
    assertEquals(2 * MIB, FmapExtent.len(m, second));
    m = getFmap(session, "striped").message();
    long strips = BODY + FmapOut.BYTES;
    assertEquals(FmapOut.INTERLEAVED, FmapOut.extType(m, BODY));
    assertEquals(1, FmapOut.nextents(m, BODY));
    assertEquals(3, FmapStrips.nstrips(m, strips));
    assertEquals(2 * MIB, FmapStrips.chunkSize(m, strips));
    assertEquals(TestVolume.STRIPED_BYTES, FmapStrips.nbytes(m, strips));
  }

  @Test
  void aSizedRequestGetsSimpleExtentsOrTheirLength() {
    Session session = fmapSession();
    Reply whole = getFmap(session, "striped", PAGE);
    int bytes = FmapOut.BYTES + 6 * FmapExtent.BYTES;
    assertEquals(bytes, whole.bodyLength());
    assertEquals(FmapOut.SIMPLE, FmapOut.extType(whole.message(), BODY));
    Reply probe = getFmap(session, "striped", bytes - 1);
    assertEquals(FmapOut.BYTES, probe.bodyLength());
    assertEquals(bytes, FmapOut.fmapSize(probe.message(), BODY));
    assertEquals(6, FmapOut.nextents(probe.message(), BODY));
    assertArrayEquals(whole.body(), getFmap(session, "striped", bytes).body());
    assertArrayEquals(whole.body(), getFmap(session, "striped", -1).body());
    assertEquals(FmapOut.BYTES, getFmap(session, "striped", FmapOut.BYTES).bodyLength());
    // The room of the reply itself counts as well.
    byte[] request =
        RequestBytes.of(Opcode.GET_FMAP, test.nodeid("striped")).u32(PAGE).u32(0).bytes();
    assertEquals(FmapOut.BYTES, exchange.call(session, request, BODY + bytes - 1).bodyLength());
    assertEquals(-Errno.EINVAL, exchange.call(session, request, BODY + 31).error());
  }

  @Test
  void whatIsWrongIsRefusedWithTheRightErrno() {
    Session session = fmapSession();
    for (int extra = 1; extra < 8; extra++) {
      byte[] request =
          RequestBytes.of(Opcode.GET_FMAP, test.nodeid("hello")).raw(new byte[extra]).bytes();
      assertEquals(-Errno.EINVAL, exchange.call(session, request).error(), "extra " + extra);
    }
    for (int size : new int[] {0, 1, 31}) {
      assertEquals(-Errno.EINVAL, getFmap(session, "hello", size).error(), "size " + size);
    }
    byte[] unknown = RequestBytes.of(Opcode.GET_FMAP, 0x7777_7777L).bytes();
    assertEquals(-Errno.ESTALE, exchange.call(session, unknown).error());
    assertEquals(-Errno.EISDIR, getFmap(session, "dir").error());
    for (long index : new long[] {1, 2, 64, -1, 1L << 32, Long.MIN_VALUE}) {
      assertEquals(-Errno.EINVAL, getDaxdev(session, index).error(), "index " + index);
    }
    byte[] device = RequestBytes.of(Opcode.GET_DAXDEV, 0).bytes();
    assertEquals(-Errno.EINVAL, exchange.call(session, device, BODY + 279).error());
    byte[] truncate = Requests.open(Opcode.OPEN, test.nodeid("hello"), 2 | 0x200);
    assertEquals(-Errno.EPERM, exchange.call(session, truncate).error());
  }

  @Test
  void aDeviceHasAName() {
    Reply reply = getDaxdev(fmapSession(), 0);
    assertEquals(DaxdevOut.BYTES, reply.bodyLength());
    assertEquals("/dev/dax0.0", DaxdevOut.name(reply.message(), BODY));
    byte[] expected = new byte[DaxdevOut.BYTES];
    byte[] name = {'/', 'd', 'e', 'v', '/', 'd', 'a', 'x', '0', '.', '0'};
    System.arraycopy(name, 0, expected, 24, name.length);
    assertArrayEquals(expected, reply.body());
  }

  @Test
  void filesOnADeviceTheKernelRefusedGiveErrorsAtOpen() {
    Session session = fmapSession();
    DeviceRegistration devices = session.registration();
    assertNotNull(devices);
    assertEquals(0, open(session, "hello").error());
    devices.run((path, index) -> -Errno.EBUSY);
    assertEquals(-Errno.EIO, open(session, "hello").error());
    assertEquals(-Errno.EIO, getFmap(session, "hello", PAGE).error());
    assertEquals(0, exchange.call(session, Requests.getattr(test.nodeid("hello"))).error());
  }

  /// A server opens its volume again, and finds another state of it: a copy of the device was put
  /// back, or a repair has moved files.
  @Test
  void anotherListThanTheOneGivenOutIsStale() throws IOException {
    for (String policy : List.of("keep", "close", "lru:1")) {
      ExtentLists lists = new ExtentLists(ExtentCachePolicy.parse(policy));
      Session before =
          session(
              new FamfsFileSystem(test.volume(), FamfsOptions.standard(), lists),
              ONE_DEVICE,
              FMAP_FLAG2);
      assertEquals(0, open(before, "simple").error());
      assertEquals(0, open(before, "hello").error());
      try (TestVolume restored = test.restoredWithMoved("simple")) {
        assertEquals(test.nodeid("simple"), restored.nodeid("simple"));
        FamfsFileSystem again =
            new FamfsFileSystem(restored.volume(), FamfsOptions.standard(), lists);
        Session after = session(again, ONE_DEVICE, FMAP_FLAG2);
        assertEquals(0, open(after, "hello").error(), policy);
        assertEquals(-Errno.ESTALE, open(after, "simple").error(), policy);
        assertEquals(-Errno.ESTALE, getFmap(after, "simple", PAGE).error(), policy);
        assertEquals(0, open(before, "simple").error(), policy);
        byte[] release = Requests.handle24(Opcode.RELEASE, test.nodeid("simple"));
        exchange.call(before, release);
        assertEquals(-Errno.ESTALE, open(after, "simple").error(), policy);
        // The last close, by the end of the session.
        before.close();
        int last = policy.equals("close") ? 0 : -Errno.ESTALE;
        assertEquals(last, open(after, "simple").error(), policy);
        after.close();
      }
    }
  }

  private ReplyExtents.Decoded list(Reply reply, int bodyBytes) {
    MemorySegment m = reply.message();
    return ReplyExtents.decode(m, BODY + bodyBytes, m.byteSize());
  }

  @Test
  void listsStandInTheRepliesOfClientsThatAsk() {
    Session session = session(files, ONE_DEVICE, EXTENT_FLAG2);
    assertNull(session.registration());
    for (String path : List.of("hello", "simple", "striped")) {
      Reply opened = open(session, path);
      assertEquals(test.nodeid(path), OpenOut.fh(opened.message(), BODY));
      ReplyExtents.Decoded list = list(opened, OpenOut.BYTES);
      Reply found = exchange.call(session, Requests.lookup(1, path));
      assertEquals(test.nodeid(path), EntryOut.nodeid(found.message(), BODY));
      assertEquals(list, list(found, EntryOut.BYTES));
      assertEquals(0, list.flags());
      assertEquals(test.file(path).sizeBytes(), list.fileBytes());
      long at = 0;
      for (ReplyExtents.Extent extent : list.extents()) {
        assertEquals(test.deviceOffset(path, at), extent.offset(), path + " at " + at);
        assertEquals(0, extent.backingId());
        at += extent.lengthBytes();
      }
      assertTrue(at >= list.fileBytes());
    }
    Reply directory = exchange.call(session, Requests.lookup(1, "dir"));
    assertEquals(new ReplyExtents.Decoded(0, 0, 0, List.of()), list(directory, EntryOut.BYTES));
    Reply opendir = exchange.call(session, Requests.open(Opcode.OPENDIR, 1, 0));
    assertEquals(OpenOut.BYTES, opendir.bodyLength());
    assertEquals(0, getFmap(session, "striped", PAGE).error());
    assertEquals(
        FmapOut.INTERLEAVED, FmapOut.extType(getFmap(session, "striped", PAGE).message(), BODY));
  }

  @Test
  void aListWithoutRoomSaysSo() {
    Session session = session(files, ONE_DEVICE, EXTENT_FLAG2);
    byte[] lookup = Requests.lookup(1, "striped");
    int whole = ReplyExtents.HEADER_BYTES + 6 * ReplyExtents.EXTENT_BYTES;
    for (int room = 0; room <= whole; room++) {
      Reply reply = exchange.call(session, lookup, BODY + EntryOut.BYTES + room);
      assertTrue(reply.wellFormed());
      if (room < ReplyExtents.HEADER_BYTES) {
        assertEquals(EntryOut.BYTES, reply.bodyLength());
      } else {
        ReplyExtents.Decoded list = list(reply, EntryOut.BYTES);
        assertEquals(6, list.count());
        assertEquals(room < whole ? ReplyExtents.TRUNCATED : 0, list.flags());
        assertEquals(room < whole ? 0 : 6, list.extents().size());
      }
    }
  }

  /// A kernel that maps files can never be told that one has grown.
  @Test
  void aFileThatIsWrittenHasNoMapYet() {
    Session writer = session(files, MapOptions.none(), 0);
    Session mapper = fmapSession();
    Session lister = session(files, ONE_DEVICE, EXTENT_FLAG2);
    assertEquals(0, exchange.call(writer, Requests.create(1, "new", 0100644, 2)).error());
    long nodeid = test.nodeid("new");
    byte[] open = Requests.open(Opcode.OPEN, nodeid, 0);
    assertEquals(0, exchange.call(writer, Requests.write(nodeid, 0, new byte[5000])).error());
    assertEquals(-Errno.EBUSY, exchange.call(mapper, open).error());
    assertEquals(-Errno.EBUSY, getFmap(mapper, "new", PAGE).error());
    ReplyExtents.Decoded list = list(exchange.call(lister, open), OpenOut.BYTES);
    assertEquals(new ReplyExtents.Decoded(0, ReplyExtents.NOT_FINAL, 5000, List.of()), list);
    byte[] release =
        RequestBytes.of(Opcode.RELEASE, nodeid).u64(nodeid).u32(2).u32(0).u64(0).bytes();
    assertEquals(0, exchange.call(writer, release).error());
    assertEquals(0, exchange.call(mapper, open).error());
    assertEquals(5000, FmapOut.fileSize(getFmap(mapper, "new", PAGE).message(), BODY));
    assertEquals(1, list(exchange.call(lister, open), OpenOut.BYTES).count());
  }

  @Test
  void aNewFileThatNobodyWritesIsFinalWhenAKernelMapsIt() {
    Session writer = session(files, MapOptions.none(), 0);
    Session mapper = fmapSession();
    assertEquals(0, exchange.call(writer, Requests.mknod(1, "made", 0100644)).error());
    assertFalse(test.file("made").isCommitted());
    assertEquals(0, open(mapper, "made").error());
    assertTrue(test.file("made").isCommitted());
    MemorySegment m = getFmap(mapper, "made").message();
    assertEquals(0, FmapOut.fileSize(m, BODY));
    assertEquals(1, FmapOut.nextents(m, BODY));
    byte[] write = Requests.write(test.nodeid("made"), 0, new byte[10]);
    assertEquals(-Errno.EFBIG, exchange.call(writer, write).error());
    assertEquals(-Errno.EOPNOTSUPP, exchange.call(mapper, Requests.mknod(1, "m", 0100644)).error());
    // What a kernel makes itself it writes by requests, until it opens it again.
    assertEquals(0, exchange.call(mapper, Requests.create(1, "own", 0100644, 2)).error());
    long own = test.nodeid("own");
    assertEquals(0, exchange.call(mapper, Requests.write(own, 0, new byte[10])).error());
    assertEquals(-Errno.EBUSY, open(mapper, "own").error());
    byte[] release = RequestBytes.of(Opcode.RELEASE, own).u64(own).u32(2).u32(0).u64(0).bytes();
    assertEquals(0, exchange.call(mapper, release).error());
    assertEquals(0, open(mapper, "own").error());
    assertEquals(10, FmapOut.fileSize(getFmap(mapper, "own").message(), BODY));
  }

  @Test
  void aBigEndianClientIsToldTheSame() {
    int both = FMAP_FLAG2 | EXTENT_FLAG2;
    Session little = session(files, ONE_DEVICE, both);
    ClientOptions options =
        ClientOptions.standard().withArchitecture(ClientArchitecture.S390).withMaps(ONE_DEVICE);
    Session big = new FuseServer(files, options).open(null);
    sessions.add(big);
    exchange.call(big, BigEndian.request(Requests.init(7, 45, ALL_FLAGS, both)));
    List<byte[]> requests = new ArrayList<>();
    for (String path : List.of("hello", "simple", "striped", "dir")) {
      long nodeid = test.nodeid(path);
      requests.add(Requests.lookup(1, path));
      requests.add(Requests.open(Opcode.OPEN, nodeid, 0));
      requests.add(RequestBytes.of(Opcode.GET_FMAP, nodeid).bytes());
      for (int size : new int[] {31, 32, 55, 56, 200, PAGE, -1}) {
        requests.add(RequestBytes.of(Opcode.GET_FMAP, nodeid).u32(size).u32(0).bytes());
      }
    }
    requests.add(RequestBytes.of(Opcode.GET_DAXDEV, 0).bytes());
    requests.add(RequestBytes.of(Opcode.GET_DAXDEV, 1).bytes());
    for (byte[] request : requests) {
      int opcode = MemorySegment.ofArray(request).get(ValueLayout.JAVA_INT_UNALIGNED, 4);
      byte[] expected = exchange.call(little, request).message().toArray(ValueLayout.JAVA_BYTE);
      Reply reply = exchange.call(big, BigEndian.request(request));
      byte[] turned = BigEndian.reply(opcode, reply.message().toArray(ValueLayout.JAVA_BYTE));
      assertArrayEquals(expected, turned, "opcode " + opcode);
    }
  }

  @Test
  void releasesThatFitNoOpenDoNoHarm() {
    Session session = fmapSession();
    byte[] release = Requests.handle24(Opcode.RELEASE, test.nodeid("hello"));
    assertEquals(0, exchange.call(session, release).error());
    assertEquals(0, open(session, "hello").error());
    assertEquals(0, exchange.call(session, release).error());
    assertEquals(0, exchange.call(session, release).error());
    assertEquals(0, exchange.call(session, RequestBytes.of(Opcode.DESTROY, 0).bytes()).error());
    assertEquals(-Errno.EIO, getFmap(session, "hello").error());
  }
}
