package io.famfs.os;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.famfs.os.libc.Pointers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// A reusable array of `struct iovec` (address at 0, length at 8, 16 bytes each). One thread at a
/// time; filling and using it allocates nothing.
public final class IoVector {
  private static final int ENTRY_BYTES = 16;
  private static final int LENGTH = 8;

  /// The kernel's limit on entries of one call (`UIO_MAXIOV`).
  public static final int MAX_ENTRIES = 1024;

  private final MemorySegment entries;
  private final int capacity;
  // Keeps the memory reachable while the kernel may look at it.
  private final MemorySegment[] segments;
  private int count;

  /// Room for `capacity` entries, at most [#MAX_ENTRIES].
  public IoVector(int capacity) {
    if (capacity < 1 || capacity > MAX_ENTRIES) {
      throw new IllegalArgumentException("entries of an I/O vector: " + capacity);
    }
    this.capacity = capacity;
    this.entries = Arena.ofAuto().allocate((long) capacity * ENTRY_BYTES, Long.BYTES);
    this.segments = new MemorySegment[capacity];
    clear();
  }

  /// Makes entry `index` the range of `segment`; entries between the last one and this one are
  /// empty. The range may be read only by the kernel, unless the segment is writable.
  public void set(int index, MemorySegment segment, long offset, long lengthBytes) {
    Objects.checkIndex(index, capacity);
    long address = Pointers.readable(segment, offset, lengthBytes);
    while (count < index) {
      put(count++, MemorySegment.NULL, 0, 0);
    }
    put(index, segment, address, lengthBytes);
    count = Math.max(count, index + 1);
  }

  /// Appends a range.
  public void add(MemorySegment segment, long offset, long lengthBytes) {
    set(count, segment, offset, lengthBytes);
  }

  /// Forgets all entries.
  public void clear() {
    count = 0;
  }

  /// How many entries there are.
  public int count() {
    return count;
  }

  /// How many entries there can be.
  public int capacity() {
    return capacity;
  }

  /// The sum of the lengths.
  public long lengthBytes() {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += entries.get(JAVA_LONG, (long) i * ENTRY_BYTES + LENGTH);
    }
    return sum;
  }

  long address() {
    return entries.address();
  }

  /// Whether the kernel may write into every entry.
  boolean isWritable() {
    for (int i = 0; i < count; i++) {
      if (segments[i].isReadOnly()) {
        return false;
      }
    }
    return true;
  }

  private void put(int index, MemorySegment segment, long address, long lengthBytes) {
    long entry = (long) index * ENTRY_BYTES;
    entries.set(JAVA_LONG, entry, address);
    entries.set(JAVA_LONG, entry + LENGTH, lengthBytes);
    segments[index] = segment;
  }
}
