package io.famfs.virtio;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A packed virtqueue (clause 2.8). Positions are steps, see [RingPosition].
///
/// A used entry goes to the next used position whatever chain it is for, so it may overwrite
/// descriptors of a chain that is still being handled. Those have been copied when the chain was
/// taken, and with a [PackedInflightTable] into memory that outlives the process.
public final class PackedVirtqueue implements Virtqueue {
  /// Both positions at entry 0 in the first lap.
  static final int FRESH_BASE = PackedLayout.WRAP << Short.SIZE | PackedLayout.WRAP;

  private static final int NO_BUFFER = 0xffff;
  private static final long NO_TICKET = -1;
  private static final int SLOTS_SHIFT = 16;
  private static final int PLACE_SHIFT = 32;

  private final VirtqueuePlace place;
  private final int num;
  private final boolean eventIdx;
  private final boolean indirect;
  private final boolean baseValid;
  private final @Nullable PackedInflightTable inflight;

  private MemorySegment ring = MemorySegment.NULL;
  private long ringAt;
  private MemorySegment driverEvents = MemorySegment.NULL;
  private long driverEventsAt;
  private MemorySegment deviceEvents = MemorySegment.NULL;
  private long deviceEventsAt;

  /// Where writes to the queue are marked, and what its parts count as there.
  private @Nullable DirtyLog log;

  private long ringLog;
  private long eventsLog;

  private int nextAvail;
  private int nextUsed;
  private int signalledUsed;
  private boolean signalledKnown;
  private boolean bound;
  private boolean takesOver;
  private boolean repeated;
  private boolean gaveBack;
  private long ticket = NO_TICKET;

  /// Places of chains of the process before, of which some have been handled again.
  private int[] left = {};

  private int leftDone;

  /// A queue that starts, or goes on where it was stopped; see [Virtqueue#of].
  PackedVirtqueue(
      VirtqueuePlace place,
      long features,
      int base,
      @Nullable PackedInflightTable inflight,
      boolean takesOver) {
    this.place = place;
    this.inflight = inflight;
    this.takesOver = takesOver;
    num = place.num();
    eventIdx = (features & VirtioFeature.EVENT_IDX) != 0;
    indirect = (features & VirtioFeature.INDIRECT_DESC) != 0;
    int used = base >>> Short.SIZE;
    baseValid = RingPosition.isValid(base, num) && RingPosition.isValid(used, num);
    nextAvail = RingPosition.step(base, num);
    nextUsed = RingPosition.step(used, num);
  }

  @Override
  public void goOnWith(int[] taken) {
    PackedInflightTable table = inflight;
    if (table != null && table.isOf(num)) {
      left = Arrays.stream(taken).filter(chain -> table.isTaken(chain, num)).toArray();
    }
  }

  @Override
  public int[] leftOver() {
    return Arrays.copyOfRange(left, leftDone, left.length);
  }

  @Override
  public ChainResult bind(GuestMemory memory, long logAddress) {
    ChainResult shape = place.check(true);
    if (shape != ChainResult.OK) {
      return shape;
    }
    int d = memory.findUser(place.descriptorArea(), PackedLayout.ringBytes(num));
    int a = memory.findUser(place.driverArea(), PackedLayout.EVENT_BYTES);
    int u = memory.findUser(place.deviceArea(), PackedLayout.EVENT_BYTES);
    if (d < 0 || a < 0 || u < 0) {
      return ChainResult.RING_OUTSIDE_MEMORY;
    }
    log = logAddress == UNLOGGED ? null : memory.log();
    eventsLog = logAddress;
    ring = memory.memory(d);
    ringLog = memory.guestAddress(d);
    ringAt = memory.userOffset(d, place.descriptorArea());
    driverEvents = memory.memory(a);
    driverEventsAt = memory.userOffset(a, place.driverArea());
    deviceEvents = memory.memory(u);
    deviceEventsAt = memory.userOffset(u, place.deviceArea());
    if (!aligned()) {
      // The front-end may align its address and place the region at an odd offset of the file.
      return ChainResult.RING_MISALIGNED;
    }
    if (!bound) {
      boolean knows = takesOver && inflight != null && inflight.isOf(num);
      if (!knows && (!baseValid || RingPosition.distance(nextUsed, nextAvail, num) > num)) {
        return ChainResult.BASE_OUT_OF_RANGE;
      }
      bound = true;
      recover();
    }
    return ChainResult.OK;
  }

  private boolean aligned() {
    return (ring.address() + ringAt) % VirtqueueLayout.DESCRIPTOR_ALIGNMENT == 0
        && (driverEvents.address() + driverEventsAt) % PackedLayout.EVENT_BYTES == 0
        && (deviceEvents.address() + deviceEventsAt) % PackedLayout.EVENT_BYTES == 0;
  }

  /// Every chain that was taken was given back or is noted, with the entries it has; so the next
  /// one is known.
  private void recover() {
    PackedInflightTable table = inflight;
    if (table == null) {
      return;
    }
    if (takesOver && table.isOf(num)) {
      nextUsed = table.usedStep();
      int given = table.giving(nextUsed);
      if (given >= 0 && PackedLayout.isUsed(flags(nextUsed), RingPosition.wrap(nextUsed, num))) {
        int next = RingPosition.plus(nextUsed, table.slots(given), num);
        table.gone(given, next);
        nextUsed = next;
      }
    }
    int[] noted = table.recover(num, nextUsed);
    if (takesOver) {
      takesOver = false;
      nextAvail = nextUsed;
      for (int chain : noted) {
        nextAvail = RingPosition.plus(nextAvail, table.slots(chain), num);
      }
      int count = 0;
      for (int chain : noted) {
        if (table.isDone(chain)) {
          putUsed(ticket(table, chain), table.writtenBytes(chain));
          gaveBack = true;
        } else {
          noted[count++] = chain;
        }
      }
      left = Arrays.copyOf(noted, count);
    }
  }

  @Override
  public int num() {
    return num;
  }

  @Override
  public int base() {
    int avail = RingPosition.wire(nextAvail, num);
    return RingPosition.wire(nextUsed, num) << Short.SIZE | avail;
  }

  private long entry(int step) {
    return ringAt + (long) VirtqueueLayout.DESCRIPTOR_BYTES * RingPosition.index(step, num);
  }

  private int flags(int step) {
    // Acquire: the descriptor is read after the flags that publish it (2.8.21.1).
    return (short) VirtqueueLayout.U16_SHARED.getAcquire(ring, entry(step) + PackedLayout.FLAGS)
        & 0xffff;
  }

  @Override
  public boolean hasNext() {
    return leftDone < left.length
        || PackedLayout.isAvailable(flags(nextAvail), RingPosition.wrap(nextAvail, num));
  }

  @Override
  public boolean gaveBack() {
    boolean any = gaveBack;
    gaveBack = false;
    return any;
  }

  @Override
  public boolean isRepeated() {
    return repeated;
  }

  @Override
  public ChainResult next(GuestMemory memory, DescriptorChain chain) {
    repeated = leftDone < left.length;
    PackedInflightTable table = inflight;
    if (repeated && table != null) {
      int again = left[leftDone++];
      ChainResult result = chain.loadNoted(table, memory, again, num, indirect);
      if (!result.breaksRing()) {
        ticket = ticket(table, again);
      }
      return result;
    }
    int room = num - RingPosition.distance(nextUsed, nextAvail, num);
    ChainResult result = chain.loadPacked(this, memory, room, indirect);
    if (!result.breaksRing()) {
      take(chain);
    }
    return result;
  }

  private void take(DescriptorChain chain) {
    PackedInflightTable table = inflight;
    int noted = table == null ? 0 : table.taken(chain.raw(), chain.slots(), chain.bufferId());
    ticket = ticket(noted, chain.slots(), chain.bufferId());
    nextAvail = RingPosition.plus(nextAvail, chain.slots(), num);
  }

  /// Copies the descriptor that lies `ahead` entries behind the next available one.
  void copyDescriptor(int ahead, MemorySegment dst, long at) {
    long from = entry(RingPosition.plus(nextAvail, ahead, num));
    MemorySegment.copy(ring, from, dst, at, VirtqueueLayout.DESCRIPTOR_BYTES);
  }

  @Override
  public void complete(int writtenBytes) {
    complete(keep(), writtenBytes);
  }

  @Override
  public long keep() {
    long kept = ticket;
    if (kept == NO_TICKET) {
      throw new IllegalStateException("no chain taken");
    }
    ticket = NO_TICKET;
    return kept;
  }

  @Override
  public void complete(long kept, int writtenBytes) {
    putUsed(kept, writtenBytes);
  }

  private static long ticket(PackedInflightTable table, int chain) {
    return ticket(chain, table.slots(chain), table.id(chain));
  }

  /// What giving a chain back needs to know of it.
  private static long ticket(int place, int slots, int id) {
    return id | (long) slots << SLOTS_SHIFT | (long) place << PLACE_SHIFT;
  }

  private void putUsed(long kept, int writtenBytes) {
    int id = (int) kept & 0xffff;
    int slots = (int) (kept >>> SLOTS_SHIFT) & 0xffff;
    int chain = (int) (kept >>> PLACE_SHIFT);
    int next = RingPosition.plus(nextUsed, slots, num);
    PackedInflightTable table = inflight;
    if (table == null) {
      publish(id, writtenBytes);
    } else {
      table.done(chain, writtenBytes, nextUsed);
      publish(id, writtenBytes);
      table.gone(chain, next);
    }
    nextUsed = next;
  }

  /// Writes a used descriptor (2.8.1, 2.8.3, 2.8.4).
  private void publish(int id, int writtenBytes) {
    long at = entry(nextUsed);
    ring.set(VirtqueueLayout.U32, at + PackedLayout.LENGTH, writtenBytes);
    ring.set(VirtqueueLayout.U16, at + PackedLayout.ID, (short) id);
    // Release: the entry and the reply are visible before the flags that publish them.
    VirtqueueLayout.U16_SHARED.setRelease(
        ring, at + PackedLayout.FLAGS, (short) usedFlags(writtenBytes));
    written(ringLog + at, VirtqueueLayout.DESCRIPTOR_BYTES);
  }

  private void written(long address, int lengthBytes) {
    DirtyLog to = log;
    if (to != null) {
      to.mark(address, lengthBytes);
    }
  }

  private int usedFlags(int writtenBytes) {
    int wrap =
        RingPosition.wrap(nextUsed, num) ? PackedLayout.FLAG_AVAIL | PackedLayout.FLAG_USED : 0;
    return wrap | (writtenBytes > 0 ? VirtqueueLayout.FLAG_WRITE : 0);
  }

  @Override
  public boolean shouldSignal() {
    // The descriptor must be visible before we look whether the driver sleeps.
    VarHandle.fullFence();
    int from = signalledUsed;
    boolean known = signalledKnown;
    signalledUsed = nextUsed;
    signalledKnown = true;
    int events = (int) PackedLayout.U32_SHARED.getAcquire(driverEvents, driverEventsAt);
    int flags = events >>> PackedLayout.EVENT_FLAGS_SHIFT & PackedLayout.EVENT_FLAGS_MASK;
    if (flags != PackedLayout.EVENT_DESC || !eventIdx) {
      return flags != PackedLayout.EVENT_DISABLE;
    }
    if (!known || !RingPosition.isValid(events, num)) {
      return true;
    }
    // 2.8.10: signal when the position was passed since the last signal.
    int event = RingPosition.step(events & 0xffff, num);
    int moved = RingPosition.distance(from, nextUsed, num);
    return moved > 0 && RingPosition.distance(from, event, num) < moved;
  }

  @Override
  public boolean armNotification() {
    int events =
        eventIdx
            ? PackedLayout.EVENT_DESC << PackedLayout.EVENT_FLAGS_SHIFT
                | RingPosition.wire(nextAvail, num)
            : PackedLayout.EVENT_ENABLE;
    PackedLayout.U32_SHARED.setRelease(deviceEvents, deviceEventsAt, events);
    written(eventsLog, PackedLayout.EVENT_BYTES);
    VarHandle.fullFence();
    return hasNext();
  }

  @Override
  public void disarmNotification() {
    if (!eventIdx) {
      int events = PackedLayout.EVENT_DISABLE << PackedLayout.EVENT_FLAGS_SHIFT;
      PackedLayout.U32_SHARED.setRelease(deviceEvents, deviceEventsAt, events);
    }
  }

  /// The place of the entry is that of the next descriptor of the driver, so it is written only as
  /// long as there is none: id and flags are exchanged in one step.
  @Override
  public void retire() {
    long at = entry(nextUsed) + PackedLayout.ID;
    int seen = (int) PackedLayout.U32_SHARED.getAcquire(ring, at);
    if (!PackedLayout.isAvailable(seen >>> Short.SIZE, RingPosition.wrap(nextUsed, num))) {
      int entry = usedFlags(0) << Short.SIZE | NO_BUFFER;
      boolean _ = PackedLayout.U32_SHARED.compareAndSet(ring, at, seen, entry);
    }
  }
}
