package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final long SECOND_NS = 1_000_000_000L;
  private static final long MIB = 1 << 20;

  @Test
  void theLineHasShareRateAndTimeLeft() {
    try (Progress progress = new Progress("cp", 1000 * MIB)) {
      progress.add(100 * MIB);
      assertEquals(
          "cp: 10%, 100.0 of 1000.0 MiB, 10.0 MiB/s, 1:30 left", progress.line(10 * SECOND_NS));
    }
  }

  @Test
  void nothingDoneAndNothingToDoAreNoDivisionsByZero() {
    try (Progress none = new Progress("cp", 0);
        Progress started = new Progress("cp", MIB)) {
      assertEquals("cp: 100%, 0.0 of 0.0 MiB, 0.0 MiB/s, 0:00 left", none.line(0));
      assertEquals("cp: 0%, 0.0 of 1.0 MiB, 0.0 MiB/s, 0:00 left", started.line(SECOND_NS));
    }
  }
}
