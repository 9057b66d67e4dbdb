package io.famfs.bench.load;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.InHeader;
import io.famfs.fuse.protocol.OpenIn;
import io.famfs.fuse.protocol.OpenOut;
import io.famfs.fuse.protocol.OutHeader;
import io.famfs.fuse.protocol.ReadIn;
import io.famfs.fuse.protocol.ReleaseIn;
import java.lang.foreign.MemorySegment;
import org.HdrHistogram.Histogram;

/// Puts a load on one queue. Belongs to one thread while it runs; a request allocates nothing.
final class QueueDriver {
  private static final int O_RDWR = 2;
  private static final int SPINS_PER_LOOK = 512;

  private final DriverRing ring;
  private final RequestSlot[] slots;
  private final FuseClient.OpenFile file;
  private final int limitMillis;

  private final long[] dueNs;
  private final long[] offset;
  private final long[] unique;
  private final int[] free;
  private final boolean[] releasing;
  private int freeCount;

  private Load load = Load.closed(new LoadOperation(LoadOperation.Kind.GETATTR, 0), 1, false, 1);
  private Histogram latency = new Histogram(1);
  private long nextOffset;
  private long random;
  private long serial;
  private long requests;

  QueueDriver(
      DriverRing ring, RequestSlot[] slots, FuseClient.OpenFile file, int queue, int limitMillis) {
    this.ring = ring;
    this.slots = slots;
    this.file = file;
    this.limitMillis = limitMillis;
    random = 0x2545_f491_4f6c_dd1dL + queue;
    dueNs = new long[slots.length];
    offset = new long[slots.length];
    unique = new long[slots.length];
    free = new int[slots.length];
    releasing = new boolean[slots.length];
  }

  long requests() {
    return requests;
  }

  long kicks() {
    return ring.kicks();
  }

  /// Runs a load to its end.
  ///
  /// @param into where latencies go
  void run(Load what, Histogram into) throws LoadException {
    load = what;
    latency = into;
    requests = 0;
    nextOffset = 0;
    freeCount = 0;
    for (int i = what.depth() - 1; i >= 0; i--) {
      prepare(i);
      free[freeCount++] = i;
    }
    long startNs = System.nanoTime();
    long endNs = startNs + what.millis() * 1_000_000L;
    if (what.ratePerSecond() > 0) {
      open(startNs, endNs, what.queues() * 1_000_000_000L / what.ratePerSecond());
    } else {
      closed(startNs, endNs);
    }
  }

  /// As many as go: a reply makes place for the next request.
  private void closed(long startNs, long endNs) throws LoadException {
    boolean more = true;
    long now = startNs;
    while (more || freeCount < load.depth()) {
      while (more && freeCount > 0) {
        start(free[--freeCount], now);
      }
      ring.publish();
      awaitReply();
      now = takeReplies();
      more = now - endNs < 0;
    }
  }

  /// Requests that are due at fixed times.
  private void open(long startNs, long endNs, long intervalNs) throws LoadException {
    long due = startNs;
    while (due - endNs < 0 || freeCount < load.depth()) {
      long now = System.nanoTime();
      while (due - now <= 0 && due - endNs < 0 && freeCount > 0) {
        start(free[--freeCount], due);
        due += intervalNs;
      }
      ring.publish();
      boolean full = freeCount == 0 || due - endNs >= 0;
      if (full) {
        awaitReply();
      } else if (!load.polled() && due - now > 2_000_000L) {
        boolean _ = ring.await((int) ((due - now) / 1_000_000L) - 1);
      }
      long _ = takeReplies();
    }
  }

  private void prepare(int index) throws LoadException {
    RequestSlot slot = slots[index];
    int bytes = load.operation().bytes();
    MemorySegment memory = slot.memory();
    memory.asSlice(slot.arguments(), ReadIn.BYTES).fill((byte) 0);
    switch (load.operation().kind()) {
      case GETATTR -> slot.prepare(FuseClient.getattrShape(), file.nodeid(), 0);
      case LOOKUP -> {
        int nameBytes = FuseClient.putName(slot, file.name());
        slot.prepare(FuseClient.lookupShape(nameBytes), file.parent(), 0);
      }
      case OPEN -> releasing[index] = true;
      case READ -> {
        FuseClient.putRange(slot, file, bytes);
        slot.prepare(FuseClient.readShape(bytes), file.nodeid(), 0);
      }
      case WRITE -> {
        FuseClient.putRange(slot, file, bytes);
        slot.prepare(FuseClient.writeShape(bytes), file.nodeid(), 0);
      }
      case SETUPMAPPING -> throw new IllegalArgumentException("no load of a queue");
    }
  }

  private void start(int index, long due) {
    RequestSlot slot = slots[index];
    dueNs[index] = due;
    switch (load.operation().kind()) {
      case OPEN -> openOrRelease(index);
      case READ, WRITE -> place(index);
      default -> {}
    }
    send(slot, index);
  }

  private void send(RequestSlot slot, int index) {
    // Linux numbers its requests evenly.
    serial += 2;
    unique[index] = serial;
    InHeader.unique(slot.memory(), slot.request(), serial);
    ring.offer(slot.head());
  }

  /// An open's slot becomes that of its release, and the other way round.
  private void openOrRelease(int index) {
    RequestSlot slot = slots[index];
    MemorySegment memory = slot.memory();
    releasing[index] = !releasing[index];
    if (releasing[index]) {
      long handle = OpenOut.fh(memory, slot.answer());
      ReleaseIn.fh(memory, slot.arguments(), handle);
      ReleaseIn.flags(memory, slot.arguments(), O_RDWR);
      ReleaseIn.releaseFlags(memory, slot.arguments(), 0);
      ReleaseIn.lockOwner(memory, slot.arguments(), 0);
      slot.prepare(RELEASE, file.nodeid(), 0);
    } else {
      OpenIn.flags(memory, slot.arguments(), O_RDWR);
      OpenIn.openFlags(memory, slot.arguments(), 0);
      slot.prepare(OPEN, file.nodeid(), 0);
    }
  }

  private static final RequestSlot.Shape OPEN = FuseClient.openShape();
  private static final RequestSlot.Shape RELEASE = FuseClient.releaseShape();

  private void place(int index) {
    RequestSlot slot = slots[index];
    int bytes = load.operation().bytes();
    long places = file.sizeBytes() / bytes;
    long at;
    if (load.random()) {
      random ^= random << 13;
      random ^= random >>> 7;
      random ^= random << 17;
      at = (random >>> 1) % places * bytes;
    } else {
      at = nextOffset;
      nextOffset = at + 2L * bytes <= file.sizeBytes() ? at + bytes : 0;
    }
    offset[index] = at;
    ReadIn.offset(slot.memory(), slot.arguments(), at);
    if (load.verify() && load.operation().kind() == LoadOperation.Kind.WRITE) {
      Pattern.put(slot.memory(), slot.data(), at, bytes);
    }
  }

  private void awaitReply() throws LoadException {
    boolean come = load.polled() ? spin() : ring.await(limitMillis);
    if (!come) {
      throw new LoadException(load.operation() + ": no reply within " + limitMillis + " ms");
    }
  }

  private boolean spin() {
    ring.silence();
    long deadlineNs = 0;
    while (true) {
      for (int i = 0; i < SPINS_PER_LOOK; i++) {
        if (ring.hasNext()) {
          return true;
        }
        Thread.onSpinWait();
      }
      long now = System.nanoTime();
      if (deadlineNs == 0) {
        deadlineNs = now + limitMillis * 1_000_000L;
      } else if (now - deadlineNs > 0) {
        return false;
      }
    }
  }

  private long takeReplies() throws LoadException {
    long now = System.nanoTime();
    for (int head = ring.next(); head != DriverRing.NONE; head = ring.next()) {
      take(head, now);
    }
    return now;
  }

  private void take(int head, long now) throws LoadException {
    int index = head / RequestSlot.CHAIN;
    if (head < 0 || head % RequestSlot.CHAIN != 0 || index >= load.depth() || unique[index] == 0) {
      throw new LoadException("the back-end gives back chain " + head + ", which it did not have");
    }
    check(index);
    unique[index] = 0;
    if (load.operation().kind() == LoadOperation.Kind.OPEN && !releasing[index]) {
      // The second half; the time is that of both.
      openOrRelease(index);
      send(slots[index], index);
      ring.publish();
      return;
    }
    latency.recordValue(Math.max(0, now - dueNs[index]));
    requests++;
    free[freeCount++] = index;
  }

  private void check(int index) throws LoadException {
    RequestSlot slot = slots[index];
    if (slot.answered() != unique[index]) {
      throw new LoadException(load.operation() + ": the reply is one to another request");
    }
    if (slot.error() != 0) {
      throw new LoadException(load.operation() + ": " + Errno.describe(slot.error()));
    }
    if (load.operation().kind() == LoadOperation.Kind.READ) {
      checkRead(slot, offset[index]);
    }
  }

  private void checkRead(RequestSlot slot, long at) throws LoadException {
    int bytes = load.operation().bytes();
    if (slot.replyBytes() != OutHeader.BYTES + bytes) {
      throw new LoadException(
          "read:%d at %d: a reply of %d bytes".formatted(bytes, at, slot.replyBytes()));
    }
    if (load.verify()) {
      int wrong = Pattern.firstWrong(slot.memory(), slot.data(), at, bytes);
      if (wrong >= 0) {
        throw new LoadException("wrong bytes at " + (at + wrong) + " of the file");
      }
    }
  }
}
