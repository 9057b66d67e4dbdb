package io.famfs.virtio;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A split virtqueue (clause 2.7). Used entries follow 2.7.8 and 2.7.14, notifications 2.7.7 and
/// 2.7.10.
public final class SplitVirtqueue implements Virtqueue {
  private static final long NO_HEAD = -1;
  private static final int NO_DESCRIPTOR = 0xffff_ffff;

  private final VirtqueuePlace place;
  private final int num;
  private final boolean eventIdx;
  private final boolean indirect;
  private final @Nullable InflightTable inflight;

  private MemorySegment descriptors = MemorySegment.NULL;
  private long descriptorsAt;
  private MemorySegment avail = MemorySegment.NULL;
  private long availAt;
  private MemorySegment used = MemorySegment.NULL;
  private long usedAt;

  /// Where writes to the used ring are marked, and as which address; null for nowhere.
  private @Nullable DirtyLog usedLog;

  private long usedLogAt;

  private int nextAvail;
  private int nextUsed;
  private int signalledUsed;
  private boolean signalledKnown;
  private boolean usedKnown;
  private long head = NO_HEAD;

  /// Chains of the process before, of which some have been handled again.
  private int[] left = {};

  private int leftDone;
  private boolean takesOver;
  private boolean gaveBack;
  private boolean repeated;

  /// A queue that starts, or goes on where it was stopped.
  ///
  /// @param features the negotiated virtio features
  /// @param base the next entry of the available ring to take
  SplitVirtqueue(VirtqueuePlace place, long features, int base) {
    this(place, features, base, null, false);
  }

  /// A queue whose chains are noted.
  ///
  /// @param inflight where; null for nowhere
  /// @param takesOver whether what is noted there is what another process has left: then `base` is
  ///   found out
  SplitVirtqueue(
      VirtqueuePlace place,
      long features,
      int base,
      @Nullable InflightTable inflight,
      boolean takesOver) {
    this.inflight = inflight;
    this.takesOver = takesOver;
    this.place = place;
    num = place.num();
    eventIdx = (features & VirtioFeature.EVENT_IDX) != 0;
    indirect = (features & VirtioFeature.INDIRECT_DESC) != 0;
    nextAvail = base & 0xffff;
  }

  @Override
  public void goOnWith(int[] taken) {
    left = taken.clone();
  }

  @Override
  public int[] leftOver() {
    return Arrays.copyOfRange(left, leftDone, left.length);
  }

  @Override
  public ChainResult bind(GuestMemory memory, long logAddress) {
    usedLog = logAddress == UNLOGGED ? null : memory.log();
    usedLogAt = logAddress;
    ChainResult shape = place.check(false);
    if (shape != ChainResult.OK) {
      return shape;
    }
    int d = memory.findUser(place.descriptorArea(), VirtqueueLayout.descriptorTableBytes(num));
    int a = memory.findUser(place.driverArea(), VirtqueueLayout.availRingBytes(num));
    int u = memory.findUser(place.deviceArea(), VirtqueueLayout.usedRingBytes(num));
    if (d < 0 || a < 0 || u < 0) {
      return ChainResult.RING_OUTSIDE_MEMORY;
    }
    descriptors = memory.memory(d);
    descriptorsAt = memory.userOffset(d, place.descriptorArea());
    avail = memory.memory(a);
    availAt = memory.userOffset(a, place.driverArea());
    used = memory.memory(u);
    usedAt = memory.userOffset(u, place.deviceArea());
    if (!aligned()) {
      // The front-end may align its address and place the region at an odd offset of the file.
      return ChainResult.RING_MISALIGNED;
    }
    if (!usedKnown) {
      // A queue that was stopped keeps its used index in the ring.
      nextUsed = used.get(VirtqueueLayout.U16, usedAt + VirtqueueLayout.RING_INDEX) & 0xffff;
      usedKnown = true;
      recover();
    }
    return ChainResult.OK;
  }

  /// Every chain that was taken was given back or is noted: so the next one is known.
  private void recover() {
    InflightTable table = inflight;
    if (table == null) {
      return;
    }
    int[] noted = table.recover(num, nextUsed);
    for (int chain : left) {
      if (chain < num) {
        table.taken(chain);
      }
    }
    if (takesOver) {
      takesOver = false;
      nextAvail = (nextUsed + noted.length) & 0xffff;
      for (int chain : noted) {
        if (table.isDone(chain)) {
          putUsed(chain, table.writtenBytes(chain));
          gaveBack = true;
        }
      }
      left = Arrays.stream(noted).filter(chain -> !table.isFree(chain)).toArray();
    }
  }

  private boolean aligned() {
    return (descriptors.address() + descriptorsAt) % VirtqueueLayout.DESCRIPTOR_ALIGNMENT == 0
        && (avail.address() + availAt) % VirtqueueLayout.AVAIL_ALIGNMENT == 0
        && (used.address() + usedAt) % VirtqueueLayout.USED_ALIGNMENT == 0;
  }

  @Override
  public int num() {
    return num;
  }

  boolean indirectNegotiated() {
    return indirect;
  }

  @Override
  public int base() {
    return nextAvail;
  }

  @Override
  public boolean hasNext() {
    return leftDone < left.length || availIndex() != nextAvail;
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

  private int availIndex() {
    // Acquire: entries and descriptors are read after the index that publishes them (2.7.13.3).
    return (short)
            VirtqueueLayout.U16_SHARED.getAcquire(avail, availAt + VirtqueueLayout.RING_INDEX)
        & 0xffff;
  }

  @Override
  public ChainResult next(GuestMemory memory, DescriptorChain chain) {
    repeated = leftDone < left.length;
    if (repeated) {
      return again(memory, chain, left[leftDone++]);
    }
    int ahead = (availIndex() - nextAvail) & 0xffff;
    if (ahead > num) {
      return ChainResult.AVAIL_INDEX_JUMPED;
    }
    long entry = availAt + VirtqueueLayout.RING_ENTRIES + 2L * (nextAvail & (num - 1));
    int first = avail.get(VirtqueueLayout.U16, entry) & 0xffff;
    ChainResult result = chain.load(this, memory, first);
    if (!result.breaksRing()) {
      head = first;
      nextAvail = (nextAvail + 1) & 0xffff;
      if (inflight != null) {
        inflight.taken(first);
      }
    }
    return result;
  }

  private ChainResult again(GuestMemory memory, DescriptorChain chain, int first) {
    ChainResult result = chain.load(this, memory, first);
    if (!result.breaksRing()) {
      head = first;
    }
    return result;
  }

  void copyDescriptor(int index, MemorySegment dst) {
    MemorySegment.copy(
        descriptors,
        descriptorsAt + (long) index * VirtqueueLayout.DESCRIPTOR_BYTES,
        dst,
        0,
        VirtqueueLayout.DESCRIPTOR_BYTES);
  }

  @Override
  public void complete(int writtenBytes) {
    if (head < 0) {
      throw new IllegalStateException("no chain taken");
    }
    putUsed((int) head, writtenBytes);
    head = NO_HEAD;
  }

  @Override
  public long keep() {
    long kept = head;
    if (kept < 0) {
      throw new IllegalStateException("no chain taken");
    }
    head = NO_HEAD;
    return kept;
  }

  @Override
  public void complete(long ticket, int writtenBytes) {
    putUsed((int) ticket, writtenBytes);
  }

  private void putUsed(int id, int writtenBytes) {
    InflightTable table = inflight;
    if (table == null) {
      publish(id, writtenBytes);
    } else {
      table.done(id, writtenBytes);
      publish(id, writtenBytes);
      table.gone(id, nextUsed);
    }
  }

  private void publish(int id, int writtenBytes) {
    long entry =
        usedAt
            + VirtqueueLayout.RING_ENTRIES
            + (long) VirtqueueLayout.USED_ENTRY_BYTES * (nextUsed & (num - 1));
    used.set(VirtqueueLayout.U32, entry + 4, writtenBytes);
    // A driver that reads the entry of a retired queue while it is replaced sees all of it.
    VarHandle.releaseFence();
    used.set(VirtqueueLayout.U32, entry, id);
    nextUsed = (nextUsed + 1) & 0xffff;
    // Release: the entry and the reply are visible before the index that publishes them.
    VirtqueueLayout.U16_SHARED.setRelease(
        used, usedAt + VirtqueueLayout.RING_INDEX, (short) nextUsed);
    written(entry - usedAt, VirtqueueLayout.USED_ENTRY_BYTES);
    written(VirtqueueLayout.RING_INDEX, Short.BYTES);
  }

  private void written(long usedOffset, int lengthBytes) {
    DirtyLog to = usedLog;
    if (to != null) {
      to.mark(usedLogAt + usedOffset, lengthBytes);
    }
  }

  @Override
  public boolean shouldSignal() {
    // The index must be visible before we look whether the driver sleeps.
    VarHandle.fullFence();
    int from = signalledUsed;
    boolean known = signalledKnown;
    signalledUsed = nextUsed;
    signalledKnown = true;
    if (!eventIdx) {
      int flags = avail.get(VirtqueueLayout.U16, availAt + VirtqueueLayout.RING_FLAGS);
      return (flags & VirtqueueLayout.AVAIL_NO_INTERRUPT) == 0;
    }
    if (!known) {
      return true;
    }
    long usedEventAt = availAt + VirtqueueLayout.RING_ENTRIES + 2L * num;
    int usedEvent = avail.get(VirtqueueLayout.U16, usedEventAt) & 0xffff;
    // 2.7.7.2: signal when the index passed used_event since the last signal.
    return ((nextUsed - usedEvent - 1) & 0xffff) < ((nextUsed - from) & 0xffff);
  }

  @Override
  public boolean armNotification() {
    if (eventIdx) {
      long availEventAt =
          usedAt + VirtqueueLayout.RING_ENTRIES + (long) VirtqueueLayout.USED_ENTRY_BYTES * num;
      used.set(VirtqueueLayout.U16, availEventAt, (short) nextAvail);
      written(availEventAt - usedAt, Short.BYTES);
    } else {
      used.set(VirtqueueLayout.U16, usedAt + VirtqueueLayout.RING_FLAGS, (short) 0);
      written(VirtqueueLayout.RING_FLAGS, Short.BYTES);
    }
    VarHandle.fullFence();
    return hasNext();
  }

  @Override
  public void disarmNotification() {
    if (!eventIdx) {
      used.set(
          VirtqueueLayout.U16,
          usedAt + VirtqueueLayout.RING_FLAGS,
          (short) VirtqueueLayout.USED_NO_NOTIFY);
      written(VirtqueueLayout.RING_FLAGS, Short.BYTES);
    }
  }

  @Override
  public void retire() {
    int place = nextUsed;
    publish(NO_DESCRIPTOR, 0);
    nextUsed = place;
  }
}
