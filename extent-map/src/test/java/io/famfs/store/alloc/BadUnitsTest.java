package io.famfs.store.alloc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Units on bad memory, against a model of two sets.
class BadUnitsTest {
  private static final int UNITS = 300;

  @Test
  void aBadUnitIsNeverFreeAndKeepsItsOwner() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 100; round++) {
      UnitBitmap bitmap = new UnitBitmap(UNITS);
      BitSet owned = new BitSet();
      BitSet bad = new BitSet();
      for (int step = 0; step < 100; step++) {
        step(random, bitmap, owned, bad);
        String where = "seed " + seed + ", round " + round + ", step " + step;
        requireSame(where, bitmap, owned, bad);
      }
    }
  }

  private static void step(SplittableRandom random, UnitBitmap bitmap, BitSet owned, BitSet bad) {
    int first = random.nextInt(UNITS);
    int count = random.nextInt(1, Math.min(40, UNITS - first) + 1);
    switch (random.nextInt(4)) {
      case 0 -> {
        bad.clear();
        for (int i = random.nextInt(6); i > 0; i--) {
          int from = random.nextInt(UNITS);
          bad.set(from, Math.min(UNITS, from + random.nextInt(1, 5)));
        }
        bitmap.bad((BitSet) bad.clone());
      }
      case 1 -> {
        int end = Math.min(owned.nextClearBit(first), first + count);
        if (end > first) {
          bitmap.free(first, end - first);
          owned.clear(first, end);
        }
      }
      default -> {
        int had = owned.get(first, first + count).cardinality();
        assertEquals(had, bitmap.take(first, count), "only owners count");
        owned.set(first, first + count);
      }
    }
  }

  private static void requireSame(String where, UnitBitmap bitmap, BitSet owned, BitSet bad) {
    BitSet used = (BitSet) owned.clone();
    used.or(bad);
    assertEquals(used.cardinality(), bitmap.taken(), where);
    assertEquals(used.cardinality() - owned.cardinality(), bitmap.held(), where);
    int longest = 0;
    int at = used.nextClearBit(0);
    while (at < UNITS) {
      int end = used.nextSetBit(at);
      int stop = end < 0 ? UNITS : end;
      longest = Math.max(longest, stop - at);
      assertEquals(at, bitmap.firstFit(stop - at, at, UNITS), where);
      at = used.nextClearBit(stop);
    }
    assertEquals(longest, bitmap.largestFreeRun(), where);
  }
}
