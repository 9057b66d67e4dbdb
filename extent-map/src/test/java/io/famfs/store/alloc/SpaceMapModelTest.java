package io.famfs.store.alloc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.format.MediaBounds;
import io.famfs.core.format.SuperblockLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Every change of space on several devices, against a model that looks at each unit by itself.
class SpaceMapModelTest {
  private static final long UNIT = SuperblockLayout.ALLOC_UNIT_BYTES;
  private static final long RESERVED = 10L << 20;

  private final List<BitSet> model = new ArrayList<>();
  private final List<Integer> units = new ArrayList<>();
  private final List<DeviceRange> given = new ArrayList<>();
  private int missing;

  @Test
  void agreesWithTheModel() {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 25; round++) {
      try {
        run(random);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("round " + round + ", seed " + seed, e);
      }
    }
  }

  private void run(SplittableRandom random) {
    model.clear();
    units.clear();
    given.clear();
    missing = -1;
    SpaceMap space = space(random);
    for (int step = 0; step < 300; step++) {
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> allocate(space, random);
        case 3 -> release(space, random);
        case 4 -> extend(space, random);
        case 5 -> trim(space, random);
        case 6 -> buckets(space, random);
        default -> devices(space, random);
      }
      check(space);
    }
  }

  private SpaceMap space(SplittableRandom random) {
    int count = random.nextInt(1, 4);
    addModel(random, (int) (RESERVED / UNIT));
    SpaceMap space =
        new SpaceMap(new MediaBounds(UNIT, RESERVED, List.of(units.get(0) * UNIT + 77)));
    for (int i = 1; i < count; i++) {
      addModel(random, 1);
      space.addDevice(units.get(i) * UNIT);
    }
    if (count > 1 && random.nextBoolean()) {
      missing = count - 1;
      space.setMissing(missing);
    }
    return space;
  }

  /// Sizes up to several blocks of the index.
  private void addModel(SplittableRandom random, int reserved) {
    units.add(random.nextInt(reserved + 1, 1 << random.nextInt(4, 12)));
    BitSet taken = new BitSet();
    taken.set(0, reserved);
    model.add(taken);
  }

  private static int count(SplittableRandom random) {
    return random.nextInt(1, 1 << random.nextInt(1, 9));
  }

  private void allocate(SpaceMap space, SplittableRandom random) {
    int count = count(random);
    DeviceRange expected = null;
    for (int device = 0; device < model.size() && expected == null; device++) {
      expected = fit(device, count, 0, units.get(device));
    }
    assertEquals(expected, space.allocate(count * UNIT - random.nextLong(UNIT)));
    note(expected);
  }

  private void release(SpaceMap space, SplittableRandom random) {
    if (!given.isEmpty()) {
      DeviceRange range = given.remove(random.nextInt(given.size()));
      space.release(range);
      mark(range, false);
    }
  }

  private void extend(SpaceMap space, SplittableRandom random) {
    if (given.isEmpty()) {
      return;
    }
    int which = random.nextInt(given.size());
    DeviceRange range = given.get(which);
    int count = count(random);
    int first = (int) (range.end() / UNIT);
    int device = range.daxdevIndex();
    int next = model.get(device).nextSetBit(first);
    boolean fits = first + count <= units.get(device) && (next < 0 || next >= first + count);
    DeviceRange longer =
        new DeviceRange(device, range.offset(), range.lengthBytes() + count * UNIT);
    assertEquals(fits ? longer : null, space.extend(range, count * UNIT));
    if (fits) {
      given.set(which, longer);
      mark(longer, true);
    }
  }

  private void trim(SpaceMap space, SplittableRandom random) {
    if (given.isEmpty()) {
      return;
    }
    int which = random.nextInt(given.size());
    DeviceRange range = given.get(which);
    long kept = random.nextLong(1, range.lengthBytes() + 2 * UNIT);
    long length = Math.min(range.lengthBytes(), Math.ceilDiv(kept, UNIT) * UNIT);
    DeviceRange shorter = new DeviceRange(range.daxdevIndex(), range.offset(), length);
    assertEquals(shorter, space.trim(range, kept));
    mark(range, false);
    mark(shorter, true);
    given.set(which, shorter);
  }

  private void buckets(SpaceMap space, SplittableRandom random) {
    int buckets = random.nextInt(1, Math.min(64, units.get(0)) + 1);
    int strips = random.nextInt(1, Math.min(16, buckets) + 1);
    int count = random.nextInt(1, 20);
    long seed = random.nextLong();
    int width = units.get(0) / buckets;
    List<DeviceRange> expected = new ArrayList<>();
    for (int bucket : SeededOrder.of(buckets, seed)) {
      DeviceRange strip =
          expected.size() < strips ? fit(0, count, bucket * width, (bucket + 1) * width) : null;
      if (strip != null) {
        expected.add(strip);
      }
    }
    boolean enough = expected.size() == strips;
    assertEquals(
        enough ? expected : null, space.allocateInBuckets(count * UNIT, strips, buckets, seed));
    if (enough) {
      expected.forEach(this::note);
    }
  }

  private void devices(SpaceMap space, SplittableRandom random) {
    int strips = random.nextInt(1, model.size() + 1);
    int count = random.nextInt(1, 20);
    long seed = random.nextLong();
    List<DeviceRange> expected = new ArrayList<>();
    for (int device : SeededOrder.of(model.size(), seed)) {
      DeviceRange strip =
          expected.size() < strips ? fit(device, count, 0, units.get(device)) : null;
      if (strip != null) {
        expected.add(strip);
      }
    }
    boolean enough = expected.size() == strips;
    assertEquals(enough ? expected : null, space.allocateOnDevices(count * UNIT, strips, seed));
    if (enough) {
      expected.forEach(this::note);
    }
  }

  private @Nullable DeviceRange fit(int device, int count, int from, int to) {
    for (int start = from; device != missing && start + count <= to; start++) {
      int next = model.get(device).nextSetBit(start);
      if (next < 0 || next >= start + count) {
        return new DeviceRange(device, start * UNIT, count * UNIT);
      }
    }
    return null;
  }

  private void note(@Nullable DeviceRange range) {
    if (range != null) {
      given.add(range);
      mark(range, true);
    }
  }

  private void mark(DeviceRange range, boolean taken) {
    model
        .get(range.daxdevIndex())
        .set((int) (range.offset() / UNIT), (int) (range.end() / UNIT), taken);
  }

  private void check(SpaceMap space) {
    long used = 0;
    long total = 0;
    int largest = 0;
    for (int device = 0; device < model.size(); device++) {
      if (device != missing) {
        used += model.get(device).cardinality();
        total += units.get(device);
        largest = Math.max(largest, largest(device));
      }
    }
    assertEquals(used * UNIT, space.usedBytes());
    assertEquals(total * UNIT, space.totalBytes());
    assertEquals(largest * UNIT, space.largestFreeRunBytes());
  }

  private int largest(int device) {
    int most = 0;
    BitSet taken = model.get(device);
    int at = taken.nextClearBit(0);
    while (at < units.get(device)) {
      int next = taken.nextSetBit(at);
      int end = next < 0 ? units.get(device) : next;
      most = Math.max(most, end - at);
      at = taken.nextClearBit(end);
    }
    return most;
  }
}
