package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.ArchitectureFamily;
import io.famfs.fuse.protocol.ClientArchitecture;
import io.famfs.fuse.protocol.InitFlag;
import io.famfs.fuse.protocol.InitOut;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.ArchIds;
import io.famfs.fuse.server.BigEndian;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.FuseFileSystem;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.LinuxNumbers;
import io.famfs.fuse.server.MemoryExchange;
import io.famfs.fuse.server.Request;
import io.famfs.fuse.server.RequestBytes;
import io.famfs.fuse.server.Requests;
import io.famfs.fuse.server.Session;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Clients of every architecture in every byte order they run in: what they send is understood, and
/// what they get they understand.
class ForeignClientTest {
  private static final long NO_NODEID = 0x7777_7777_7777L;
  private static final int ALL_FLAGS = 0x7fff_fffb;
  private static final int ALL_FLAGS2 = 0x5ff;
  private static final int CANONICAL_BIT = 40;

  /// Where the flags of open(2) are in the requests that have them.
  private static final Map<String, Integer> FLAGS_AT =
      Map.of("open", 0, "opendir", 0, "read", 32, "write", 32, "readdir", 32, "release", 8);

  private TestVolume test;
  private FuseFileSystem recorder;
  private int seen;

  @BeforeEach
  void open() throws IOException {
    test = TestVolume.inMemory();
    FuseFileSystem files = new FamfsFileSystem(test.volume(), FamfsOptions.standard());
    recorder =
        (FuseFileSystem)
            Proxy.newProxyInstance(
                FuseFileSystem.class.getClassLoader(),
                new Class<?>[] {FuseFileSystem.class},
                (proxy, method, arguments) -> {
                  Integer at = FLAGS_AT.get(method.getName());
                  if (at != null && arguments[0] instanceof Request request) {
                    seen = request.in().get(ValueLayout.JAVA_INT_UNALIGNED, 40L + at);
                  }
                  try {
                    return method.invoke(files, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
  }

  @AfterEach
  void close() {
    test.close();
  }

  /// A client of an architecture in one byte order.
  private static final class Client implements AutoCloseable {
    final Session session;
    final boolean big;
    final MemoryExchange exchange = new MemoryExchange();

    Client(FuseServer server, ByteOrder order) {
      session = server.open(null);
      big = order == ByteOrder.BIG_ENDIAN;
    }

    byte[] call(int opcode, byte[] request) {
      byte[] sent = big ? BigEndian.request(request) : request;
      byte[] reply = exchange.call(session, sent).message().toArray(ValueLayout.JAVA_BYTE);
      return big ? BigEndian.reply(opcode, reply) : reply;
    }

    int error(int opcode, byte[] request) {
      return MemorySegment.ofArray(call(opcode, request)).get(ValueLayout.JAVA_INT_UNALIGNED, 4);
    }

    int init(int archId, int flags2) {
      return error(Opcode.INIT, initWith(archId, flags2));
    }

    @Override
    public void close() {
      session.close();
    }
  }

  private static byte[] initWith(int archId, int flags2) {
    return RequestBytes.of(Opcode.INIT, 0)
        .u32(7)
        .u32(45)
        .u32(131072)
        .u32(ALL_FLAGS)
        .u32(flags2)
        .u32(archId)
        .raw(new byte[40])
        .bytes();
  }

  private static void everywhere(BiConsumer<ClientArchitecture, ByteOrder> check) {
    for (ClientArchitecture architecture : ClientArchitecture.values()) {
      for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
        if (architecture.runsIn(order)) {
          check.accept(architecture, order);
        }
      }
    }
  }

  private FuseServer server(@Nullable ClientArchitecture setting) {
    return new FuseServer(recorder, ClientOptions.standard().withArchitecture(setting));
  }

  @Test
  void aClientThatSendsItsArchIdIsUnderstood() {
    everywhere((architecture, order) -> {
      for (String machine : architecture.machines()) {
        try (Client client = new Client(server(null), order)) {
          assertEquals(0, client.init(ArchIds.fnv(machine), ALL_FLAGS2), machine);
          requireUnderstood(client, architecture.family());
          assertEquals(0, client.init(ArchIds.crc(machine), ALL_FLAGS2), machine);
          requireUnderstood(client, architecture.family());
        }
      }
    });
  }

  @Test
  void aClientWhoseArchitectureIsSetIsUnderstood() {
    everywhere((architecture, order) -> {
      try (Client client = new Client(server(architecture), order)) {
        assertEquals(0, client.init(0, ALL_FLAGS2), architecture.name());
        requireUnderstood(client, architecture.family());
      }
    });
  }

  @Test
  void aClientIsUnderstoodFromItsFirstOpendirOn() {
    everywhere((architecture, order) -> {
      ArchitectureFamily family = architecture.family();
      try (Client client = new Client(server(null), order)) {
        assertEquals(0, client.init(0, ALL_FLAGS2));
        // A directory opened without O_DIRECTORY tells nothing.
        int plain = LinuxNumbers.flag(family, "O_LARGEFILE");
        assertEquals(0, client.error(Opcode.OPENDIR, Requests.open(Opcode.OPENDIR, 1, plain)));
        requireNothingActedUpon(client, family);
        int opendir = LinuxNumbers.flags(family, "O_DIRECTORY", "O_LARGEFILE", "O_NONBLOCK");
        byte[] request = Requests.open(Opcode.OPENDIR, 1, opendir);
        assertEquals(0, client.error(Opcode.OPENDIR, request));
        requireUnderstood(client, family);
      }
    });
  }

  /// Each flag alone and all together in each request that carries them; errnos.
  private void requireUnderstood(Client client, ArchitectureFamily family) {
    for (String name : LinuxNumbers.FLAG_NAMES) {
      requireSeen(client, family, List.of(name));
    }
    requireSeen(client, family, LinuxNumbers.FLAG_NAMES);
    long hello = test.nodeid("hello");
    int truncate = LinuxNumbers.flags(family, "O_TRUNC", "O_LARGEFILE") | 1;
    assertEquals(
        -Errno.EPERM, client.error(Opcode.OPEN, Requests.open(Opcode.OPEN, hello, truncate)));
    requireErrno(client, family, Errno.ESTALE, Requests.getattr(NO_NODEID));
    requireErrno(client, family, Errno.ENOSYS, RequestBytes.of(Opcode.BMAP, 1).bytes());
    requireErrno(client, family, Errno.ENOSYS, RequestBytes.of(1234, 1).bytes());
    requireErrno(client, family, Errno.ENAMETOOLONG, Requests.lookup(1, "n".repeat(256)));
    byte[] map = Requests.setupMapping(hello, 0, 0, 4096, 1);
    requireErrno(client, family, Errno.EOPNOTSUPP, map);
    requireErrno(client, family, Errno.ENOENT, Requests.lookup(1, "none"));
  }

  private void requireSeen(Client client, ArchitectureFamily family, List<String> names) {
    int own = 0;
    int canonical = 0;
    for (String name : names) {
      own |= LinuxNumbers.flag(family, name);
      canonical |= LinuxNumbers.flag(ArchitectureFamily.GENERIC, name);
    }
    for (Map.Entry<Integer, byte[]> request : withFlags(own | 2).entrySet()) {
      seen = -1;
      client.call(request.getKey(), request.getValue());
      assertEquals(
          Integer.toOctalString(canonical | 2),
          Integer.toOctalString(seen),
          () -> family + " " + names + " in opcode " + request.getKey());
    }
  }

  private Map<Integer, byte[]> withFlags(int flags) {
    long hello = test.nodeid("hello");
    return Map.of(
        Opcode.OPEN, Requests.open(Opcode.OPEN, hello, flags),
        Opcode.OPENDIR, Requests.open(Opcode.OPENDIR, 1, flags),
        Opcode.READ, transfer(Opcode.READ, hello, flags),
        Opcode.READDIR, transfer(Opcode.READDIR, 1, flags),
        Opcode.WRITE, transfer(Opcode.WRITE, hello, flags),
        Opcode.RELEASE,
            RequestBytes.of(Opcode.RELEASE, hello).u64(hello).u32(flags).u32(0).u64(0).bytes());
  }

  private static byte[] transfer(int opcode, long nodeid, int flags) {
    return RequestBytes.of(opcode, nodeid)
        .u64(nodeid)
        .u64(0)
        .u32(0)
        .u32(0)
        .u64(0)
        .u32(flags)
        .u32(0)
        .bytes();
  }

  private static void requireErrno(
      Client client, ArchitectureFamily family, int canonical, byte[] request) {
    int opcode = MemorySegment.ofArray(request).get(ValueLayout.JAVA_INT_UNALIGNED, 4);
    int expected = -LinuxNumbers.errno(family, canonical);
    assertEquals(expected, client.error(opcode, request), family + " errno " + canonical);
  }

  /// Whatever the bits are: of an unknown client only the access mode is used.
  private void requireNothingActedUpon(Client client, ArchitectureFamily family) {
    int own = LinuxNumbers.flags(family, LinuxNumbers.FLAG_NAMES.toArray(String[]::new));
    for (Map.Entry<Integer, byte[]> request : withFlags(own | 2).entrySet()) {
      seen = -1;
      client.call(request.getKey(), request.getValue());
      assertEquals(2, seen, family + " opcode " + request.getKey());
    }
    requireErrno(client, ArchitectureFamily.GENERIC, Errno.ESTALE, Requests.getattr(NO_NODEID));
  }

  @Test
  void truncationByOpenIsAgreedOnOnlyWhereItsBitIsKnown() {
    try (Client unknown = new Client(server(null), ByteOrder.LITTLE_ENDIAN);
        Client known = new Client(server(ClientArchitecture.X86), ByteOrder.LITTLE_ENDIAN)) {
      assertFalse(InitFlag.ATOMIC_O_TRUNC.in(acceptedBy(unknown, 0, ALL_FLAGS2)));
      assertTrue(InitFlag.ATOMIC_O_TRUNC.in(acceptedBy(known, 0, ALL_FLAGS2)));
    }
  }

  private static long acceptedBy(Client client, int archId, int flags2) {
    MemorySegment m = MemorySegment.ofArray(client.call(Opcode.INIT, initWith(archId, flags2)));
    return Integer.toUnsignedLong(InitOut.flags(m, 16))
        | Integer.toUnsignedLong(InitOut.flags2(m, 16)) << 32;
  }

  @Test
  void whatCannotBeUnderstoodIsRefused() {
    int unknownMachine = ArchIds.fnv("pdp11");
    List<Client> clients = new ArrayList<>();
    try {
      Client alien = new Client(server(null), ByteOrder.LITTLE_ENDIAN);
      clients.add(alien);
      assertEquals(-Errno.EPROTO, alien.init(unknownMachine, ALL_FLAGS2));
      assertEquals(-Errno.EIO, alien.error(Opcode.GETATTR, Requests.getattr(1)));
      Client wrongOrder = new Client(server(null), ByteOrder.LITTLE_ENDIAN);
      clients.add(wrongOrder);
      assertEquals(-Errno.EPROTO, wrongOrder.init(ArchIds.fnv("s390x"), ALL_FLAGS2));
      Client wronglySet = new Client(server(ClientArchitecture.X86), ByteOrder.BIG_ENDIAN);
      clients.add(wronglySet);
      assertEquals(-Errno.EPROTO, wronglySet.init(0, ALL_FLAGS2));
      // The setting helps where the number says nothing.
      Client set = new Client(server(ClientArchitecture.MIPS), ByteOrder.BIG_ENDIAN);
      clients.add(set);
      assertEquals(0, set.init(unknownMachine, ALL_FLAGS2));
      requireUnderstood(set, ArchitectureFamily.MIPS);
    } finally {
      clients.forEach(Client::close);
    }
  }

  @Test
  void whatTheClientSaysCountsMoreThanTheSetting() {
    try (Client client = new Client(server(ClientArchitecture.X86), ByteOrder.LITTLE_ENDIAN)) {
      assertEquals(0, client.init(ArchIds.fnv("aarch64"), ALL_FLAGS2));
      requireUnderstood(client, ArchitectureFamily.ARM);
      // What the requests show counts more than the setting, too.
      assertEquals(0, client.init(0, ALL_FLAGS2));
      requireUnderstood(client, ArchitectureFamily.GENERIC);
      int opendir = LinuxNumbers.flags(ArchitectureFamily.ARM, "O_DIRECTORY", "O_LARGEFILE");
      client.call(Opcode.OPENDIR, Requests.open(Opcode.OPENDIR, 1, opendir));
      requireUnderstood(client, ArchitectureFamily.ARM);
    }
  }

  @Test
  void whatAClientHasSaidStaysWhateverItsRequestsLookLike() {
    try (Client client = new Client(server(null), ByteOrder.LITTLE_ENDIAN)) {
      assertEquals(0, client.init(ArchIds.fnv("aarch64"), ALL_FLAGS2));
      int opendir = LinuxNumbers.flags(ArchitectureFamily.GENERIC, "O_DIRECTORY", "O_LARGEFILE");
      client.call(Opcode.OPENDIR, Requests.open(Opcode.OPENDIR, 1, opendir));
      requireUnderstood(client, ArchitectureFamily.ARM);
    }
  }

  @Test
  void aSecondInitForgetsTheArchitecture() {
    try (Client client = new Client(server(null), ByteOrder.LITTLE_ENDIAN)) {
      assertEquals(0, client.init(ArchIds.fnv("mips64"), ALL_FLAGS2));
      requireUnderstood(client, ArchitectureFamily.MIPS);
      assertEquals(0, client.init(0, ALL_FLAGS2));
      requireNothingActedUpon(client, ArchitectureFamily.MIPS);
    }
  }

  @Test
  void aClientIsAskedForCanonicalNumbersOnlyWhenThatIsWhatItOffers() {
    ClientOptions asking = ClientOptions.standard().withCanonicalBit(CANONICAL_BIT);
    long bit = 1L << CANONICAL_BIT;
    int offering = (int) (bit >>> 32);
    int machine = ArchIds.fnv("sparc64");
    try (Client client = new Client(new FuseServer(recorder, asking), ByteOrder.BIG_ENDIAN)) {
      assertEquals(bit, acceptedBy(client, machine, offering) & bit);
      requireUnderstood(client, ArchitectureFamily.GENERIC);
      assertEquals(bit, acceptedBy(client, ArchIds.fnv("pdp11"), offering) & bit);
      requireUnderstood(client, ArchitectureFamily.GENERIC);
      // The bit without an arch_id is that of another feature.
      assertEquals(0, acceptedBy(client, 0, offering) & bit);
      assertEquals(0, acceptedBy(client, machine, 0) & bit);
      requireUnderstood(client, ArchitectureFamily.SPARC);
    }
    try (Client client = new Client(server(null), ByteOrder.BIG_ENDIAN)) {
      assertEquals(0, acceptedBy(client, machine, offering) & bit);
      requireUnderstood(client, ArchitectureFamily.SPARC);
    }
  }
}
