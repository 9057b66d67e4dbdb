package io.famfs.store.extent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ExtentMapTest {
  private final ExtentCursor cursor = new ExtentCursor();

  @Test
  void simpleExtentsFollowEachOther() {
    ExtentMap map =
        ExtentMap.compile(
            new Fmap.Simple(List.of(new DeviceRange(0, 100, 10), new DeviceRange(1, 50, 5))));
    assertRun(map, 0, 100, 0, 100, 10);
    assertRun(map, 9, 100, 0, 109, 1);
    assertRun(map, 10, 100, 1, 50, 5);
    assertRun(map, 12, 2, 1, 52, 2);
    assertEquals(15, map.mappedBytes());
    assertEquals(15, map.allocatedBytes());
  }

  @Test
  void whatIsNotBehindTheFileResolvesToNothing() {
    ExtentMap map = ExtentMap.compile(new Fmap.Simple(List.of(new DeviceRange(0, 100, 10))));
    for (long[] request :
        new long[][] {
          {10, 1}, {-1, 1}, {0, 0}, {0, -1}, {Long.MAX_VALUE, 1}, {Long.MIN_VALUE, 9}
        }) {
      assertFalse(map.resolve(request[0], request[1], cursor));
      assertEquals(0, cursor.runBytes());
    }
    assertTrue(map.resolve(5, Long.MAX_VALUE, cursor));
    assertEquals(5, cursor.runBytes());
  }

  @Test
  void theShortestStripEndsAnInterleavedMap() {
    // Strip 1 holds one chunk: the file ends where its second chunk would start.
    ExtentMap map =
        ExtentMap.compile(
            new Fmap.Interleaved(
                4, List.of(new DeviceRange(0, 0, 12), new DeviceRange(0, 100, 4))));
    assertEquals(12, map.mappedBytes());
    assertEquals(16, map.allocatedBytes());
    assertRun(map, 8, 100, 0, 4, 4);
    assertFalse(map.resolve(12, 1, cursor));
  }

  @Test
  void hugeChunksDoNotOverflow() {
    ExtentMap map =
        ExtentMap.compile(
            new Fmap.Interleaved(Long.MAX_VALUE - 4095, List.of(new DeviceRange(0, 4096, 8192))));
    assertRun(map, 8000, 1000, 0, 12096, 192);
  }

  @Test
  void randomMapsAgreeWithDealingOutByteByByte() {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 2_000; round++) {
      Fmap fmap = randomMap(random);
      List<long[]> model = model(fmap);
      ExtentMap map = ExtentMap.compile(fmap);
      assertEquals(model.size(), map.mappedBytes(), "seed " + seed + " " + fmap);
      for (int probe = 0; probe < 20 && !model.isEmpty(); probe++) {
        int at = random.nextInt(model.size());
        int length = random.nextInt(1, 60);
        assertTrue(map.resolve(at, length, cursor));
        assertTrue(cursor.runBytes() >= 1 && cursor.runBytes() <= length);
        for (int i = 0; i < cursor.runBytes(); i++) {
          assertEquals(model.get(at + i)[0], cursor.deviceIndex(), "seed " + seed + " " + fmap);
          assertEquals(
              model.get(at + i)[1], cursor.deviceOffset() + i, "seed " + seed + " " + fmap);
        }
      }
    }
  }

  private static Fmap randomMap(SplittableRandom random) {
    int count = random.nextInt(1, Fmap.MAX_RANGES + 1);
    int chunk = random.nextInt(1, 9);
    boolean interleaved = random.nextBoolean();
    List<DeviceRange> ranges = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ranges.add(new DeviceRange(random.nextInt(3), random.nextInt(10_000), random.nextInt(1, 40)));
    }
    return interleaved ? new Fmap.Interleaved(chunk, ranges) : new Fmap.Simple(ranges);
  }

  /// Device and device offset of every byte, by going through the chunks one after the other.
  private static List<long[]> model(Fmap fmap) {
    List<long[]> bytes = new ArrayList<>();
    switch (fmap) {
      case Fmap.Simple simple -> {
        for (DeviceRange range : simple.ranges()) {
          for (long i = 0; i < range.lengthBytes(); i++) {
            bytes.add(new long[] {range.daxdevIndex(), range.offset() + i});
          }
        }
      }
      case Fmap.Interleaved interleaved -> {
        long[] used = new long[interleaved.ranges().size()];
        for (int strip = 0; ; strip = (strip + 1) % used.length) {
          DeviceRange range = interleaved.ranges().get(strip);
          for (long i = 0; i < interleaved.chunkBytes(); i++) {
            if (used[strip] == range.lengthBytes()) {
              return bytes;
            }
            bytes.add(new long[] {range.daxdevIndex(), range.offset() + used[strip]});
            used[strip]++;
          }
        }
      }
    }
    return bytes;
  }

  private void assertRun(ExtentMap map, long at, long length, int device, long offset, long run) {
    assertTrue(map.resolve(at, length, cursor));
    assertEquals(device, cursor.deviceIndex());
    assertEquals(offset, cursor.deviceOffset());
    assertEquals(run, cursor.runBytes());
  }
}
