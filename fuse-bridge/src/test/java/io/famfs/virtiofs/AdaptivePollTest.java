package io.famfs.virtiofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AdaptivePollTest {
  private static final long LIMIT = 50_000;

  @Test
  void nothingIsLookedAtBeforeAWaitHasBeenShort() {
    AdaptivePoll poll = new AdaptivePoll(LIMIT);
    assertEquals(0, poll.timeNs());
    poll.waited(10_000);
    assertEquals(20_000, poll.timeNs());
  }

  @Test
  void itGrowsToTheLimitAndNoFurther() {
    AdaptivePoll poll = new AdaptivePoll(LIMIT);
    for (int i = 0; i < 10; i++) {
      poll.waited(LIMIT);
    }
    assertEquals(LIMIT, poll.timeNs());
    poll.waited(1);
    assertEquals(LIMIT, poll.timeNs(), "a wait that was found out by looking");
  }

  @Test
  void waitsThatAreTooLongEndIt() {
    AdaptivePoll poll = new AdaptivePoll(LIMIT);
    poll.waited(LIMIT);
    long lost = 0;
    int waits = 0;
    while (poll.timeNs() > 0) {
      lost += poll.timeNs();
      poll.waited(LIMIT + 1);
      waits++;
    }
    assertTrue(waits <= 5, waits + " waits");
    assertTrue(lost < 2 * LIMIT, lost + " ns of looking");
    poll.waited(Long.MAX_VALUE);
    assertEquals(0, poll.timeNs());
  }

  @Test
  void aLimitOfZeroIsNever() {
    AdaptivePoll poll = new AdaptivePoll(0);
    assertFalse(poll.enabled());
    poll.waited(1);
    assertEquals(0, poll.timeNs());
  }
}
