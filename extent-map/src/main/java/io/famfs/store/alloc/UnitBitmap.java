package io.famfs.store.alloc;

/// One bit per allocation unit of a device: set when the unit is taken. Not thread-safe.
final class UnitBitmap {
  private static final int WORD_BITS = 64;

  private final long units;
  private final long[] words;
  private long taken;

  /// Every word below is full; where searches may start.
  private int firstOpenWord;

  UnitBitmap(long units) {
    this.units = units;
    words = new long[Math.toIntExact((units + WORD_BITS - 1) / WORD_BITS)];
  }

  long units() {
    return units;
  }

  long taken() {
    return taken;
  }

  /// Takes the units of a range.
  ///
  /// @return how many of them were taken already
  long take(long first, long count) {
    checkRange(first, count);
    long before = taken;
    long at = first;
    long end = first + count;
    while (at < end) {
      int word = (int) (at / WORD_BITS);
      long mask = mask(at, end);
      taken += Long.bitCount(mask & ~words[word]);
      words[word] |= mask;
      at = (word + 1L) * WORD_BITS;
    }
    while (firstOpenWord < words.length && words[firstOpenWord] == -1L) {
      firstOpenWord++;
    }
    return count - (taken - before);
  }

  /// Frees the units of a range, all of which are taken.
  void free(long first, long count) {
    checkRange(first, count);
    long at = first;
    long end = first + count;
    while (at < end) {
      int word = (int) (at / WORD_BITS);
      long mask = mask(at, end);
      if ((words[word] & mask) != mask) {
        throw new IllegalStateException("freeing units that are not taken, at unit " + at);
      }
      words[word] &= ~mask;
      taken -= Long.bitCount(mask);
      at = (word + 1L) * WORD_BITS;
    }
    firstOpenWord = (int) Math.min(firstOpenWord, first / WORD_BITS);
  }

  boolean isTaken(long unit) {
    checkRange(unit, 1);
    return (words[(int) (unit / WORD_BITS)] >>> (unit % WORD_BITS) & 1) != 0;
  }

  /// The lowest unit at which a run of free units of the given length starts, -1 when there is
  /// none.
  long firstFit(long count) {
    long start = nextFree((long) firstOpenWord * WORD_BITS);
    while (start >= 0) {
      long end = nextTaken(start, count);
      if (end - start >= count) {
        return start;
      }
      start = nextFree(end);
    }
    return -1;
  }

  /// Length of the longest run of free units.
  long largestFreeRun() {
    long largest = 0;
    long start = nextFree((long) firstOpenWord * WORD_BITS);
    while (start >= 0) {
      long end = nextTaken(start, units);
      largest = Math.max(largest, end - start);
      start = nextFree(end);
    }
    return largest;
  }

  /// The first free unit from a unit on, -1 when there is none.
  private long nextFree(long from) {
    long at = from;
    while (at < units) {
      int word = (int) (at / WORD_BITS);
      long open = ~words[word] & (-1L << at % WORD_BITS);
      if (open != 0) {
        long found = (long) word * WORD_BITS + Long.numberOfTrailingZeros(open);
        return found < units ? found : -1;
      }
      at = (word + 1L) * WORD_BITS;
    }
    return -1;
  }

  /// The first taken unit from a free unit on, or the end; looks no further than needed to know
  /// that `enough` units are free.
  private long nextTaken(long from, long enough) {
    long at = from;
    while (at < units && at - from < enough) {
      int word = (int) (at / WORD_BITS);
      long taken = words[word] & (-1L << at % WORD_BITS);
      if (taken != 0) {
        return (long) word * WORD_BITS + Long.numberOfTrailingZeros(taken);
      }
      at = (word + 1L) * WORD_BITS;
    }
    return Math.min(at, units);
  }

  private static long mask(long at, long end) {
    int word = (int) (at / WORD_BITS);
    long fromStart = -1L << at % WORD_BITS;
    long wordEnd = (word + 1L) * WORD_BITS;
    return end >= wordEnd ? fromStart : fromStart & ~(-1L << end % WORD_BITS);
  }

  private void checkRange(long first, long count) {
    if (first < 0 || count <= 0 || count > units || first > units - count) {
      throw new IndexOutOfBoundsException(count + " units from unit " + first + " of " + units);
    }
  }
}
