package io.famfs.virtio;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.BitSet;

/// Which chains of a packed ring have been taken and not been given back, with their descriptors,
/// in memory that outlives the process; [InflightTable] is that of a split ring.
///
/// A used entry may overwrite descriptors that are still needed, so each chain is copied here
/// (vhost-user, "Inflight I/O tracking", does the same): one place per descriptor, linked, the
/// first one for the chain. Native byte order; whoever reads it runs on the same host.
///
/// ```
///  0  u32 entries, as many as the ring has, with bit 31
///  8  u64 the used step at which a chain is being given back, that chain in the high half
/// 16  u64 how many chains were taken
/// 24  u32 the next used step
/// 64  { 16 bytes descriptor, u64 when it was taken, u8 state, 3 zero, u32 bytes of reply,
///       u16 id, u16 slots, u32 next place } [entries]
/// ```
///
/// As there, a process that is killed has done all stores up to an instruction and none behind it:
///
/// | killed before | state | used entry on the ring | used step here | successor |
/// |---|---|---|---|---|
/// | the chain is noted | FREE | - | equal | takes it from the ring |
/// | the reply is whole | TAKEN | no | equal | has the request handled once more |
/// | its flags say used | DONE | no | equal | gives the chain back |
/// | the chain is let go | DONE | yes | equal | lets it go, moves on |
/// | the step is noted | FREE | yes | equal | moves on |
///
/// Whether the entry is on the ring is seen by its USED flag alone: the driver may have made that
/// place available again, which leaves the flag as it is.
final class PackedInflightTable {
  private static final int ENTRIES = 0;
  private static final int GIVING = 8;
  private static final int USED_STEP = 24;
  private static final int ENTRY_BYTES = 40;
  private static final int ORDER = 16;
  private static final int ID = 32;
  private static final int SLOTS = 34;
  private static final int NEXT = 36;

  private static final int PACKED = 1 << 31;

  private static final VarHandle U64 = ValueLayout.JAVA_LONG.varHandle();
  private static final VarHandle U32 = ValueLayout.JAVA_INT.varHandle();

  private final MemorySegment memory;
  private final ChainNotes notes;

  /// Places without a descriptor; a stack.
  private int[] free = {};

  private int freeCount;

  /// @param memory of [#bytes] for the largest ring, aligned to 8 bytes; zeros for a new one
  PackedInflightTable(MemorySegment memory) {
    this.memory = memory;
    notes = new ChainNotes(memory, ENTRY_BYTES, ORDER);
  }

  static long bytes(int entries) {
    return ChainNotes.bytes(entries, ENTRY_BYTES);
  }

  private long entry(int place) {
    return notes.entry(place);
  }

  /// Whether something was noted here for a packed ring of this size.
  boolean isOf(int entries) {
    return memory.get(ValueLayout.JAVA_INT, ENTRIES) == (entries | PACKED);
  }

  int usedStep() {
    return memory.get(ValueLayout.JAVA_INT, USED_STEP);
  }

  /// The chain that was being given back at this step, or a negative number.
  int giving(int usedStep) {
    long giving = memory.get(ValueLayout.JAVA_LONG, GIVING);
    return (int) giving == usedStep ? (int) (giving >>> Integer.SIZE) - 1 : -1;
  }

  /// A chain has been taken; it is handled from now on.
  ///
  /// @param descriptors those of the ring, one behind the other
  /// @return its place
  int taken(MemorySegment descriptors, int slots, int id) {
    int next = 0;
    for (int i = slots - 1; i >= 0; i--) {
      int place = free[--freeCount];
      long at = entry(place);
      long from = (long) i * VirtqueueLayout.DESCRIPTOR_BYTES;
      MemorySegment.copy(descriptors, from, memory, at, VirtqueueLayout.DESCRIPTOR_BYTES);
      memory.set(ValueLayout.JAVA_INT, at + NEXT, next);
      next = place;
    }
    long at = entry(next);
    memory.set(ValueLayout.JAVA_SHORT, at + ID, (short) id);
    memory.set(ValueLayout.JAVA_SHORT, at + SLOTS, (short) slots);
    notes.taken(next);
    return next;
  }

  /// The reply is where the driver looks for it; the used entry is next.
  void done(int place, int writtenBytes, int usedStep) {
    notes.done(place, writtenBytes);
    U64.setRelease(memory, (long) GIVING, usedStep | (place + 1L) << Integer.SIZE);
    VarHandle.storeStoreFence();
  }

  /// The ring has the used entry.
  void gone(int place, int nextUsedStep) {
    notes.free(place);
    U32.setRelease(memory, (long) USED_STEP, nextUsedStep);
    int at = place;
    for (int i = slots(place); i > 0 && freeCount < free.length; i--) {
      free[freeCount++] = at;
      at = next(at);
    }
  }

  /// Makes the table whole, and knows from then on which places are free.
  ///
  /// @param entries of the ring
  /// @param usedStep where the ring goes on
  /// @return the chains that were not given back, those taken first before the others
  int[] recover(int entries, int usedStep) {
    if (!isOf(entries)) {
      memory.fill((byte) 0);
      memory.set(ValueLayout.JAVA_INT, ENTRIES, entries | PACKED);
    }
    U32.setRelease(memory, (long) USED_STEP, usedStep);
    int[] chains = notes.unfinished(entries);
    BitSet used = new BitSet(entries);
    for (int chain : chains) {
      int at = chain;
      for (int i = slots(chain); i > 0; i--) {
        used.set(at);
        at = next(at);
      }
    }
    free = new int[entries];
    freeCount = 0;
    for (int place = used.nextClearBit(0); place < entries; place = used.nextClearBit(place + 1)) {
      free[freeCount++] = place;
    }
    return chains;
  }

  /// Whether there is such a chain and it was not given back.
  boolean isTaken(int place, int entries) {
    return place >= 0 && place < entries && !notes.isFree(place);
  }

  /// Whether a chain that was not given back has its reply.
  boolean isDone(int place) {
    return notes.isDone(place);
  }

  /// How long that reply is.
  int writtenBytes(int place) {
    return notes.writtenBytes(place);
  }

  /// How many entries of the ring a chain has.
  int slots(int place) {
    return memory.get(ValueLayout.JAVA_SHORT, entry(place) + SLOTS) & 0xffff;
  }

  int id(int place) {
    return memory.get(ValueLayout.JAVA_SHORT, entry(place) + ID) & 0xffff;
  }

  int next(int place) {
    return memory.get(ValueLayout.JAVA_INT, entry(place) + NEXT);
  }

  /// Copies the descriptor at a place.
  void copyDescriptor(int place, MemorySegment dst, long at) {
    MemorySegment.copy(memory, entry(place), dst, at, VirtqueueLayout.DESCRIPTOR_BYTES);
  }
}
