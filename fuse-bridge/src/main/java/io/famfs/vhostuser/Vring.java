package io.famfs.vhostuser;

import io.famfs.virtio.Virtqueue;
import io.famfs.virtio.VirtqueuePlace;
import org.jspecify.annotations.Nullable;

/// One ring of a connection: what the front-end has said about it, and its two states.
///
/// Owned by the control thread; a worker sees [#enabled()], the descriptors and the place it was
/// started with.
public final class Vring {
  private final int index;
  private final NotifierSlot kick = new NotifierSlot();
  private final NotifierSlot call = new NotifierSlot();
  private final NotifierSlot err = new NotifierSlot();
  private volatile boolean enabled;
  private int num;
  private long descriptorTable;
  private long availRing;
  private long usedRing;
  private boolean placed;
  private volatile long usedLog = Virtqueue.UNLOGGED;
  private int base;
  private @Nullable RingWorker worker;

  Vring(int index) {
    this.index = index;
  }

  public int index() {
    return index;
  }

  /// Signalled by the front-end: a buffer is available. Without a descriptor the ring is polled.
  public NotifierSlot kick() {
    return kick;
  }

  /// Signalled by us: a buffer was used.
  public NotifierSlot call() {
    return call;
  }

  /// Signalled by us: the ring is broken.
  public NotifierSlot err() {
    return err;
  }

  /// Whether requests may be taken now.
  public boolean enabled() {
    return enabled;
  }

  void enable(boolean on) {
    enabled = on;
    wake();
  }

  void num(int entries) {
    num = entries;
  }

  void place(long descriptors, long avail, long used) {
    descriptorTable = descriptors;
    availRing = avail;
    usedRing = used;
    placed = true;
  }

  /// What the used ring counts as in the log of dirty pages; [Virtqueue#UNLOGGED] when its writes
  /// are not logged.
  public long usedLog() {
    return usedLog;
  }

  void usedLog(long logAddress) {
    usedLog = logAddress;
  }

  /// Whether the ring lies there.
  boolean isAt(long descriptors, long avail, long used) {
    return placed && descriptorTable == descriptors && availRing == avail && usedRing == used;
  }

  /// Where the ring is; null before the front-end has said size and addresses.
  public @Nullable VirtqueuePlace place() {
    return placed && num > 0 ? new VirtqueuePlace(num, descriptorTable, availRing, usedRing) : null;
  }

  /// Where the ring starts or goes on, as SET_VRING_BASE has it.
  public int base() {
    return base;
  }

  void base(int next) {
    base = next;
  }

  /// What was said about the ring; the descriptors are added by whoever has left them.
  ConnectionImage.Ring image(int stoppedAt, int kickFd, int callFd, int errFd) {
    return new ConnectionImage.Ring(
        num,
        descriptorTable,
        availRing,
        usedRing,
        placed,
        usedLog,
        base,
        stoppedAt,
        started(),
        enabled,
        kickFd,
        callFd,
        errFd);
  }

  /// Goes on with what was said to another process.
  void restore(ConnectionImage.Ring image) {
    num = image.num();
    descriptorTable = image.descriptorTable();
    availRing = image.availRing();
    usedRing = image.usedRing();
    placed = image.placed();
    usedLog = image.usedLog();
    base = image.base();
    enabled = image.enabled();
  }

  /// Whether the ring is started.
  boolean started() {
    return worker != null;
  }

  void started(RingWorker by) {
    worker = by;
  }

  /// Lets the worker look at what has changed.
  void wake() {
    if (worker != null) {
      worker.wake();
    }
  }

  /// Asks the worker to end after the request it is at, without waiting.
  void requestStop() {
    if (worker != null) {
      worker.requestStop();
    }
  }

  /// Stops the ring and keeps its index.
  ///
  /// @return whether the worker ended in time; if not it is left alone with its descriptors
  boolean stop() {
    RingWorker stopping = worker;
    if (stopping == null) {
      return true;
    }
    stopping.requestStop();
    boolean ended = stopping.awaitEnd();
    if (ended) {
      base = stopping.base();
      kick.clear();
    }
    worker = null;
    return ended;
  }

  /// Back to the state of a new connection; the ring must be stopped.
  void reset() {
    enabled = false;
    num = 0;
    placed = false;
    base = 0;
    usedLog = Virtqueue.UNLOGGED;
    kick.clear();
  }

  void close() {
    reset();
    call.clear();
    err.clear();
  }
}
