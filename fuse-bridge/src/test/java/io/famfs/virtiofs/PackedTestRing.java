package io.famfs.virtiofs;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.famfs.os.ErrnoException;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/// The driver's side of a packed virtqueue at a guest address. Chains are prepared as on a split
/// one, by the number of their head, and come to the ring when they are offered; the number is then
/// the id of the buffer.
final class PackedTestRing extends TestRing {
  static final int AVAIL = 1 << 7;
  static final int USED = 1 << 15;
  static final int WRAP = 1 << 15;
  private static final int EVENT_DESC = 2;
  private static final int NO_BUFFER = -1;

  private record Prepared(Buffer buffer, int flags, int next) {}

  private final Map<Integer, Prepared> prepared = new HashMap<>();
  private final Map<Integer, Integer> slotsOfId = new HashMap<>();
  private final Queue<Used> found = new ArrayDeque<>();
  private int availAt;
  private boolean availWrap = true;
  private int usedAt;
  private boolean usedWrap = true;
  private int usedCount;
  private int lastSlots = 1;

  PackedTestRing(TestGuest guest, int num, long at) throws ErrnoException {
    super(guest, num, at);
  }

  @Override
  long availRing() {
    return at + 16L * num;
  }

  @Override
  long usedRing() {
    return availRing() + 4;
  }

  @Override
  int freshBase() {
    return WRAP << 16 | WRAP;
  }

  @Override
  void clear() {
    memory.asSlice(TestGuest.file(at), usedRing() + 4 - at).fill((byte) 0);
    slotsOfId.clear();
    found.clear();
    availAt = 0;
    availWrap = true;
    usedAt = 0;
    usedWrap = true;
    usedCount = 0;
    call.drain();
  }

  @Override
  void descriptor(long table, int index, Buffer buffer, int flags, int next) {
    if (table == descriptorTable()) {
      prepared.put(index, new Prepared(buffer, flags, next));
    } else {
      write(table + 16L * index, buffer, 0, flags & INDIRECT);
    }
  }

  private void write(long guestAddress, Buffer buffer, int id, int flags) {
    long entry = TestGuest.file(guestAddress);
    memory.set(JAVA_LONG_UNALIGNED, entry, buffer.address());
    memory.set(JAVA_INT_UNALIGNED, entry + 8, buffer.length());
    memory.set(JAVA_SHORT_UNALIGNED, entry + 12, (short) id);
    memory.set(JAVA_SHORT_UNALIGNED, entry + 14, (short) (flags | (buffer.writable() ? WRITE : 0)));
  }

  /// The flags of a descriptor that is available at this place.
  private static int available(boolean wrap) {
    return wrap ? AVAIL : USED;
  }

  @Override
  void offer(int head) {
    List<Prepared> list = new ArrayList<>();
    Prepared next = prepared.get(head);
    while (next != null && list.size() <= num) {
      list.add(next);
      next = (next.flags() & NEXT) == 0 ? null : prepared.get(next.next());
    }
    int first = availAt;
    int firstFlags = available(availWrap) | list.getFirst().flags();
    for (Prepared one : list) {
      int flags = available(availWrap) | one.flags();
      // The first one is published last.
      write(at + 16L * availAt, one.buffer(), head, availAt == first ? 0 : flags);
      if (++availAt == num) {
        availAt = 0;
        availWrap = !availWrap;
      }
    }
    slotsOfId.put(head, list.size());
    lastSlots = list.size();
    int all = firstFlags | (list.getFirst().buffer().writable() ? WRITE : 0);
    VarHandle.fullFence();
    memory.set(JAVA_SHORT_UNALIGNED, TestGuest.file(at + 16L * first) + 14, (short) all);
    VarHandle.fullFence();
  }

  @Override
  void interruptFlag(int flags) {
    memory.set(JAVA_INT_UNALIGNED, TestGuest.file(availRing()), flags << 16);
  }

  @Override
  void usedEvent(int index) {
    int ahead = usedAt + (index - usedCount) * lastSlots;
    boolean wrap = usedWrap == ahead < num;
    int offset = ahead % num | (wrap ? WRAP : 0);
    memory.set(JAVA_INT_UNALIGNED, TestGuest.file(availRing()), EVENT_DESC << 16 | offset);
    VarHandle.fullFence();
  }

  @Override
  int usedIndexOnRing() {
    while (true) {
      VarHandle.fullFence();
      long entry = TestGuest.file(at + 16L * usedAt);
      int flags = memory.get(JAVA_SHORT_UNALIGNED, entry + 14) & 0xffff;
      if (((flags & AVAIL) != 0) != usedWrap || ((flags & USED) != 0) != usedWrap) {
        return usedCount;
      }
      VarHandle.fullFence();
      int id = memory.get(JAVA_SHORT_UNALIGNED, entry + 12);
      if (id == NO_BUFFER) {
        // The queue is broken; the place may still get another entry.
        return usedCount + 1;
      }
      found.add(new Used(id, memory.get(JAVA_INT_UNALIGNED, entry + 8)));
      usedCount++;
      usedAt += slotsOfId.getOrDefault(id, 1);
      if (usedAt >= num) {
        usedAt -= num;
        usedWrap = !usedWrap;
      }
    }
  }

  @Override
  Used take() {
    while (found.isEmpty()) {
      boolean broken = usedIndexOnRing() > usedCount;
      if (found.isEmpty() && broken) {
        return new Used(NO_BUFFER, 0);
      }
      if (found.isEmpty()) {
        await(call);
      }
    }
    return found.remove();
  }

  /// Makes one descriptor available as it is, with flags of its own beside those of its place.
  void offerRaw(Buffer buffer, int id, int flags) {
    write(at + 16L * availAt, buffer, id, available(availWrap) | flags);
    if (++availAt == num) {
      availAt = 0;
      availWrap = !availWrap;
    }
  }
}
