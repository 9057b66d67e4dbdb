package io.famfs.store.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.MemoryRange;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RangeSetTest {
  private static final int BYTES = 200;

  @Test
  void setsAnswerAsTheirBytesDo() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 2000; round++) {
      List<MemoryRange> ranges = random(random);
      requireSame("seed " + seed + ", " + ranges, ranges, RangeSet.of(ranges));
      List<MemoryRange> more = random(random);
      List<MemoryRange> both = new ArrayList<>(ranges);
      both.addAll(more);
      RangeSet union = RangeSet.of(ranges).union(RangeSet.of(more));
      assertEquals(RangeSet.of(both), union, () -> "seed " + seed);
    }
  }

  private static List<MemoryRange> random(SplittableRandom random) {
    List<MemoryRange> ranges = new ArrayList<>();
    int count = random.nextInt(8);
    for (int i = 0; i < count; i++) {
      int from = random.nextInt(BYTES);
      ranges.add(new MemoryRange(from, random.nextInt(0, Math.min(20, BYTES - from) + 1)));
    }
    return ranges;
  }

  private static void requireSame(String input, List<MemoryRange> ranges, RangeSet set) {
    BitSet bytes = new BitSet();
    ranges.forEach(range -> bytes.set((int) range.offset(), (int) range.end()));
    assertEquals(bytes.cardinality(), set.bytes(), input);
    assertEquals(bytes.isEmpty(), set.isEmpty(), input);
    for (int i = 1; i < set.count(); i++) {
      assertTrue(set.end(i - 1) < set.start(i), input);
    }
    for (int at = 0; at < BYTES; at++) {
      int length = BYTES - at;
      int bad = bytes.nextSetBit(at);
      assertEquals(bad < 0 ? length : bad - at, set.before(at, length), input);
      assertEquals(bytes.nextClearBit(at) - at, set.within(at, length), input);
    }
  }

  @Test
  void pagesAreWholeAndOnTheDevice() {
    RangeSet set =
        RangeSet.of(List.of(new MemoryRange(100, 1), new MemoryRange(8191, 2), range(90_000, 9)));
    assertEquals(
        List.of(range(0, 12_288)), set.inPages(4096, 20_000).ranges(), "side by side is one");
    assertEquals(
        List.of(range(16_384, 3616)),
        RangeSet.of(List.of(range(17_000, 50_000))).inPages(4096, 20_000).ranges());
  }

  private static MemoryRange range(long offset, long length) {
    return new MemoryRange(offset, length);
  }

  @Test
  void sameRangesAreTheSameSet() {
    RangeSet a = RangeSet.of(List.of(range(0, 10), range(10, 10)));
    RangeSet b = RangeSet.of(List.of(range(0, 20)));
    assertEquals(a, b);
    assertEquals(a.hashCode(), b.hashCode());
    assertNotEquals(a, RangeSet.EMPTY);
  }
}
