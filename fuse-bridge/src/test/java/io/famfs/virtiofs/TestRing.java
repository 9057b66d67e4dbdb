package io.famfs.virtiofs;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.famfs.os.ErrnoException;
import io.famfs.os.EventFd;
import io.famfs.os.Poller;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.List;

/// The driver's side of a split virtqueue at a guest address.
class TestRing implements AutoCloseable {
  static final int NEXT = 1;
  static final int WRITE = 2;
  static final int INDIRECT = 4;
  static final int WAIT_MILLIS = 60_000;

  /// A buffer as the driver offers it.
  record Buffer(long address, int length, boolean writable) {}

  /// An entry of the used ring.
  record Used(int id, int length) {}

  final int num;
  final long at;
  final MemorySegment memory;
  final EventFd kick;
  final EventFd call;
  final EventFd err;
  private int availIndex;
  private int usedIndex;

  TestRing(TestGuest guest, int num, long at) throws ErrnoException {
    this.num = num;
    this.at = at;
    memory = guest.memory();
    kick = EventFd.create();
    call = EventFd.create();
    err = EventFd.create();
  }

  long descriptorTable() {
    return at;
  }

  /// What SET_VRING_BASE has for a queue that nobody has used.
  int freshBase() {
    return 0;
  }

  long availRing() {
    return at + 16L * num;
  }

  long usedRing() {
    return (availRing() + 6 + 2L * num + 3) & ~3L;
  }

  /// As the driver does when it starts anew.
  void clear() {
    memory.asSlice(TestGuest.file(at), usedRing() + 6 + 8L * num - at).fill((byte) 0);
    availIndex = 0;
    usedIndex = 0;
    call.drain();
  }

  void descriptor(long table, int index, Buffer buffer, int flags, int next) {
    long entry = TestGuest.file(table + 16L * index);
    memory.set(JAVA_LONG_UNALIGNED, entry, buffer.address());
    memory.set(JAVA_INT_UNALIGNED, entry + 8, buffer.length());
    int all = flags | (buffer.writable() ? WRITE : 0);
    memory.set(JAVA_SHORT_UNALIGNED, entry + 12, (short) all);
    memory.set(JAVA_SHORT_UNALIGNED, entry + 14, (short) next);
  }

  /// Writes a chain into a table, from entry `first` on.
  void chain(long table, int first, List<Buffer> buffers) {
    for (int i = 0; i < buffers.size(); i++) {
      boolean last = i == buffers.size() - 1;
      descriptor(table, first + i, buffers.get(i), last ? 0 : NEXT, last ? 0 : first + i + 1);
    }
  }

  /// Makes a head available without a notification.
  void offer(int head) {
    long entry = TestGuest.file(availRing()) + 4 + 2L * (availIndex % num);
    memory.set(JAVA_SHORT_UNALIGNED, entry, (short) head);
    availIndex = (availIndex + 1) & 0xffff;
    publish(availIndex);
  }

  void publish(int index) {
    VarHandle.fullFence();
    memory.set(JAVA_SHORT_UNALIGNED, TestGuest.file(availRing()) + 2, (short) index);
    VarHandle.fullFence();
  }

  void interruptFlag(int flags) {
    memory.set(JAVA_SHORT_UNALIGNED, TestGuest.file(availRing()), (short) flags);
  }

  void usedEvent(int index) {
    memory.set(JAVA_SHORT_UNALIGNED, TestGuest.file(availRing()) + 4 + 2L * num, (short) index);
    VarHandle.fullFence();
  }

  /// The index whose passing the device wants to be told of.
  int availEvent() {
    VarHandle.fullFence();
    return memory.get(JAVA_SHORT_UNALIGNED, TestGuest.file(usedRing()) + 4 + 8L * num) & 0xffff;
  }

  int usedIndexOnRing() {
    VarHandle.fullFence();
    return memory.get(JAVA_SHORT_UNALIGNED, TestGuest.file(usedRing()) + 2) & 0xffff;
  }

  void submit(int head) {
    offer(head);
    kick.signal();
  }

  /// Waits for the next used entry.
  Used take() {
    while (usedIndexOnRing() == usedIndex) {
      await(call);
    }
    long entry = TestGuest.file(usedRing()) + 4 + 8L * (usedIndex % num);
    usedIndex = (usedIndex + 1) & 0xffff;
    return new Used(
        memory.get(JAVA_INT_UNALIGNED, entry), memory.get(JAVA_INT_UNALIGNED, entry + 4));
  }

  /// Waits for a signal, within a limit.
  static void await(EventFd event) {
    Poller poller = new Poller(1);
    poller.add(event.fd(), Poller.POLLIN);
    if (poller.await(WAIT_MILLIS) <= 0) {
      throw new AssertionError("nothing within " + WAIT_MILLIS + " ms");
    }
    event.drain();
  }

  @Override
  public void close() {
    kick.close();
    call.close();
    err.close();
  }
}
