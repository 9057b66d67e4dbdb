package io.famfs.bench.load;

import io.famfs.os.ErrnoException;
import io.famfs.os.EventFd;
import io.famfs.os.Poller;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// A split virtqueue (virtio 1.3, clause 2.7), seen from the driver. One thread uses it; nothing is
/// allocated.
///
/// A cycle is: [#offer] any number of chains, [#publish], [#next] until there is none.
final class DriverRing implements AutoCloseable {
  static final int DESCRIPTOR_BYTES = 16;
  static final int WRITE = 2;
  static final int INDIRECT = 4;
  static final int NEXT = 1;
  static final int NONE = -1;

  private static final int NO_NOTIFY = 1;
  private static final int NO_INTERRUPT = 1;
  private static final int INDEX = 2;
  private static final int ENTRIES = 4;
  private static final int USED_BYTES = 8;

  /// A used_event this far ahead is not reached before it is set anew.
  private static final int FAR = 0x8000;

  private static final int NEAR = 0x4000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHARED = U16.varHandle();

  private final MemorySegment memory;
  private final int num;
  private final boolean eventIdx;
  private final long descriptors;
  private final long avail;
  private final long used;
  private final EventFd kick = EventFd.create();
  private final EventFd call = EventFd.create();
  private final Poller poller = new Poller(1);

  private int availIndex;
  private int published;
  private int usedIndex;
  private int silentUntil;
  private int lastBytes;
  private long kicks;

  /// @param num entries, a power of two
  DriverRing(GuestRam ram, int num, boolean eventIdx) throws ErrnoException {
    memory = ram.memory();
    this.num = num;
    this.eventIdx = eventIdx;
    descriptors = ram.take((long) DESCRIPTOR_BYTES * num);
    avail = ram.take(ENTRIES + 2L * num + 2);
    used = ram.take(ENTRIES + (long) USED_BYTES * num + 2);
    poller.add(call.fd(), Poller.POLLIN);
  }

  int num() {
    return num;
  }

  long descriptorTable() {
    return descriptors;
  }

  long availRing() {
    return avail;
  }

  long usedRing() {
    return used;
  }

  EventFd kick() {
    return kick;
  }

  EventFd call() {
    return call;
  }

  /// How often the device was notified.
  long kicks() {
    return kicks;
  }

  /// Writes a descriptor into a table anywhere in memory.
  void descriptor(long table, int index, long address, int bytes, int flags) {
    long entry = table + (long) index * DESCRIPTOR_BYTES;
    memory.set(U64, entry, address);
    memory.set(U32, entry + 8, bytes);
    memory.set(U16, entry + 12, (short) flags);
    memory.set(U16, entry + 14, (short) ((flags & NEXT) != 0 ? index + 1 : 0));
  }

  /// Makes a chain available; the device sees it with the next [#publish].
  void offer(int head) {
    memory.set(U16, avail + ENTRIES + 2L * (availIndex & (num - 1)), (short) head);
    availIndex = (availIndex + 1) & 0xffff;
  }

  /// Shows the device what was offered, and notifies it where it wants to be (2.7.13).
  void publish() {
    if (published == availIndex) {
      return;
    }
    int before = published;
    published = availIndex;
    SHARED.setRelease(memory, avail + INDEX, (short) availIndex);
    // The index must be visible before we look whether the device sleeps.
    VarHandle.fullFence();
    if (wantsKick(before)) {
      kicks++;
      int _ = kick.signal();
    }
  }

  private boolean wantsKick(int before) {
    if (!eventIdx) {
      return (memory.get(U16, used) & NO_NOTIFY) == 0;
    }
    int event = memory.get(U16, used + ENTRIES + (long) USED_BYTES * num) & 0xffff;
    return ((availIndex - event - 1) & 0xffff) < ((availIndex - before) & 0xffff);
  }

  /// Whether the device has given something back.
  boolean hasNext() {
    return ((short) SHARED.getAcquire(memory, used + INDEX) & 0xffff) != usedIndex;
  }

  /// The head of a chain that the device has given back, or [#NONE].
  int next() {
    if (!hasNext()) {
      return NONE;
    }
    long entry = used + ENTRIES + (long) USED_BYTES * (usedIndex & (num - 1));
    usedIndex = (usedIndex + 1) & 0xffff;
    lastBytes = memory.get(U32, entry + 4);
    return memory.get(U32, entry);
  }

  /// How much was written into the chain taken last.
  int writtenBytes() {
    return lastBytes;
  }

  /// Asks not to be interrupted; only a hint.
  void silence() {
    if (!eventIdx) {
      memory.set(U16, avail, (short) NO_INTERRUPT);
    } else if (((silentUntil - usedIndex) & 0xffff) < NEAR) {
      silentUntil = (usedIndex + FAR) & 0xffff;
      memory.set(U16, avail + ENTRIES + 2L * num, (short) silentUntil);
    }
  }

  /// Waits, asleep, until the device has given something back. A back-end may notify more often
  /// than it gives something back.
  ///
  /// @return whether it has
  boolean await(int limitMillis) {
    wantCall();
    long deadlineNs = 0;
    int left = limitMillis;
    while (!hasNext() && left > 0) {
      int ready = poller.await(left);
      long _ = call.drain();
      if (ready > 0 && hasNext()) {
        return true;
      }
      long now = System.nanoTime();
      deadlineNs = deadlineNs == 0 ? now + left * NANOS_PER_MILLI : deadlineNs;
      left = ready <= 0 ? 0 : (int) ((deadlineNs - now + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
    }
    return hasNext();
  }

  private void wantCall() {
    if (eventIdx) {
      silentUntil = usedIndex;
      memory.set(U16, avail + ENTRIES + 2L * num, (short) usedIndex);
    } else {
      memory.set(U16, avail, (short) 0);
    }
    // What is asked for must be visible before we look once more.
    VarHandle.fullFence();
  }

  @Override
  public void close() {
    kick.close();
    call.close();
  }
}
