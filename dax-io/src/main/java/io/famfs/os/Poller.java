package io.famfs.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.famfs.core.Errno;
import io.famfs.os.libc.Events;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// Waits for several descriptors (`poll(2)`). Belongs to one thread; waiting allocates nothing.
///
/// The array is of `struct pollfd`: fd (int) at 0, events (short) at 4, revents (short) at 6.
public final class Poller {
  public static final int POLLIN = 1;
  public static final int POLLOUT = 4;
  public static final int POLLERR = 8;
  public static final int POLLHUP = 0x10;
  public static final int POLLNVAL = 0x20;

  private static final int ENTRY_BYTES = 8;
  private static final int EVENTS = 4;
  private static final int RESULT = 6;

  private final MemorySegment entries;
  private final int capacity;
  private int count;

  /// Room for `capacity` descriptors.
  public Poller(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("descriptors to poll: " + capacity);
    }
    this.capacity = capacity;
    this.entries = Arena.ofAuto().allocate((long) capacity * ENTRY_BYTES, Integer.BYTES);
  }

  /// Adds a descriptor; `events` are [#POLLIN] and [#POLLOUT]. Errors and hang-ups are always
  /// reported. The number is copied: close the descriptor only after [#clear()].
  ///
  /// @return the slot to ask about after [#await]
  public int add(Fd fd, int events) {
    int slot = count;
    Objects.checkIndex(slot, capacity);
    count++;
    long entry = (long) slot * ENTRY_BYTES;
    entries.set(JAVA_INT, entry, fd.value());
    entries.set(JAVA_SHORT, entry + EVENTS, (short) events);
    entries.set(JAVA_SHORT, entry + RESULT, (short) 0);
    return slot;
  }

  /// Changes what a slot waits for; 0 leaves errors and hang-ups.
  public void events(int slot, int events) {
    Objects.checkIndex(slot, count);
    entries.set(JAVA_SHORT, (long) slot * ENTRY_BYTES + EVENTS, (short) events);
  }

  /// Forgets all descriptors.
  public void clear() {
    count = 0;
  }

  /// How many descriptors there are.
  public int count() {
    return count;
  }

  /// Waits until a descriptor has something to report.
  ///
  /// @param timeoutMillis the longest wait, 0 for none, negative for ever
  /// @return the number of slots that report something, 0 when the time is up, or the negated error
  ///   number
  public int await(int timeoutMillis) {
    int result = Events.poll(entries.address(), count, timeoutMillis);
    return result == -Errno.EINTR ? awaitAgain(timeoutMillis) : result;
  }

  /// Whether the slot has something to read, which includes the end of a stream.
  public boolean readable(int slot) {
    return (reported(slot) & POLLIN) != 0;
  }

  /// Whether the slot takes something to write.
  public boolean writable(int slot) {
    return (reported(slot) & POLLOUT) != 0;
  }

  /// Whether the other side is gone, or the descriptor is in error or closed.
  public boolean hungUp(int slot) {
    return (reported(slot) & (POLLHUP | POLLERR | POLLNVAL)) != 0;
  }

  /// Everything the kernel reported about the slot, as `POLL` bits.
  public int reported(int slot) {
    Objects.checkIndex(slot, count);
    return Short.toUnsignedInt(entries.get(JAVA_SHORT, (long) slot * ENTRY_BYTES + RESULT));
  }

  private int awaitAgain(int timeoutMillis) {
    long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    int result;
    do {
      long leftNs = deadlineNs - System.nanoTime();
      int leftMillis =
          timeoutMillis < 0 ? -1 : (int) Math.max(0, TimeUnit.NANOSECONDS.toMillis(leftNs));
      result = Events.poll(entries.address(), count, leftMillis);
    } while (result == -Errno.EINTR);
    return result;
  }
}
