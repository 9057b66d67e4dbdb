package io.famfs.fuse.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AdaptiveSpinTest {
  private static final long LIMIT = 50_000;
  private static final int REQUESTS = 100_000;

  private final AdaptiveSpin spin = new AdaptiveSpin(LIMIT);

  /// Sends requests that come a time after the worker has nothing to do any more.
  ///
  /// @param found whether looking finds them
  /// @return how often it was looked
  private int run(int requests, long afterNanos, boolean found) {
    int looks = 0;
    for (int i = 0; i < requests; i++) {
      if (spin.limitNanos() > 0) {
        looks++;
        if (found) {
          spin.found();
          continue;
        }
        spin.inVain();
      }
      spin.slept(afterNanos);
    }
    return looks;
  }

  @Test
  void clientOnAnotherProcessorIsLookedFor() {
    int looks = run(REQUESTS, LIMIT / 2, true);
    assertTrue(looks > REQUESTS - 10, () -> looks + " looks");
  }

  @Test
  void clientOnTheSameProcessorIsHardlyHindered() {
    int looks = run(REQUESTS, LIMIT / 5, false);
    assertTrue(looks < REQUESTS / 400, () -> looks + " looks");
  }

  @Test
  void slowClientIsNotLookedFor() {
    assertEquals(0, run(REQUESTS, 3 * LIMIT, true));
  }

  @Test
  void stopsWhenTheClientStops() {
    run(100, LIMIT / 2, true);
    assertEquals(LIMIT, spin.limitNanos());
    spin.inVain();
    spin.inVain();
    assertEquals(0, spin.limitNanos());
  }

  @Test
  void startsAgainAfterAPause() {
    run(100, LIMIT / 2, true);
    run(10, 100 * LIMIT, false);
    int looks = run(1000, LIMIT / 2, true);
    assertTrue(looks > 900, () -> looks + " looks");
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
