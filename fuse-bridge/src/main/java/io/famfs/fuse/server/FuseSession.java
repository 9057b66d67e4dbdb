package io.famfs.fuse.server;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.InitFlag;
import io.famfs.fuse.protocol.InitFlag.Decision;
import io.famfs.fuse.protocol.InitIn;
import io.famfs.fuse.protocol.InitOut;
import io.famfs.fuse.protocol.SetupMappingIn;
import io.famfs.os.handover.StateRecord;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A connection's state and the requests that concern it: INIT, DESTROY, the window, locks.
///
/// ```text
/// waiting --INIT--> connected --DESTROY--> waiting      any --close()--> closed
///                     | ^
///                     +-+ INIT: a new one begins, the old one's mappings and locks are dropped
/// ```
///
/// INIT also sets the byte order: its opcode reads as itself in one of the two. The order stays
/// after a DESTROY until the next INIT.
///
/// Only INIT is served while waiting; everything else, and everything when closed, answers EIO.
final class FuseSession implements Session {
  /// The protocol this server speaks.
  static final int MAJOR = 7;

  /// The highest minor version.
  static final int MINOR = 45;

  /// The lowest minor version: from here on the structures have the size that is used here.
  static final int OLDEST_MINOR = 23;

  /// Most payload bytes of one WRITE; also what [#MAX_PAGES] pages of READ come to.
  static final int MAX_WRITE_BYTES = 1 << 20;

  private static final int MAX_PAGES = 256;
  private static final int MAX_BACKGROUND = 64;
  private static final int CONGESTION_THRESHOLD = 48;

  private static final Logger LOGGER = System.getLogger(FuseSession.class.getName());

  private final String name;
  private final FuseFileSystem files;
  private final @Nullable MappingWindow window;
  private final int timeoutSeconds;
  private final ClientAbis abis;
  private final SessionLocks locks;
  private final MapOptions maps;
  private final ClientView view;
  private final Notices changes;
  private final boolean local;
  private final Dispatcher dispatcher;
  private final ServerCounters counters;
  private final Consumer<FuseSession> ended;
  private final Set<WorkerCounters> workers = new HashSet<>();
  private final OpenInodes opens = new OpenInodes();
  private final SessionMigration migration;
  private volatile @Nullable Connection connection;
  private volatile ByteOrder order = ByteOrder.LITTLE_ENDIAN;
  private volatile boolean closed;
  private volatile LostInodes lost = LostInodes.NONE;
  private @Nullable SessionNotices notices;
  private @Nullable StateRecord kept;

  /// @param ended told when the session is closed
  FuseSession(
      FuseFileSystem files,
      FuseServer.Peer peer,
      Dispatcher dispatcher,
      ServerCounters counters,
      Consumer<FuseSession> ended) {
    this.ended = ended;
    this.name = peer.name();
    this.files = files;
    this.window = peer.window();
    this.timeoutSeconds = peer.options().timeoutSeconds();
    this.abis = new ClientAbis(peer.options());
    this.locks = new SessionLocks(files, peer.locks(), peer.options());
    this.view = ClientView.of(files, peer.options().export());
    this.maps = view.subtree() == null ? peer.options().maps() : MapOptions.none();
    this.changes = peer.changes();
    this.local = peer.local();
    this.dispatcher = dispatcher;
    this.counters = counters;
    this.migration = new SessionMigration(this, peer);
  }

  @Override
  public void handle(Exchange exchange) {
    Request request = exchange.request();
    if (request.session != this) {
      attach(request);
    }
    dispatcher.dispatch(this, request);
  }

  private void attach(Request request) {
    WorkerCounters fresh = counters.open();
    synchronized (workers) {
      workers.add(fresh);
    }
    request.counters = fresh;
    request.session = this;
  }

  @Override
  public void release(Exchange exchange) {
    Request request = exchange.request();
    if (request.session == this) {
      synchronized (workers) {
        workers.remove(request.counters);
      }
      counters.close(request.counters);
      request.session = null;
    }
  }

  /// The client as it stands.
  SessionReport report() {
    return SessionReport.of(name, connection(), order, window);
  }

  /// Byte order of the last INIT, also after a DESTROY.
  @Override
  public ByteOrder order() {
    return order;
  }

  @Override
  public int errno(int canonical) {
    Connection agreed = connection;
    return agreed == null ? canonical : -agreed.abi().error(-canonical);
  }

  /// By which whoever looks at the server knows the client.
  String name() {
    return name;
  }

  FuseFileSystem files() {
    return files;
  }

  @Override
  public @Nullable DeviceRegistration registration() {
    Connection agreed = connection();
    ClientMaps told = agreed == null ? null : agreed.client().maps();
    return told == null ? null : told.registration();
  }

  /// GET_FMAP: unknown to clients that have not agreed on being told where files lie.
  int getFmap(Request request) {
    return request.connection().client().maps() == null ? -Errno.ENOSYS : files.getFmap(request);
  }

  /// GET_DAXDEV: as GET_FMAP.
  int getDaxdev(Request request) {
    return request.connection().client().maps() == null ? -Errno.ENOSYS : files.getDaxdev(request);
  }

  /// What INIT agreed on; null when requests other than INIT are not served.
  @Nullable Connection connection() {
    return closed ? null : connection;
  }

  /// INIT: agrees on a version and features. A higher major version is answered with ours, upon
  /// which the peer asks again.
  int init(Request request) {
    MemorySegment in = request.in();
    MemorySegment out = request.out();
    int at = Request.ARGUMENTS;
    int major = InitIn.major(in, at);
    int minor = Math.min(InitIn.minor(in, at), MINOR);
    boolean tooOld = major < MAJOR || (major == MAJOR && minor < OLDEST_MINOR);
    if (closed || tooOld || major < 0 || minor < 0) {
      return closed ? -Errno.EIO : -Errno.EPROTO;
    }
    out.asSlice(Request.BODY, InitOut.BYTES).fill((byte) 0);
    InitOut.major(out, Request.BODY, MAJOR);
    InitOut.minor(out, Request.BODY, major == MAJOR ? minor : MINOR);
    if (major > MAJOR) {
      return InitOut.BYTES;
    }
    long offered = offered(request);
    ClientAbi abi = abis.of(request, offered);
    if (abi == null) {
      return -Errno.EPROTO;
    }
    end();
    MappingWindow usable = usable();
    long flags = InitFlag.accept(offered, conditions(usable, abi));
    flags |= abis.asks(request, offered) ? abis.canonicalFlag() : 0;
    flags = maps.agree(offered, flags);
    writeInit(out, InitIn.maxReadahead(in, at), flags, usable);
    order = request.bigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    Connection agreed =
        new Connection(minor, flags, order, abi, new Client(maps.forClient(flags), view), usable);
    synchronized (workers) {
      connection = agreed;
    }
    note(agreed);
    lost = LostInodes.NONE;
    migration.begun();
    locks.begin(agreed.client().id());
    SessionEvent.record(name, "agreed", agreed);
    return InitOut.BYTES;
  }

  @Override
  public void keepIn(StateRecord record) {
    SessionImage found = SessionImage.decode(record.read());
    if (found != null) {
      order = found.order();
      Client client = Client.resumed(maps.forClient(found.flags()), view, found.client());
      connection = found.connection(client, usable());
      locks.resume(found.client());
      migration.begun();
    }
    kept = record;
  }

  @Override
  public byte[] save(List<List<Integer>> taken) throws IOException {
    return migration.save(taken);
  }

  @Override
  public void handOver() throws IOException {
    migration.handOver();
  }

  @Override
  public void takeBack() {
    migration.takeBack();
  }

  @Override
  public List<int[]> load(byte[] state, int queues) throws IOException {
    return migration.load(state, queues);
  }

  /// Goes on with what another server agreed on with the client.
  ///
  /// @throws IOException when this server would not have
  void goOn(SessionImage found) throws IOException {
    MappingWindow usable = usable();
    long canonical = abis.canonicalFlag() & found.flags();
    long here =
        maps.agree(
            found.flags(),
            InitFlag.accept(found.flags(), conditions(usable, found.abi())) | canonical);
    if ((found.flags() & ~here) != 0 || found.minor() > MINOR || found.minor() < OLDEST_MINOR) {
      throw new IOException(
          "the guest was promised what this server does not do: flags 0x"
              + Long.toHexString(found.flags() & ~here)
              + " of minor version "
              + found.minor());
    }
    Client client = Client.resumed(maps.forClient(found.flags()), view, found.client());
    Connection agreed = found.connection(client, usable);
    synchronized (workers) {
      order = found.order();
      connection = agreed;
    }
    note(agreed);
    SessionEvent.record(name, "came", agreed);
  }

  /// What the client has open.
  OpenInodes opens() {
    return opens;
  }

  /// What the client has lost on its way here.
  LostInodes lost() {
    return lost;
  }

  void lost(LostInodes inodes) {
    lost = inodes;
  }

  private void note(@Nullable Connection agreed) {
    if (kept != null) {
      kept.write(agreed == null ? new byte[0] : SessionImage.of(agreed).encode());
    }
  }

  /// The window as this session uses it; null when it has none, or none that may be used.
  private @Nullable MappingWindow usable() {
    MappingWindow own = window;
    if (own == null || (view.readOnly() && !own.enforcesReadOnly())) {
      return null;
    }
    if (own.alignmentLog2() > MappingWindow.MAX_ALIGNMENT_LOG2) {
      LOGGER.log(
          Level.WARNING,
          "a window is not used: it is mapped in pieces of {0} bytes, guests take 2 MiB at most",
          1L << own.alignmentLog2());
      return null;
    }
    return files.window(own);
  }

  private Set<Decision> conditions(@Nullable MappingWindow usable, ClientAbi abi) {
    Set<Decision> hold = EnumSet.noneOf(Decision.class);
    hold.add(usable != null ? Decision.WITH_WINDOW : Decision.WITHOUT_WINDOW);
    if (timeoutSeconds > 0) {
      hold.add(Decision.WITH_TIMEOUT);
    }
    if (local) {
      hold.add(Decision.WITH_NOTIFICATIONS);
    }
    if (locks.accepted()) {
      hold.add(Decision.WITH_LOCKS);
    }
    if (abi.known()) {
      hold.add(Decision.WITH_ARCHITECTURE);
    }
    if (maps.nameAll(files.mappedDevices())) {
      hold.add(Decision.WITH_DEVICES);
    }
    return hold;
  }

  private static long offered(Request request) {
    MemorySegment in = request.in();
    long flags = Integer.toUnsignedLong(InitIn.flags(in, Request.ARGUMENTS));
    boolean second =
        InitFlag.INIT_EXT.in(flags)
            && request.argumentBytes() >= InitIn.FLAGS2_OFFSET + Integer.BYTES;
    return second
        ? flags | Integer.toUnsignedLong(InitIn.flags2(in, Request.ARGUMENTS)) << 32
        : flags & ~InitFlag.INIT_EXT.mask();
  }

  private void writeInit(
      MemorySegment out, int maxReadahead, long flags, @Nullable MappingWindow usable) {
    int at = Request.BODY;
    InitOut.maxReadahead(out, at, maxReadahead);
    InitOut.flags(out, at, (int) flags);
    InitOut.flags2(out, at, (int) (flags >>> 32));
    InitOut.maxBackground(out, at, (short) MAX_BACKGROUND);
    InitOut.congestionThreshold(out, at, (short) CONGESTION_THRESHOLD);
    InitOut.maxWrite(out, at, MAX_WRITE_BYTES);
    InitOut.timeGran(out, at, 1);
    InitOut.maxPages(out, at, (short) MAX_PAGES);
    if (InitFlag.REQUEST_TIMEOUT.in(flags)) {
      InitOut.requestTimeout(out, at, (short) timeoutSeconds);
    }
    if (usable != null && InitFlag.MAP_ALIGNMENT.in(flags)) {
      InitOut.mapAlignment(out, at, (short) usable.alignmentLog2());
    }
  }

  /// OPENDIR: also shows what the client runs on, as long as that is not certain.
  int opendir(Request request) {
    Connection agreed = request.connection();
    if (agreed.abi().certainty() != ClientAbi.Certainty.PROVEN) {
      learn(agreed, request.wireOpenFlags());
    }
    return files.opendir(request);
  }

  private void learn(Connection agreed, int flags) {
    ClientAbi known = abis.learn(agreed.abi(), flags);
    synchronized (workers) {
      if (!known.equals(agreed.abi()) && agreed.equals(connection)) {
        connection = agreed.with(known);
        note(connection);
      }
    }
  }

  /// FLUSH: what the file system does at a close, and the end of the process's record locks.
  int flush(Request request) {
    int result = files.flush(request);
    locks.flushed(request);
    return result;
  }

  /// RELEASE: the end of an open file.
  int release(Request request) {
    int result = files.release(request);
    locks.released(request);
    return result;
  }

  @Override
  public boolean hear(NotificationChannel channel) {
    Connection agreed = connection;
    if (agreed == null || closed) {
      return false;
    }
    SessionNotices telling = new SessionNotices(agreed, channel, files);
    synchronized (workers) {
      notices = telling;
    }
    changes.add(telling);
    boolean hears = telling.start();
    if (!hears) {
      changes.remove(telling);
    }
    return hears;
  }

  @Override
  public boolean resend() {
    SessionNotices telling;
    synchronized (workers) {
      telling = notices;
    }
    return telling != null && telling.resend();
  }

  /// The locks of this client.
  SessionLocks locks() {
    return locks;
  }

  /// DESTROY: Linux takes its mappings out by this alone.
  int destroy(Request request) {
    end();
    return 0;
  }

  /// SETUPMAPPING: refused here when there is no window to map into.
  int setupMapping(Request request) {
    if (request.connection().window() == null) {
      return -Errno.EOPNOTSUPP;
    }
    MappingEvent event = MappingEvent.begun(name, "map", request.nodeid());
    int result = files.setupMapping(request);
    if (event != null) {
      MemorySegment in = request.in();
      event.finish(
          SetupMappingIn.moffset(in, Request.ARGUMENTS),
          SetupMappingIn.len(in, Request.ARGUMENTS),
          result);
    }
    boolean repeatsForEver = result == -Errno.ENOMEM || result == -Errno.EAGAIN;
    return repeatsForEver ? -Errno.EIO : result;
  }

  /// REMOVEMAPPING.
  int removeMapping(Request request) {
    return Unmapping.handle(request, name);
  }

  /// Ends what the last INIT began: no further request, no mapping, nothing kept for the client.
  void end() {
    Connection old;
    SessionNotices telling;
    synchronized (workers) {
      old = connection;
      connection = null;
      telling = notices;
      notices = null;
    }
    if (telling != null) {
      changes.remove(telling);
      telling.close();
    }
    MappingWindow held = window;
    if (held != null) {
      held.unmapAll();
    }
    locks.end(closed);
    opens.clear();
    if (old != null && !migration.isGone()) {
      old.client().end();
      SessionEvent.record(name, "ended", old);
      files.ended(old);
    }
    note(null); // Last: a process that goes on in between ends the rest.
  }

  @Override
  public void close() {
    closed = true;
    end();
    synchronized (workers) {
      workers.forEach(counters::close);
      workers.clear();
    }
    migration.ended();
    ended.accept(this);
  }
}
