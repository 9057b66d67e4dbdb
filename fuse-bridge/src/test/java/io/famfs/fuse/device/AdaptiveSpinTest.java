package io.famfs.fuse.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AdaptiveSpinTest {
  private static final long LIMIT = 50_000;
  private static final int REQUESTS = 100_000;

  private final AdaptiveSpin spin = new AdaptiveSpin(LIMIT);

  private int looks;

  /// Sends requests one behind the other.
  ///
  /// @param asleep how long a request takes to get to a sleeping worker
  /// @param looking how long to one that looks; more than the limit is in vain
  private void run(int requests, long asleep, long looking) {
    looks = 0;
    for (int i = 0; i < requests; i++) {
      if (spin.limitNanos() > 0) {
        looks++;
        if (looking <= LIMIT) {
          spin.found(looking);
          continue;
        }
        spin.inVain();
      }
      spin.slept(asleep);
    }
  }

  @Test
  void clientOnAnotherProcessorIsLookedFor() {
    run(REQUESTS, 30_000, 6_000);
    assertTrue(looks > REQUESTS * 0.98, () -> looks + " looks");
  }

  @Test
  void clientThatNeedsThisProcessorIsHardlyHindered() {
    run(REQUESTS, 6_000, 8_000);
    assertTrue(looks < REQUESTS / 100, () -> looks + " looks");
  }

  @Test
  void clientThatCannotRunMeanwhileIsHardlyHindered() {
    run(REQUESTS, 6_000, 2 * LIMIT);
    assertTrue(looks < REQUESTS / 100, () -> looks + " looks");
  }

  @Test
  void slowClientIsNotLookedFor() {
    run(REQUESTS, 3 * LIMIT, 3 * LIMIT);
    assertEquals(0, looks);
  }

  @Test
  void stopsWhenTheClientStops() {
    run(1000, 30_000, 6_000);
    assertEquals(LIMIT, spin.limitNanos());
    spin.inVain();
    spin.inVain();
    assertEquals(0, spin.limitNanos());
  }

  @Test
  void changesWithTheClient() {
    run(REQUESTS, 30_000, 6_000);
    run(REQUESTS, 6_000, 8_000);
    assertTrue(looks < REQUESTS / 5, () -> looks + " looks");
    run(REQUESTS, 30_000, 6_000);
    assertTrue(looks > REQUESTS * 4 / 5, () -> looks + " looks");
  }

  @Test
  void neverLooksWhenToldNotTo() {
    AdaptiveSpin off = new AdaptiveSpin(0);
    for (int i = 0; i < REQUESTS; i++) {
      off.slept(1);
    }
    assertEquals(0, off.limitNanos());
  }
}
