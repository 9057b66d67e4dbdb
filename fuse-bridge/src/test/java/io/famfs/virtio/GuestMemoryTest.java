package io.famfs.virtio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.famfs.core.Errno;
import io.famfs.os.FileIdentity;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GuestMemoryTest {
  private static final FileIdentity FILE = new FileIdentity(1, 2, FileIdentity.Type.REGULAR, 0);

  private static GuestRegion region(long guest, int size, Runnable release) {
    GuestRegion.Identity identity =
        new GuestRegion.Identity(FILE, guest, guest, 0x1000_0000L + guest, size);
    return new GuestRegion(identity, Arena.ofAuto().allocate(size), release);
  }

  private static GuestRegion region(long guest, int size) {
    return region(guest, size, () -> {});
  }

  @Test
  void randomCopiesDoWhatAMapOfBytesDoes() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 50; round++) {
      List<GuestRegion> regions = new ArrayList<>();
      Map<Long, Byte> model = new HashMap<>();
      long at = random.nextInt(100);
      for (int i = 0; i < 1 + random.nextInt(6); i++) {
        int size = 1 + random.nextInt(200);
        regions.addFirst(region(at, size));
        for (int k = 0; k < size; k++) {
          model.put(at + k, (byte) 0);
        }
        at += size + (random.nextBoolean() ? 0 : random.nextInt(50));
      }
      GuestMemory memory = GuestMemory.of(regions);
      for (int step = 0; step < 200; step++) {
        step(memory, model, at, random, "seed " + seed);
      }
      memory.release();
    }
  }

  private static void step(
      GuestMemory memory, Map<Long, Byte> model, long end, SplittableRandom random, String seed) {
    long address = random.nextLong(end + 20);
    int length = random.nextInt(120);
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    MemorySegment buffer = MemorySegment.ofArray(bytes.clone());
    int good = 0;
    while (good < length && model.containsKey(address + good)) {
      good++;
    }
    int expected = good == length ? 0 : -Errno.EFAULT;
    assertEquals(good == length, memory.contains(address, length), seed);
    if (random.nextBoolean()) {
      assertEquals(expected, memory.write(address, buffer, 0, length), seed);
      for (int i = 0; i < good; i++) {
        model.put(address + i, bytes[i]);
      }
    } else {
      assertEquals(expected, memory.read(address, buffer, 0, length), seed);
      for (int i = 0; i < good; i++) {
        bytes[i] = model.getOrDefault(address + i, (byte) 0);
      }
      assertArrayEquals(bytes, buffer.toArray(ValueLayout.JAVA_BYTE), seed);
    }
  }

  @Test
  void addressesThatOverflowAreNotMemory() {
    GuestMemory memory = GuestMemory.of(List.of(region(0, 4096)));
    for (long address : new long[] {-1, -8, Long.MIN_VALUE, Long.MAX_VALUE, 4096}) {
      assertEquals(true, memory.find(address) < 0);
      assertEquals(true, memory.findUser(address) < 0);
      assertFalse(memory.contains(address, 16));
    }
    assertFalse(memory.contains(4090, 16));
    assertEquals(0, memory.findUser(0x1000_0000L + 4095));
  }

  @Test
  void overlappingRegionsAreRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> GuestMemory.of(List.of(region(0, 4096), region(4095, 10))));
  }

  @Test
  void regionIsReleasedByTheLastTableThatHasItAndTheLastUserOfThat() {
    AtomicInteger kept = new AtomicInteger();
    AtomicInteger dropped = new AtomicInteger();
    GuestRegion keep = region(0, 16, kept::incrementAndGet);
    GuestRegion drop = region(16, 16, dropped::incrementAndGet);
    GuestMemorySlot slot = new GuestMemorySlot();
    slot.replace(GuestMemory.of(List.of(keep, drop)));
    GuestMemory worker = slot.take();
    slot.replace(GuestMemory.of(List.of(keep)));
    assertFalse(slot.isCurrent(worker));
    assertEquals(0, dropped.get(), "the worker still reads through the old table");
    worker.release();
    assertEquals(1, dropped.get());
    assertFalse(worker.acquire());
    assertEquals(0, kept.get());
    slot.replace(GuestMemory.empty());
    assertEquals(1, kept.get());
  }
}
