package io.famfs.virtio;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A split virtqueue (clause 2.7), seen from the device. Driven by one thread.
///
/// The front-end gives size, addresses (in its own address space) and the next available index
/// before it starts the queue; [#bind] finds the rings in a memory table, again whenever that table
/// changes. In every cycle [#next] takes a chain, [#complete] gives it back and [#shouldSignal]
/// says whether the driver wants to be told; before sleeping [#armNotification] asks the driver to
/// tell us.
///
/// With an [InflightTable] a queue can be taken over from a process that was killed: what that one
/// had taken and not given back comes first out of [#next], with [#isRepeated()], in the order in
/// which it was taken.
public final class SplitVirtqueue {
  /// The largest queue of the specification (clause 2.7).
  public static final int MAX_NUM = 32768;

  /// No address: nothing is marked.
  public static final long UNLOGGED = -1;

  private static final int NO_HEAD = -1;
  private static final int NO_DESCRIPTOR = 0xffff_ffff;

  /// Where the front-end says the queue is.
  ///
  /// @param num entries, a power of two
  /// @param descriptorTable user address of the descriptor table
  /// @param availRing user address of the available ring
  /// @param usedRing user address of the used ring
  public record Place(int num, long descriptorTable, long availRing, long usedRing) {

    /// How long the used ring is.
    public long usedRingBytes() {
      return VirtqueueLayout.usedRingBytes(num);
    }

    /// Why a queue cannot be there, whatever the memory is; OK when it can.
    public ChainResult check() {
      // 2.7: the queue size is a power of two; alignments 16, 2 and 4.
      if (num < 1 || num > MAX_NUM || Integer.bitCount(num) != 1) {
        return ChainResult.RING_MISALIGNED;
      }
      boolean aligned =
          descriptorTable % VirtqueueLayout.DESCRIPTOR_ALIGNMENT == 0
              && availRing % VirtqueueLayout.AVAIL_ALIGNMENT == 0
              && usedRing % VirtqueueLayout.USED_ALIGNMENT == 0;
      return aligned ? ChainResult.OK : ChainResult.RING_MISALIGNED;
    }
  }

  private final Place place;
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
  private int head = NO_HEAD;

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
  public SplitVirtqueue(Place place, long features, int base) {
    this(place, features, base, null, false);
  }

  /// A queue whose chains are noted.
  ///
  /// @param inflight where; null for nowhere
  /// @param takesOver whether what is noted there is what another process has left: then `base` is
  ///   found out
  public SplitVirtqueue(
      Place place, long features, int base, @Nullable InflightTable inflight, boolean takesOver) {
    this.inflight = inflight;
    this.takesOver = takesOver;
    this.place = place;
    num = place.num();
    eventIdx = (features & VirtioFeature.EVENT_IDX) != 0;
    indirect = (features & VirtioFeature.INDIRECT_DESC) != 0;
    nextAvail = base & 0xffff;
  }

  /// Goes on with chains that a device elsewhere has taken and not given back: they come first out
  /// of [#next], with [#isRepeated()]. Call before the queue is bound.
  public void goOnWith(int[] taken) {
    left = taken.clone();
  }

  /// Chains of [#goOnWith], or of another process, that have not come out of [#next] yet.
  public int[] leftOver() {
    return Arrays.copyOfRange(left, leftDone, left.length);
  }

  /// Finds the rings in a table. The table must be held as long as the queue is used with it.
  ///
  /// @return OK, or why the queue cannot run
  public ChainResult bind(GuestMemory memory) {
    return bind(memory, UNLOGGED);
  }

  /// The same with what is to be marked in the table's log when the used ring is written.
  ///
  /// @param logAddress what the used ring counts as there (`log_guest_addr`), [#UNLOGGED] for
  ///   nothing
  public ChainResult bind(GuestMemory memory, long logAddress) {
    usedLog = logAddress == UNLOGGED ? null : memory.log();
    usedLogAt = logAddress;
    ChainResult shape = place.check();
    if (shape != ChainResult.OK) {
      return shape;
    }
    int d = part(memory, place.descriptorTable(), VirtqueueLayout.descriptorTableBytes(num));
    int a = part(memory, place.availRing(), VirtqueueLayout.availRingBytes(num));
    int u = part(memory, place.usedRing(), VirtqueueLayout.usedRingBytes(num));
    if (d < 0 || a < 0 || u < 0) {
      return ChainResult.RING_OUTSIDE_MEMORY;
    }
    descriptors = memory.memory(d);
    descriptorsAt = memory.userOffset(d, place.descriptorTable());
    avail = memory.memory(a);
    availAt = memory.userOffset(a, place.availRing());
    used = memory.memory(u);
    usedAt = memory.userOffset(u, place.usedRing());
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

  private static int part(GuestMemory memory, long userAddress, long lengthBytes) {
    int region = memory.findUser(userAddress);
    if (region < 0) {
      return region;
    }
    long offset = memory.userOffset(region, userAddress);
    return offset <= memory.memory(region).byteSize() - lengthBytes ? region : -1;
  }

  public int num() {
    return num;
  }

  boolean indirectNegotiated() {
    return indirect;
  }

  /// The next entry of the available ring that will be taken: what GET_VRING_BASE answers.
  public int nextAvail() {
    return nextAvail;
  }

  /// Whether the driver has made a buffer available.
  public boolean hasNext() {
    return leftDone < left.length || availIndex() != nextAvail;
  }

  /// Whether [#bind] has given back what another process had done, since this was asked last: the
  /// driver has to be told of it.
  public boolean gaveBack() {
    boolean any = gaveBack;
    gaveBack = false;
    return any;
  }

  /// Whether the chain taken last was taken by another process before, which may have handled it.
  public boolean isRepeated() {
    return repeated;
  }

  private int availIndex() {
    // Acquire: entries and descriptors are read after the index that publishes them (2.7.13.3).
    return (short)
            VirtqueueLayout.U16_SHARED.getAcquire(avail, availAt + VirtqueueLayout.RING_INDEX)
        & 0xffff;
  }

  /// Takes the next chain; call only when [#hasNext()].
  ///
  /// @return what [DescriptorChain] found; when it breaks the ring, nothing was taken
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

  /// Gives the chain taken last back to the driver (2.7.8, 2.7.14).
  ///
  /// @param writtenBytes how much of the device-writable part was written
  public void complete(int writtenBytes) {
    if (head < 0) {
      throw new IllegalStateException("no chain taken");
    }
    putUsed(head, writtenBytes);
    head = NO_HEAD;
  }

  /// Keeps the chain taken last, to give it back later with [#complete(int, int)].
  ///
  /// @return its number
  public int keep() {
    int kept = head;
    if (kept < 0) {
      throw new IllegalStateException("no chain taken");
    }
    head = NO_HEAD;
    return kept;
  }

  /// Gives a chain back that was kept.
  public void complete(int kept, int writtenBytes) {
    putUsed(kept, writtenBytes);
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

  /// Whether the driver wants a used-buffer notification for what was completed since the last call
  /// (2.7.7).
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

  /// Asks the driver to notify us of the next buffer (2.7.10).
  ///
  /// @return whether a buffer has become available meanwhile, so that sleeping would miss it
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

  /// Asks the driver not to notify us while we look anyway; only a hint (2.7.10).
  public void disarmNotification() {
    if (!eventIdx) {
      used.set(
          VirtqueueLayout.U16,
          usedAt + VirtqueueLayout.RING_FLAGS,
          (short) VirtqueueLayout.USED_NO_NOTIFY);
      written(VirtqueueLayout.RING_FLAGS, Short.BYTES);
    }
  }

  /// Leaves the driver a used entry that names no descriptor, so that it takes the queue for broken
  /// and fails every later request at once, instead of waiting for a device that has gone. (Linux
  /// `virtqueue_get_buf`, `virtqueue_add`: a used id outside the table marks the queue broken, and
  /// adding to a broken queue gives EIO.)
  ///
  /// As long as the driver has not read that entry it may add requests, and a broken queue gives
  /// none of them back. So the next [#complete] takes the place of the entry; retire again after
  /// it.
  public void retire() {
    int place = nextUsed;
    publish(NO_DESCRIPTOR, 0);
    nextUsed = place;
  }
}
