package io.famfs.store.alloc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.format.MediaBounds;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SpaceMapTest {
  private static final long UNIT = 2L << 20;
  private static final long RESERVED = 10L << 20;

  @Test
  void aPartUnitAtTheEndIsNeverUsed() {
    SpaceMap space = space(RESERVED + 2 * UNIT + UNIT / 2);
    assertEquals(RESERVED + 2 * UNIT, space.totalBytes());
    assertEquals(RESERVED, space.usedBytes());
    assertNull(space.allocate(2 * UNIT + 1));
    assertEquals(new DeviceRange(0, RESERVED, UNIT), space.allocate(1));
    assertEquals(new DeviceRange(0, RESERVED + UNIT, UNIT), space.allocate(UNIT));
    assertNull(space.allocate(1));
    assertEquals(0, space.largestFreeRunBytes());
  }

  @Test
  void damagedRangesAreTakenAsFarAsTheyLieOnTheDevice() {
    SpaceMap space = space(RESERVED + 8 * UNIT);
    space.quarantine(new DeviceRange(0, RESERVED + UNIT / 2, UNIT));
    assertEquals(2 * UNIT, space.quarantinedBytes());
    space.quarantine(new DeviceRange(0, RESERVED + 7 * UNIT, Long.MAX_VALUE));
    assertEquals(3 * UNIT, space.quarantinedBytes());
    space.quarantine(new DeviceRange(0, -1, UNIT));
    space.quarantine(new DeviceRange(0, Long.MAX_VALUE, 1));
    space.quarantine(new DeviceRange(0, RESERVED, -1));
    space.quarantine(new DeviceRange(-1, RESERVED, UNIT));
    space.quarantine(new DeviceRange(1, RESERVED, UNIT));
    assertEquals(3 * UNIT, space.quarantinedBytes());
    assertEquals(0, space.claim(0, RESERVED + 2 * UNIT, UNIT));
    assertEquals(2, space.claim(0, RESERVED + UNIT, 2 * UNIT));
  }

  @Test
  void nothingIsGivenOnceSpaceHasAnUnknownOwner() {
    SpaceMap space = space(RESERVED + 8 * UNIT);
    space.setUnknownOwner();
    assertNull(space.allocate(1));
    assertEquals(0, space.largestFreeRunBytes());
  }

  @Test
  void freeingWhatIsFreeIsAMistake() {
    SpaceMap space = space(RESERVED + 8 * UNIT);
    assertThrows(
        IllegalStateException.class, () -> space.release(new DeviceRange(0, RESERVED, UNIT)));
  }

  @Test
  void randomUseAgreesWithSearchingUnitByUnit() {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 60; round++) {
      int units = random.nextInt(6, 400);
      SpaceMap space = space(units * UNIT + random.nextLong(UNIT));
      BitSet model = new BitSet();
      model.set(0, 5);
      List<DeviceRange> given = new ArrayList<>();
      for (int step = 0; step < 300; step++) {
        if (random.nextInt(5) < 3) {
          int count = random.nextInt(1, 1 << random.nextInt(1, 8));
          long size = count * UNIT - random.nextLong(UNIT);
          DeviceRange range = space.allocate(size);
          int expected = firstFit(model, count, units);
          if (expected < 0) {
            assertNull(range, "seed " + seed);
          } else {
            assertNotNull(range, "seed " + seed);
            assertEquals(new DeviceRange(0, expected * UNIT, count * UNIT), range, "seed " + seed);
            model.set(expected, expected + count);
            given.add(range);
          }
        } else if (!given.isEmpty()) {
          DeviceRange range = given.remove(random.nextInt(given.size()));
          space.release(range);
          model.clear((int) (range.offset() / UNIT), (int) (range.end() / UNIT));
        }
        assertEquals(model.cardinality() * UNIT, space.usedBytes(), "seed " + seed);
        assertEquals(largest(model, units) * UNIT, space.largestFreeRunBytes(), "seed " + seed);
      }
    }
  }

  private static int firstFit(BitSet taken, int count, int units) {
    for (int start = 0; start + count <= units; start++) {
      int next = taken.nextSetBit(start);
      if (next < 0 || next >= start + count) {
        return start;
      }
    }
    return -1;
  }

  private static long largest(BitSet taken, int units) {
    int largest = 0;
    int run = 0;
    for (int i = 0; i < units; i++) {
      run = taken.get(i) ? 0 : run + 1;
      largest = Math.max(largest, run);
    }
    return largest;
  }

  private static SpaceMap space(long deviceBytes) {
    return new SpaceMap(new MediaBounds(UNIT, RESERVED, List.of(deviceBytes)));
  }
}
