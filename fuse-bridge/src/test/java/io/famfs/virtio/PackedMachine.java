package io.famfs.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.famfs.os.FileIdentity;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Guest memory with a packed ring and its driver, and the table of chains beside it.
final class PackedMachine {
  /// Not a power of two, which only packed rings may have.
  static final int NUM = 7;

  private static final int AVAIL = 1 << 7;
  private static final int USED = 1 << 15;
  private static final int NEXT = 1;
  private static final long DRIVER_EVENTS = 1024;
  private static final long DEVICE_EVENTS = 2048;
  private static final long SIZE = 4096;
  private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED;

  final MemorySegment ring;
  final MemorySegment notes;
  final GuestMemory memory;
  int usedAt;
  private boolean usedWrap = true;
  private int availAt;
  private boolean availWrap = true;
  private int inUse;
  private int[] slotsOf = new int[NUM];
  private List<Integer> written = List.of();

  PackedMachine() {
    this(
        Arena.ofAuto().allocate(SIZE, 4096),
        Arena.ofAuto().allocate(PackedInflightTable.bytes(NUM), Long.BYTES));
  }

  private PackedMachine(MemorySegment ring, MemorySegment notes) {
    this.ring = ring;
    this.notes = notes;
    FileIdentity file = new FileIdentity(1, 1, FileIdentity.Type.REGULAR, 0);
    GuestRegion.Identity identity = new GuestRegion.Identity(file, 0, 0, 0, SIZE);
    memory = GuestMemory.of(List.of(new GuestRegion(identity, ring, () -> {})));
  }

  /// What there is when a process is killed now.
  PackedMachine copy() {
    PackedMachine copy =
        new PackedMachine(
            Arena.ofAuto().allocate(SIZE, 4096).copyFrom(ring),
            Arena.ofAuto().allocate(notes.byteSize(), Long.BYTES).copyFrom(notes));
    copy.usedAt = usedAt;
    copy.usedWrap = usedWrap;
    copy.availAt = availAt;
    copy.availWrap = availWrap;
    copy.inUse = inUse;
    copy.slotsOf = slotsOf.clone();
    return copy;
  }

  void copyRing(PackedMachine from, long at, int bytes) {
    MemorySegment.copy(from.ring, at, ring, at, bytes);
  }

  void copyNotes(PackedMachine from, long at, int bytes) {
    MemorySegment.copy(from.notes, at, notes, at, bytes);
  }

  boolean hasRoom(int slots) {
    return inUse + slots <= NUM;
  }

  /// Makes a list available whose descriptors have lengths that count up.
  void offer(int id, int slots, int length) {
    slotsOf[id] = slots;
    inUse += slots;
    for (int i = 0; i < slots; i++) {
      long at = 16L * availAt;
      ring.set(ValueLayout.JAVA_LONG_UNALIGNED, at, 512);
      ring.set(U32, at + 8, length + i);
      ring.set(U16, at + 12, (short) id);
      int flags = (availWrap ? AVAIL : USED) | (i < slots - 1 ? NEXT : 0);
      ring.set(U16, at + 14, (short) flags);
      if (++availAt == NUM) {
        availAt = 0;
        availWrap = !availWrap;
      }
    }
  }

  /// The ids that have come back since the last call.
  List<Integer> used() {
    List<Integer> ids = new ArrayList<>();
    written = new ArrayList<>();
    while (true) {
      long at = 16L * usedAt;
      int flags = ring.get(U16, at + 14);
      boolean mine = ((flags & AVAIL) != 0) == usedWrap && ((flags & USED) != 0) == usedWrap;
      if (!mine || inUse == 0) {
        return ids;
      }
      int id = ring.get(U16, at + 12) & 0xffff;
      ids.add(id);
      written.add(ring.get(U32, at + 8));
      inUse -= slotsOf[id];
      usedAt += slotsOf[id];
      if (usedAt >= NUM) {
        usedAt -= NUM;
        usedWrap = !usedWrap;
      }
    }
  }

  /// The lengths that came with them.
  List<Integer> writtenBytes() {
    return written;
  }

  /// The length of the first descriptor of a list, from the sum of all.
  int firstLength(DescriptorChain chain, int id) {
    int slots = slotsOf[id];
    return (chain.readable().totalBytes() - slots * (slots - 1) / 2) / slots;
  }

  Virtqueue queue(boolean takesOver) {
    return queue(takesOver, PackedVirtqueue.FRESH_BASE);
  }

  Virtqueue queue(boolean takesOver, int base) {
    VirtqueuePlace place = new VirtqueuePlace(NUM, 0, DRIVER_EVENTS, DEVICE_EVENTS);
    long features = VirtioFeature.VERSION_1 | VirtioFeature.RING_PACKED;
    Virtqueue queue = Virtqueue.of(place, features, base, notes, takesOver);
    assertEquals(ChainResult.OK, queue.bind(memory));
    return queue;
  }
}
