package io.famfs.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class DirtyLogTest {
  private static final int PAGE = 4096;
  private static final int BYTES = 64;
  private static final int PAGES = 8 * BYTES;

  private final MemorySegment bits = Arena.ofAuto().allocate(BYTES, 8);
  private final DirtyLog log = new DirtyLog(bits, () -> {});

  private BitSet marked() {
    return BitSet.valueOf(bits.toArray(ValueLayout.JAVA_BYTE));
  }

  @Test
  void pagesOfARangeAreMarkedAndNoOthers() {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 2000; round++) {
      bits.fill((byte) 0);
      BitSet expected = new BitSet();
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        long at = random.nextLong((PAGES + 4L) * PAGE);
        long length = random.nextLong(1, random.nextBoolean() ? 9000 : 80L * PAGE);
        log.mark(at, length);
        for (long page = at / PAGE; page <= (at + length - 1) / PAGE && page < PAGES; page++) {
          expected.set((int) page);
        }
      }
      assertEquals(expected, marked(), "seed " + seed + " round " + round);
    }
  }

  @Test
  void rangesOutsideOfTheLogMarkNothing() {
    log.mark(0, 0);
    log.mark((long) PAGES * PAGE, 10_000);
    log.mark(-1, 5);
    log.mark(Long.MAX_VALUE - 5, Long.MAX_VALUE);
    log.mark(Long.MIN_VALUE, 1);
    assertTrue(marked().isEmpty());
    log.mark((long) (PAGES - 1) * PAGE + 1, 1L << 40);
    assertEquals(1, marked().cardinality());
  }

  @Test
  void coversAsManyPagesAsItHasBits() {
    assertTrue(log.covers(0));
    assertTrue(log.covers((long) PAGES * PAGE));
    assertFalse(log.covers((long) PAGES * PAGE + 1));
    assertFalse(log.covers(-1));
    MemorySegment odd = bits.asSlice(0, 12);
    assertThrows(IllegalArgumentException.class, () -> new DirtyLog(odd, () -> {}));
  }

  @Test
  void noMarkIsLostWhenManyMarkTheSameWord() throws InterruptedException {
    CountDownLatch start = new CountDownLatch(1);
    Thread[] threads = new Thread[8];
    for (int i = 0; i < threads.length; i++) {
      int first = i;
      threads[i] =
          Thread.ofPlatform()
              .start(() -> {
                awaitQuietly(start);
                for (long page = first; page < PAGES; page += threads.length) {
                  log.mark(page * PAGE, 1);
                }
              });
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(PAGES, marked().cardinality());
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
