package io.famfs.virtiofs;

import io.famfs.core.Errno;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.server.MappingWindow;
import io.famfs.fuse.server.WindowPieces;
import io.famfs.fuse.server.WindowReport;
import io.famfs.fuse.server.WindowSlot;
import io.famfs.os.ErrnoException;
import io.famfs.os.FileIdentity;
import io.famfs.vhostuser.BackEndChannel;
import io.famfs.vhostuser.BackEndChannel.Outcome;
import io.famfs.vhostuser.ProtocolFeature;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The DAX window of one connection: virtio shared memory region 0 (virtio 1.3, clause 5.11.6.5).
///
/// A table has every live map of the front-end, so that each is taken back by one exact unmap and
/// none is ever laid over another. A change is all or nothing: when a step fails, what was done is
/// undone and what was there is put back.
///
/// Changes are made by queue workers under one lock, which they hold while they wait for the
/// front-end. The control thread takes it only when no ring runs.
final class DaxWindow implements MappingWindow {
  /// The region's id (clause 5.11.6.5).
  static final int REGION_ID = 0;

  /// What a front-end has to be able to do: without acknowledgements nobody would know what was
  /// mapped.
  static final long NEEDED_FEATURES =
      ProtocolFeature.SHMEM
          | ProtocolFeature.REPLY_ACK
          | ProtocolFeature.BACKEND_REQ
          | ProtocolFeature.BACKEND_SEND_FD;

  private static final System.Logger LOG = System.getLogger(DaxWindow.class.getName());

  private final FrontEndRules rules;
  private final @Nullable WindowTable table;
  private final List<MappedDaxDevice> devices;
  private final WindowShape shape;
  private final FileIdentity[] identities;
  private final ReentrantLock lock = new ReentrantLock();
  private final NavigableMap<Long, LiveMap> live = new TreeMap<>();
  private final AtomicLong maps = new AtomicLong();
  private final AtomicLong unmaps = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private volatile @Nullable BackEndChannel channel;

  /// Where the guest has the window, once a memory table has shown it; 0 before.
  private volatile long guestBase;

  /// The table as of the last change, for readers without the lock.
  private volatile LiveMap[] published = {};

  /// @param rules what the front-end gets and bears
  /// @param table where maps are noted for the process after this one, and those of the one before
  ///   are; null for nowhere
  /// @throws ErrnoException when a device cannot be looked at
  DaxWindow(
      long sizeBytes,
      List<MappedDaxDevice> devices,
      FrontEndRules rules,
      @Nullable WindowTable table)
      throws ErrnoException {
    this.rules = rules;
    this.table = table;
    this.devices = List.copyOf(devices);
    shape = new WindowShape(sizeBytes, WindowShape.alignmentLog2(devices), this.devices);
    identities = new FileIdentity[devices.size()];
    for (int i = 0; i < identities.length; i++) {
      identities[i] = devices.get(i).fd().identity();
    }
    if (table != null) {
      table.load(live);
      guestBase = table.guestBase();
      publish();
    }
  }

  /// Whether a window can be had with these negotiated features.
  static boolean usableWith(long protocolFeatures) {
    return (protocolFeatures & NEEDED_FEATURES) == NEEDED_FEATURES;
  }

  void channel(@Nullable BackEndChannel next) {
    channel = next;
  }

  @Override
  public long sizeBytes() {
    return shape.sizeBytes();
  }

  @Override
  public boolean enforcesReadOnly() {
    return rules.enforcesReadOnly();
  }

  @Override
  public int alignmentLog2() {
    return shape.alignmentLog2();
  }

  /// Maps the front-end has accepted.
  long mapCount() {
    return maps.get();
  }

  /// Unmaps the front-end has accepted.
  long unmapCount() {
    return unmaps.get();
  }

  /// Requests to the front-end that were refused or never answered.
  long failureCount() {
    return failures.get();
  }

  /// Maps there are now.
  int liveCount() {
    return published.length;
  }

  /// Where the guest has the window, 0 when not known.
  long guestBase() {
    return guestBase;
  }

  /// The maps there are now, by window offset.
  List<LiveMap> liveMaps() {
    return List.of(published);
  }

  @Override
  public WindowReport report() {
    List<WindowSlot> slots = new ArrayList<>();
    for (LiveMap map : published) {
      slots.add(
          new WindowSlot(
              map.nodeid(),
              map.windowOffset(),
              map.lengthBytes(),
              map.deviceIndex(),
              map.deviceOffset(),
              map.certain()));
    }
    return new WindowReport(shape.sizeBytes(), slots, maps.get(), unmaps.get(), failures.get());
  }

  @Override
  public int map(
      long nodeid,
      long fileOffset,
      long windowOffset,
      long lengthBytes,
      WindowPieces pieces,
      boolean writable) {
    if (!shape.holds(windowOffset, lengthBytes)
        || !shape.isFilledBy(pieces, windowOffset, lengthBytes)) {
      return -Errno.EINVAL;
    }
    boolean stores = writable || !rules.enforcesReadOnly();
    lock.lock();
    try {
      List<LiveMap> wanted = new ArrayList<>(pieces.count());
      for (int i = 0; i < pieces.count(); i++) {
        wanted.add(
            new LiveMap(
                nodeid,
                pieces.windowOffset(i),
                pieces.lengthBytes(i),
                pieces.deviceIndex(i),
                pieces.deviceOffset(i),
                stores,
                true));
      }
      if (isMapped(wanted)) {
        return 0;
      }
      return change(windowOffset, windowOffset + lengthBytes, wanted);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int unmap(long windowOffset, long lengthBytes) {
    if (!shape.holds(windowOffset, lengthBytes)) {
      return -Errno.EINVAL;
    }
    lock.lock();
    try {
      return change(windowOffset, windowOffset + lengthBytes, List.of());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int withdraw(int deviceIndex, long deviceOffset, long lengthBytes) {
    long from = deviceOffset & ~shape.mask();
    long to = (deviceOffset + lengthBytes + shape.mask()) & ~shape.mask();
    int result = 0;
    lock.lock();
    try {
      for (LiveMap map : List.copyOf(live.values())) {
        long start = Math.max(from, map.deviceOffset());
        long end = Math.min(to, map.deviceOffset() + map.lengthBytes());
        if (map.deviceIndex() == deviceIndex && start < end) {
          long shift = map.windowOffset() - map.deviceOffset();
          result = Math.min(result, change(start + shift, end + shift, List.of()));
        }
      }
      return result;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void unmapAll() {
    lock.lock();
    try {
      boolean sent = false;
      for (LiveMap map : List.copyOf(live.values())) {
        sent |= takeOut(map) == Outcome.DONE;
      }
      if (sent) {
        settle();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Forgets all maps without a message: the front-end has dropped them. No ring runs.
  void forget() {
    lock.lock();
    try {
      live.clear();
      if (table != null) {
        table.clear();
      }
      guestBase = 0;
      publish();
    } finally {
      lock.unlock();
    }
  }

  /// Whether a region of this file in the memory table is a map of ours.
  boolean isDevice(FileIdentity file) {
    return deviceIndex(file) >= 0;
  }

  /// Learns the window's guest address from a region of the memory table. Takes no lock: the worker
  /// that asked for the map may be waiting.
  void regionAt(FileIdentity file, long fileOffset, long guestAddress) {
    int device = deviceIndex(file);
    for (LiveMap map : published) {
      if (map.deviceIndex() == device && map.deviceOffset() == fileOffset) {
        guestBase = guestAddress - map.windowOffset();
        if (table != null) {
          table.guestBase(guestBase);
        }
        return;
      }
    }
  }

  private int deviceIndex(FileIdentity file) {
    for (int i = 0; i < identities.length; i++) {
      if (file.equals(identities[i])) {
        return i;
      }
    }
    return -1;
  }

  /// Whether every wanted byte is there already, whatever maps show it.
  private boolean isMapped(List<LiveMap> wanted) {
    for (LiveMap want : wanted) {
      long at = want.windowOffset();
      while (at < want.windowEnd()) {
        Map.Entry<Long, LiveMap> entry = live.floorEntry(at);
        if (entry == null) {
          return false;
        }
        LiveMap have = entry.getValue();
        boolean shows =
            have.certain()
                && (have.writable() || !want.writable())
                && at < have.windowEnd()
                && have.deviceIndex() == want.deviceIndex()
                && have.deviceOffset() - have.windowOffset()
                    == want.deviceOffset() - want.windowOffset();
        if (!shows) {
          return false;
        }
        at = have.windowEnd();
      }
    }
    return true;
  }

  /// Replaces what is in `from..to`: takes the old maps out whole, puts the wanted ones in, and
  /// puts back what of the old ones lies outside.
  private int change(long from, long to, List<LiveMap> wanted) {
    List<LiveMap> old = overlapping(from, to);
    List<LiveMap> put = new ArrayList<>(wanted);
    List<LiveMap> restore = new ArrayList<>();
    for (LiveMap map : old) {
      if (map.certain()) {
        restore.add(map);
        if (map.windowOffset() < from) {
          put.add(map.part(map.windowOffset(), from));
        }
        if (map.windowEnd() > to) {
          put.add(map.part(to, map.windowEnd()));
        }
      }
    }
    if (old.isEmpty() && put.isEmpty()) {
      return 0;
    }
    boolean done = takeOutAll(old) && putInAll(put);
    if (!done) {
      undo(old, put, restore);
    }
    return settle() && done ? 0 : -Errno.EIO;
  }

  private List<LiveMap> overlapping(long from, long to) {
    Map.Entry<Long, LiveMap> before = live.lowerEntry(from);
    long start = before != null && before.getValue().overlaps(from, to) ? before.getKey() : from;
    return List.copyOf(live.subMap(start, to).values());
  }

  private boolean takeOutAll(Collection<LiveMap> maps) {
    for (LiveMap map : maps) {
      if (takeOut(map) != Outcome.DONE && map.certain()) {
        return false;
      }
    }
    return true;
  }

  private boolean putInAll(Collection<LiveMap> maps) {
    for (LiveMap map : maps) {
      if (putIn(map) != Outcome.DONE) {
        return false;
      }
    }
    return true;
  }

  /// Puts back what was there before a change that failed. What the front-end refuses now stays
  /// out: the guest reads zeros there and is told so by the error.
  private void undo(List<LiveMap> old, List<LiveMap> put, List<LiveMap> restore) {
    for (LiveMap map : put) {
      if (map.equals(live.get(map.windowOffset()))) {
        takeOut(map);
      }
    }
    for (LiveMap map : restore) {
      boolean gone = !live.containsKey(map.windowOffset());
      if (gone && overlapping(map.windowOffset(), map.windowEnd()).isEmpty()) {
        if (putIn(map) != Outcome.DONE) {
          LOG.log(
              System.Logger.Level.WARNING,
              "window {0}+{1}: cannot put back what was there, {2} maps touched",
              map.windowOffset(),
              map.lengthBytes(),
              old.size());
        }
      }
    }
  }

  private Outcome putIn(LiveMap map) {
    BackEndChannel to = channel;
    if (to == null) {
      return Outcome.BARRED;
    }
    if (table != null && !table.hasRoom()) {
      failures.incrementAndGet();
      return Outcome.REFUSED;
    }
    if (table != null) {
      table.doubt(map);
    }
    Outcome outcome =
        to.map(
            REGION_ID,
            devices.get(map.deviceIndex()).fd(),
            map.deviceOffset(),
            map.windowOffset(),
            map.lengthBytes(),
            map.writable());
    switch (outcome) {
      case DONE -> {
        live.put(map.windowOffset(), map);
        maps.incrementAndGet();
      }
      case UNKNOWN -> {
        live.put(map.windowOffset(), map.doubted());
        failures.incrementAndGet();
      }
      case REFUSED, BARRED, BROKEN -> failures.incrementAndGet();
    }
    publish();
    note(map.windowOffset());
    return outcome;
  }

  /// Takes one map out. One whose state is in doubt is gone from the table whatever the front-end
  /// says, for a refusal means that it was not there.
  private Outcome takeOut(LiveMap map) {
    BackEndChannel to = channel;
    if (table != null) {
      table.doubt(map);
    }
    Outcome outcome =
        to == null ? Outcome.BARRED : to.unmap(REGION_ID, map.windowOffset(), map.lengthBytes());
    switch (outcome) {
      case DONE -> {
        live.remove(map.windowOffset());
        unmaps.incrementAndGet();
      }
      case REFUSED -> {
        if (map.certain()) {
          failures.incrementAndGet();
        }
        live.remove(map.windowOffset());
      }
      case UNKNOWN, BARRED -> live.put(map.windowOffset(), map.doubted());
      case BROKEN -> live.remove(map.windowOffset());
    }
    publish();
    note(map.windowOffset());
    return outcome;
  }

  /// Notes what has become of the map at an offset.
  private void note(long windowOffset) {
    LiveMap now = live.get(windowOffset);
    if (table == null) {
      return;
    }
    if (now == null) {
      table.remove(windowOffset);
    } else if (now.certain()) {
      table.live(now);
    }
  }

  /// Waits until what was acknowledged is in effect for the guest.
  private boolean settle() {
    BackEndChannel to = channel;
    return to != null && rules.settle(to) == Outcome.DONE;
  }

  private void publish() {
    published = live.values().toArray(LiveMap[]::new);
  }
}
