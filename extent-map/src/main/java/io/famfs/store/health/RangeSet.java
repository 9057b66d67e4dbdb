package io.famfs.store.health;

import io.famfs.core.MemoryRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Ranges of one device: sorted, apart from each other, immutable. Asking costs the logarithm of
/// their number and allocates nothing.
public final class RangeSet {
  /// No range.
  public static final RangeSet EMPTY = new RangeSet(new long[0]);

  /// Start and end of each range, one behind the other.
  private final long[] bounds;

  private RangeSet(long[] bounds) {
    this.bounds = bounds;
  }

  /// The union of ranges in any order; empty ones are left out.
  public static RangeSet of(List<MemoryRange> ranges) {
    List<MemoryRange> sorted = new ArrayList<>(ranges);
    sorted.removeIf(range -> range.lengthBytes() <= 0);
    sorted.sort(Comparator.comparingLong(MemoryRange::offset));
    long[] bounds = new long[2 * sorted.size()];
    int used = 0;
    for (MemoryRange range : sorted) {
      if (used > 0 && range.offset() <= bounds[used - 1]) {
        bounds[used - 1] = Math.max(bounds[used - 1], range.end());
      } else {
        bounds[used++] = range.offset();
        bounds[used++] = range.end();
      }
    }
    return used == 0 ? EMPTY : new RangeSet(Arrays.copyOf(bounds, used));
  }

  /// What is in one of two sets.
  public RangeSet union(RangeSet other) {
    if (isEmpty() || other.isEmpty()) {
      return isEmpty() ? other : this;
    }
    List<MemoryRange> both = new ArrayList<>(ranges());
    both.addAll(other.ranges());
    return of(both);
  }

  /// The set made of whole pages, as far as they lie on a device.
  ///
  /// @param pageBytes a power of two
  public RangeSet inPages(long pageBytes, long sizeBytes) {
    List<MemoryRange> pages = new ArrayList<>();
    for (MemoryRange range : ranges()) {
      long from = range.offset() & -pageBytes;
      long end = Math.min(range.end(), sizeBytes);
      long to = Math.min((end + pageBytes - 1) & -pageBytes, sizeBytes);
      pages.add(new MemoryRange(from, to - from));
    }
    return of(pages);
  }

  /// The ranges in order.
  public List<MemoryRange> ranges() {
    List<MemoryRange> list = new ArrayList<>(count());
    for (int i = 0; i < count(); i++) {
      list.add(new MemoryRange(start(i), end(i) - start(i)));
    }
    return list;
  }

  /// Whether there is no range.
  public boolean isEmpty() {
    return bounds.length == 0;
  }

  /// Number of ranges.
  public int count() {
    return bounds.length / 2;
  }

  /// First byte of a range.
  public long start(int i) {
    return bounds[2 * i];
  }

  /// First byte behind a range.
  public long end(int i) {
    return bounds[2 * i + 1];
  }

  /// All bytes.
  public long bytes() {
    long sum = 0;
    for (int i = 0; i < count(); i++) {
      sum += end(i) - start(i);
    }
    return sum;
  }

  /// How many bytes of a stretch come before the first that is in the set.
  public long before(long offset, long lengthBytes) {
    int i = firstEndingBehind(offset);
    return i == count() ? lengthBytes : Math.clamp(start(i) - offset, 0, lengthBytes);
  }

  /// How many bytes at the start of a stretch are in the set, without a gap.
  public long within(long offset, long lengthBytes) {
    int i = firstEndingBehind(offset);
    return i == count() || start(i) > offset ? 0 : Math.min(lengthBytes, end(i) - offset);
  }

  private int firstEndingBehind(long offset) {
    int low = 0;
    int high = count();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (end(middle) > offset) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RangeSet set && Arrays.equals(bounds, set.bounds);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bounds);
  }

  @Override
  public String toString() {
    return ranges().toString();
  }
}
