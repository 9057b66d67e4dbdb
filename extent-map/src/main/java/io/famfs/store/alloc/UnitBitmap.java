package io.famfs.store.alloc;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// One bit per allocation unit of a device: set when the unit is taken. Not thread-safe.
///
/// Taking and freeing cost one step per 64 units of the range, and the logarithm of the device once
/// somebody has searched; searching costs that logarithm. Memory is one bit per unit up to the
/// highest that was ever taken, and as much again for an index that the first search makes.
final class UnitBitmap {
  private static final int WORD_BITS = 64;

  private final long units;

  /// What is behind the last word is free.
  private long[] words = {};

  private long taken;

  /// Units that touch bad memory, whoever has them; null while there is none. Those that nobody has
  /// count as taken, and are in [#held].
  private @Nullable BitSet bad;

  private final BitSet held = new BitSet();

  /// Null until the first search: replaying a log takes millions of units and searches none.
  private @Nullable FreeRuns index;

  UnitBitmap(long units) {
    this.units = units;
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
    if (!held.isEmpty()) {
      letGo((int) first, (int) (first + count));
    }
    return set(first, count);
  }

  private long set(long first, long count) {
    long before = taken;
    long at = first;
    long end = first + count;
    reach(end);
    while (at < end) {
      int word = (int) (at / WORD_BITS);
      long mask = mask(at, end);
      taken += Long.bitCount(mask & ~words[word]);
      words[word] |= mask;
      at = (word + 1L) * WORD_BITS;
    }
    changed(first, count);
    return count - (taken - before);
  }

  /// Frees the units of a range, all of which are taken.
  void free(long first, long count) {
    checkRange(first, count);
    long end = first + count;
    long open = nextFree(first, end);
    if (open < end) {
      throw new IllegalStateException("freeing units that are not taken, at unit " + open);
    }
    long at = first;
    while (at < end) {
      int word = (int) (at / WORD_BITS);
      words[word] &= ~mask(at, end);
      at = (word + 1L) * WORD_BITS;
    }
    taken -= count;
    changed(first, count);
    if (bad != null) {
      hold(bad, (int) first, (int) end);
    }
  }

  /// Says which units touch bad memory from now on. Those that nobody has are taken out of use, and
  /// those that are not bad any more are free again.
  void bad(BitSet units) {
    letGo(0, held.length());
    bad = units.isEmpty() ? null : units;
    hold(units, 0, units.length());
  }

  /// Units that nobody has and that are out of use.
  long held() {
    return held.cardinality();
  }

  private void hold(BitSet units, int from, int to) {
    for (int at = units.nextSetBit(from); at >= 0 && at < to; at = units.nextSetBit(at + 1)) {
      if (isFree(at, 1)) {
        set(at, 1);
        held.set(at);
      }
    }
  }

  private void letGo(int from, int to) {
    for (int at = held.nextSetBit(from); at >= 0 && at < to; at = held.nextSetBit(at + 1)) {
      held.clear(at);
      words[at / WORD_BITS] &= ~(1L << at % WORD_BITS);
      taken--;
      changed(at, 1);
    }
  }

  /// Whether all units of a range exist and are free.
  boolean isFree(long first, long count) {
    return count <= units - first && nextTaken(first, first + count) == first + count;
  }

  /// The lowest unit at which a run of free units of the given length starts, inside a range.
  ///
  /// @param count more than 0
  /// @param from first unit of the range
  /// @param to the unit behind the range, at most [#units()]
  /// @return -1 when there is none
  long firstFit(long count, long from, long to) {
    return index().firstFit(count, from, to);
  }

  /// Length of the longest run of free units.
  long largestFreeRun() {
    return index().longest();
  }

  /// The first free unit in a range, or its end.
  long nextFree(long from, long to) {
    long at = from;
    while (at < to) {
      int word = (int) (at / WORD_BITS);
      long open = ~word(word) & (-1L << at % WORD_BITS);
      if (open != 0) {
        return Math.min(to, (long) word * WORD_BITS + Long.numberOfTrailingZeros(open));
      }
      at = (word + 1L) * WORD_BITS;
    }
    return to;
  }

  /// The first taken unit in a range, or its end.
  long nextTaken(long from, long to) {
    long at = from;
    while (at < to) {
      int word = (int) (at / WORD_BITS);
      if (word >= words.length) {
        return to;
      }
      long closed = words[word] & (-1L << at % WORD_BITS);
      if (closed != 0) {
        return Math.min(to, (long) word * WORD_BITS + Long.numberOfTrailingZeros(closed));
      }
      at = (word + 1L) * WORD_BITS;
    }
    return to;
  }

  private long word(int word) {
    return word < words.length ? words[word] : 0;
  }

  /// Makes words for the units below `end`.
  private void reach(long end) {
    int needed = Math.toIntExact((end + WORD_BITS - 1) / WORD_BITS);
    if (needed > words.length) {
      long all = (units + WORD_BITS - 1) / WORD_BITS;
      words = Arrays.copyOf(words, (int) Math.min(all, Math.max(needed, 2L * words.length)));
    }
  }

  private FreeRuns index() {
    FreeRuns made = index;
    if (made == null) {
      made = new FreeRuns(this);
      index = made;
    }
    return made;
  }

  private void changed(long first, long count) {
    if (index != null) {
      index.changed(first, count);
    }
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
