package io.famfs.fuse.window;

import static io.famfs.fuse.window.SimulatedGuest.RANGE_BYTES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/// The governor before a simulated guest: what is used, in which time, when files are mapped, when
/// they are copied, and when the governor decides.
class WindowGovernorTest {
  private static final int SLOTS = 64;
  private static final long BIG = 7;
  private static final long SMALL = 9;
  private static final long USES_PER_OPEN = 200;
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final long seed = System.nanoTime();
  private final long[] clock = {5};
  private final WindowGovernor governor = governor();

  private WindowGovernor governor() {
    return new WindowGovernor(SLOTS * RANGE_BYTES, () -> clock[0], GovernorSettings.standard());
  }

  private SimulatedGuest governed() {
    return new SimulatedGuest(SLOTS, clock, true, governor, USES_PER_OPEN);
  }

  /// What a workload takes, in nanoseconds, when all is mapped or all is copied.
  private long time(boolean mapped, BiConsumer<SimulatedGuest, SplittableRandom> work) {
    long[] own = {5};
    work.accept(
        new SimulatedGuest(SLOTS, own, mapped, null, USES_PER_OPEN), new SplittableRandom(seed));
    return own[0];
  }

  private long governedTime(BiConsumer<SimulatedGuest, SplittableRandom> work) {
    long before = clock[0];
    work.accept(governed(), new SplittableRandom(seed));
    return clock[0] - before;
  }

  private static BiConsumer<SimulatedGuest, SplittableRandom> random(int ranges, int uses) {
    return (guest, random) -> {
      for (int i = 0; i < uses; i++) {
        guest.use(BIG, random.nextInt(ranges));
      }
    };
  }

  @Test
  void whatFitsStaysMapped() {
    var work = random(SLOTS * 6 / 10, 1_000_000);
    assertEquals(time(true, work), governedTime(work) + 5, () -> "seed " + seed);
    assertFalse(governor.copies(BIG));
    assertEquals(0, governor.state().demotions());
  }

  @Test
  void aFileLargerThanTheWindowIsNotSlowerThanCopied() {
    for (int times : new int[] {2, 4, 16}) {
      var work = random(times * SLOTS, 1_000_000);
      long copied = time(false, work);
      long mapped = time(true, work);
      long own = governedTime(work);
      String what = "seed " + seed + ": mapped " + mapped + ", copied " + copied + ", own " + own;
      assertTrue(mapped > 5 * copied, what);
      assertTrue(own < copied + copied / 10, what);
      assertTrue(governor.copies(BIG), what);
      clock[0] += 2 * GovernorSettings.standard().longestWait().toNanos();
    }
  }

  @Test
  void aSmallFileStaysMappedBesideALargeOne() {
    BiConsumer<SimulatedGuest, SplittableRandom> work =
        (guest, random) -> {
          for (int i = 0; i < 1_000_000; i++) {
            guest.use(SMALL, random.nextInt(SLOTS / 4));
            if (i % 8 == 0) {
              guest.use(BIG, random.nextInt(4 * SLOTS));
            }
          }
        };
    long own = governedTime(work);
    assertTrue(governor.copies(BIG), () -> "seed " + seed);
    assertFalse(governor.copies(SMALL), () -> "seed " + seed);
    assertTrue(own < time(true, work) && own < time(false, work), () -> "seed " + seed);
  }

  @Test
  void manySmallFilesAreMappedAsFarAsTheyFit() {
    BiConsumer<SimulatedGuest, SplittableRandom> work =
        (guest, random) -> {
          for (int i = 0; i < 2_000_000; i++) {
            guest.use(1 + random.nextInt(40), random.nextInt(4));
          }
        };
    long own = governedTime(work);
    GovernorState state = governor.state();
    String what = "seed " + seed + ": " + state;
    assertTrue(state.copied().size() >= 25 && state.copied().size() <= 36, what);
    assertTrue(state.workingSet() <= SLOTS * 7 / 10, what);
    assertTrue(own < time(true, work) && own < time(false, work), what);
  }

  @Test
  void aFileComesBackWhenItFitsAndSeldomWhenItDoesNot() {
    SimulatedGuest guest = governed();
    SplittableRandom random = new SplittableRandom(seed);
    long end = clock[0] + 3600 * SECOND;
    while (clock[0] < end) {
      guest.use(BIG, random.nextInt(4 * SLOTS));
    }
    GovernorState busy = governor.state();
    assertTrue(busy.demotions() >= 2 && busy.demotions() <= 4, () -> seed + ": " + busy);
    end = clock[0] + 2400 * SECOND;
    while (clock[0] < end) {
      guest.use(BIG, random.nextInt(SLOTS / 2));
      guest.idle(SECOND / 1000);
    }
    assertTrue(guest.maps(BIG), () -> seed + ": " + governor.state());
    assertTrue(governor.state().demotions() <= busy.demotions() + 1, () -> "seed " + seed);
  }

  @Test
  void aFileThatWasInTheWayOfAnotherComesBackAfterTheWait() {
    SimulatedGuest guest = governed();
    SplittableRandom random = new SplittableRandom(seed);
    long end = clock[0] + 20 * SECOND;
    while (clock[0] < end) {
      guest.use(BIG, random.nextInt(SLOTS / 2));
      guest.use(SMALL, random.nextInt(SLOTS / 2));
    }
    GovernorState busy = governor.state();
    assertEquals(1, busy.copied().size(), () -> seed + ": " + busy);
    long out = busy.copied().getFirst().nodeid();
    long other = out == BIG ? SMALL : BIG;
    assertTrue(governor.copies(out));
    // Nobody uses the other one any more, and the guest has forgotten it.
    guest.forget(other);
    end = clock[0] + 200 * SECOND;
    while (clock[0] < end) {
      guest.use(out, random.nextInt(SLOTS / 2));
      guest.use(77, 0);
      guest.idle(SECOND / 100);
    }
    assertTrue(guest.maps(out), () -> seed + ": " + governor.state());
    assertFalse(governor.copies(other));
    assertEquals(1, governor.state().promotions());
  }

  @Test
  void readingALargeFileOnceIsNoReason() {
    SimulatedGuest guest = governed();
    for (int range = 0; range < 50 * SLOTS; range++) {
      for (int page = 0; page < 512; page++) {
        guest.use(BIG, range);
      }
    }
    assertEquals(0, governor.state().demotions());
    assertEquals(50 * SLOTS, governor.state().maps());
    assertEquals(0, governor.state().mapsAgain());
  }

  @Test
  void theSameRangeInTheSamePlaceIsNoNewMapping() {
    for (int i = 0; i < 1000; i++) {
      governor.mapped(BIG, 0, 0, SLOTS * RANGE_BYTES, 1000);
      clock[0] += SECOND / 10;
    }
    GovernorState state = governor.state();
    assertEquals(SLOTS, state.maps());
    assertEquals(SLOTS, state.live());
    assertEquals(0, state.demotions());
    governor.unmapped(0, 2 * RANGE_BYTES, 1000);
    assertEquals(SLOTS - 2, governor.state().live());
  }

  @Test
  void openingAgainIsNoThrashing() {
    for (int i = 0; i < 1000; i++) {
      governor.mapped(BIG, 0, 0, RANGE_BYTES * SLOTS / 2, 1000);
      governor.unmapped(0, RANGE_BYTES * SLOTS / 2, 1000);
      clock[0] += SECOND / 10;
    }
    assertTrue(governor.state().mapsAgain() > 1000);
    assertEquals(0, governor.state().demotions());
  }

  @Test
  void whatAGuestMapsIsRememberedWithinBounds() {
    for (long nodeid = 1; nodeid <= 200_000; nodeid++) {
      governor.mapped(nodeid, 0, nodeid % SLOTS * RANGE_BYTES, RANGE_BYTES, 1000);
    }
    assertTrue(governor.state().workingSet() <= 1 << 16);
    clock[0] += 61 * SECOND;
    governor.mapped(1, 0, 0, RANGE_BYTES, 1000);
    clock[0] += 61 * SECOND;
    governor.mapped(1, 0, RANGE_BYTES, RANGE_BYTES, 1000);
    assertTrue(governor.state().workingSet() <= SLOTS + 1);
  }
}
