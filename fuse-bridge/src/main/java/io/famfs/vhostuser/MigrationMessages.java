package io.famfs.vhostuser;

import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.MemoryMap;
import io.famfs.virtio.DirtyLog;
import io.famfs.virtio.Virtqueue;
import io.famfs.virtio.VirtqueuePlace;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The messages by which a front-end takes its guest elsewhere (vhost-user, "Migration" and
/// "Migrating back-end state"): the log of dirty pages, and the device's state. Belongs to the
/// control thread.
final class MigrationMessages implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(MigrationMessages.class.getName());
  private static final String LOG_PLACE = "log";

  /// 1 TiB of a guest.
  private static final long MAX_LOG_BYTES = 1L << 25;

  private static final long PAGE_BYTES = 4096;

  /// In the reply to SET_DEVICE_STATE_FD: no descriptor comes back, the front-end's is used.
  private static final long NO_DESCRIPTOR = 0x100;

  private static final long FAILED = 1;

  private final MessageSocket socket;
  private final VhostUserDevice device;
  private final MemoryTables tables;
  private final KeptDescriptors kept;
  private final Vring[] rings;
  private ConnectionImage.Log log = ConnectionImage.Log.NONE;
  private @Nullable StateTransfer transfer;

  MigrationMessages(
      MessageSocket socket,
      VhostUserDevice device,
      MemoryTables tables,
      KeptDescriptors kept,
      Vring[] rings) {
    this.socket = socket;
    this.device = device;
    this.tables = tables;
    this.kept = kept;
    this.rings = rings;
  }

  private static boolean logsAll(long features) {
    return (features & ProtocolFeature.VHOST_F_LOG_ALL) != 0;
  }

  /// The log as it is left to another process.
  ConnectionImage.Log image() {
    return log;
  }

  /// Goes on with the log of another process. That one may have been killed between a write and its
  /// mark, so every page counts as written.
  void resume(ConnectionImage.Log left, KeptDescriptors.Heritage heritage, long features)
      throws ProtocolViolation, ErrnoException {
    if (left.fd() == 0) {
      return;
    }
    log = left;
    try (Fd fd = heritage.log(LOG_PLACE, left.fd())) {
      DirtyLog found = map(fd, left.offset(), left.sizeBytes());
      found.mark(0, left.sizeBytes() * Byte.SIZE * PAGE_BYTES);
      tables.log(found, logsAll(features), () -> {});
    }
  }

  /// SET_LOG_BASE. Its reply is waited for whether one was asked for or not (QEMU 11.1
  /// `vhost_user_set_log_base`).
  void setLogBase(long features) throws ProtocolViolation, ErrnoException {
    if (socket.fds().count() != 1) {
      throw new ProtocolViolation("SET_LOG_BASE: no descriptor");
    }
    long sizeBytes = socket.u64(MessageLayout.LOG_SIZE);
    long offset = socket.u64(MessageLayout.LOG_MMAP_OFFSET);
    if (sizeBytes <= 0
        || sizeBytes > MAX_LOG_BYTES
        || offset < 0
        || (sizeBytes | offset) % Long.BYTES != 0
        || offset > Long.MAX_VALUE - sizeBytes) {
      throw new ProtocolViolation("SET_LOG_BASE: " + sizeBytes + " bytes at " + offset);
    }
    try (Fd fd = socket.fds().take(0)) {
      if (offset + sizeBytes > fd.sizeBytes()) {
        throw new ProtocolViolation("SET_LOG_BASE: beyond the end of the file");
      }
      DirtyLog next = map(fd, offset, sizeBytes);
      kept.set(LOG_PLACE, fd);
      log = new ConnectionImage.Log(kept.number(LOG_PLACE), offset, sizeBytes);
      tables.log(next, logsAll(features), this::wake);
    }
    requireRingsCovered();
    socket.sendValue(0);
  }

  private static DirtyLog map(Fd fd, long offset, long sizeBytes) throws ErrnoException {
    long lead = offset % PAGE_BYTES;
    MemoryMap map = MemoryMap.map(fd, offset - lead, sizeBytes + lead, MemoryMap.Access.READ_WRITE);
    return new DirtyLog(map.segment().asSlice(lead, sizeBytes), map::close);
  }

  /// SET_LOG_FD: who wants to be told of dirty pages. A back-end may tell, and need not.
  void setLogFd() {
    socket.fds().closeRest();
  }

  /// SET_FEATURES may turn logging on and off while rings run.
  void logFeature(long features) throws ProtocolViolation, ErrnoException {
    DirtyLog current = tables.log();
    if (current != null) {
      tables.log(current, logsAll(features), this::wake);
    }
  }

  private void wake() {
    for (Vring ring : rings) {
      ring.wake();
    }
  }

  /// SET_VRING_ADDR: of a ring that runs, only what is logged may change.
  void setVringAddr(Vring ring, long features) throws ProtocolViolation, ErrnoException {
    int flags = socket.u32(MessageLayout.ADDRESSES_FLAGS);
    boolean logged = flags == MessageLayout.ADDRESSES_FLAG_LOG;
    if ((flags != 0 && !logged) || (logged && !offersLog())) {
      throw new ProtocolViolation("SET_VRING_ADDR: flags 0x" + Integer.toHexString(flags));
    }
    long descriptors = socket.u64(MessageLayout.ADDRESSES_DESCRIPTORS);
    long avail = socket.u64(MessageLayout.ADDRESSES_AVAIL);
    long used = socket.u64(MessageLayout.ADDRESSES_USED);
    if (ring.started() && !ring.isAt(descriptors, avail, used)) {
      throw new ProtocolViolation("SET_VRING_ADDR: ring " + ring.index() + " is started");
    }
    ring.place(descriptors, avail, used);
    ring.usedLog(logged ? socket.u64(MessageLayout.ADDRESSES_LOG) : Virtqueue.UNLOGGED);
    requireRingsCovered();
    logFeature(features);
  }

  private boolean offersLog() {
    return logsAll(device.features());
  }

  /// The bit of the last byte of each logged ring lies in the log.
  private void requireRingsCovered() throws ProtocolViolation {
    DirtyLog current = tables.log();
    for (Vring ring : rings) {
      VirtqueuePlace place = ring.place();
      long at = ring.usedLog();
      if (current != null && place != null && at != Virtqueue.UNLOGGED) {
        long end = at + place.usedRingBytes();
        if (at < 0 || !current.covers(end)) {
          throw new ProtocolViolation(
              "ring "
                  + ring.index()
                  + " is logged outside of the log, at 0x"
                  + Long.toHexString(at));
        }
      }
    }
  }

  /// SET_DEVICE_STATE_FD: the state begins to go through the front-end's pipe.
  void setDeviceStateFd() throws ProtocolViolation {
    if (socket.fds().count() != 1) {
      throw new ProtocolViolation("SET_DEVICE_STATE_FD: no descriptor");
    }
    int direction = socket.u32(MessageLayout.TRANSFER_DIRECTION);
    int phase = socket.u32(MessageLayout.TRANSFER_PHASE);
    Fd pipe = socket.fds().take(0);
    boolean begun = false;
    try {
      transfer = begin(direction, phase, pipe);
      begun = true;
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "a guest cannot be migrated: {0}", e.getMessage());
    } finally {
      if (!begun) {
        pipe.close();
      }
    }
    socket.sendValue(begun ? NO_DESCRIPTOR : FAILED | NO_DESCRIPTOR);
  }

  private StateTransfer begin(int direction, int phase, Fd pipe)
      throws ProtocolViolation, IOException {
    if (phase != MessageLayout.TRANSFER_STOPPED) {
      throw new ProtocolViolation("SET_DEVICE_STATE_FD: phase " + phase);
    }
    if (transfer != null) {
      throw new ProtocolViolation("SET_DEVICE_STATE_FD: a transfer is under way");
    }
    for (Vring ring : rings) {
      if (ring.started()) {
        throw new IOException("ring " + ring.index() + " is not stopped");
      }
    }
    return switch (direction) {
      case MessageLayout.TRANSFER_SAVE -> StateTransfer.writing(pipe, device.saveState());
      case MessageLayout.TRANSFER_LOAD -> StateTransfer.reading(pipe);
      default -> throw new ProtocolViolation("SET_DEVICE_STATE_FD: direction " + direction);
    };
  }

  /// CHECK_DEVICE_STATE: whether all of the state has gone through and is of use.
  void checkDeviceState() {
    StateTransfer checked = transfer;
    transfer = null;
    long result = FAILED;
    if (checked == null) {
      LOG.log(System.Logger.Level.ERROR, "a state is asked for that was not transferred");
    } else {
      try {
        byte[] state = checked.await();
        if (checked.writes()) {
          device.stateSaved();
        } else {
          device.loadState(state);
        }
        result = 0;
      } catch (IOException e) {
        LOG.log(System.Logger.Level.ERROR, "migration of a guest failed: {0}", e.getMessage());
      }
    }
    socket.sendValue(result);
  }

  /// A ring is about to run: what was transferred must have been checked.
  void requireNoTransfer() throws ProtocolViolation {
    if (transfer != null) {
      throw new ProtocolViolation("a ring runs while the state of the device is transferred");
    }
  }

  /// RESET_DEVICE, and nothing is logged any more.
  void reset() throws ProtocolViolation, ErrnoException {
    close();
    if (tables.log() != null) {
      tables.log(null, false, this::wake);
      kept.set(LOG_PLACE, null);
      log = ConnectionImage.Log.NONE;
    }
  }

  @Override
  public void close() {
    StateTransfer open = transfer;
    transfer = null;
    if (open != null) {
      open.close();
    }
  }
}
