package io.famfs.store.alloc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.format.MediaBounds;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReservationTest {
  private static final long UNIT = 2L << 20;
  private static final long RESERVED = 10L << 20;
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;

  @Test
  void aFileAloneIsOneRunAndTakesStepsThatDouble() {
    SpaceMap space = space(100 * GIB);
    Reservation file = new Reservation(space);
    List<Long> taken = new ArrayList<>();
    for (long size = 1; size <= 8 * GIB; size += MIB) {
      long before = file.claimedBytes() + file.tailBytes();
      assertTrue(file.claim(size, ReservationTest::nobody));
      assertEquals(Math.ceilDiv(size, UNIT) * UNIT, file.claimedBytes());
      long after = file.claimedBytes() + file.tailBytes();
      if (after != before) {
        taken.add(after - before);
      }
    }
    List<Long> doubling = List.of(64 * MIB, 128 * MIB, 256 * MIB, 512 * MIB, GIB, GIB);
    assertEquals(doubling, taken.subList(0, 6));
    assertEquals(List.of(new DeviceRange(0, RESERVED, 8 * GIB)), file.ranges(0, 8 * GIB));
    assertTrue(file.giveBackTail());
    assertFalse(file.giveBackTail());
    assertEquals(RESERVED + 8 * GIB, space.usedBytes());
    file.keep(3 * UNIT - 1);
    assertEquals(RESERVED + 3 * UNIT, space.usedBytes());
    file.keep(0);
    assertEquals(RESERVED, space.usedBytes());
  }

  @Test
  void theFirstStepIsASmallShareOfWhatIsFree() {
    SpaceMap space = space(RESERVED + 100 * UNIT);
    Reservation file = new Reservation(space);
    assertTrue(file.claim(1, ReservationTest::nobody));
    assertEquals(5 * UNIT, file.tailBytes());
    SpaceMap small = space(RESERVED + 15 * UNIT);
    Reservation other = new Reservation(small);
    assertTrue(other.claim(1, ReservationTest::nobody));
    assertEquals(0, other.tailBytes());
  }

  @Test
  void whatIsAskedForAtOnceIsOneRun() {
    SpaceMap space = space(100 * GIB);
    Reservation first = new Reservation(space);
    Reservation second = new Reservation(space);
    assertTrue(first.claim(1, ReservationTest::nobody));
    assertTrue(second.claim(1, ReservationTest::nobody));
    assertFalse(first.claimInPlace(40 * GIB));
    assertEquals(UNIT, first.claimedBytes());
    Reservation moved = first.elsewhere(40 * GIB);
    assertNotNull(moved);
    assertEquals(1, moved.ranges(0, 40 * GIB).size());
    first.keep(0);
    assertTrue(second.claimInPlace(64 * MIB));
  }

  /// Two writers side by side: what is copied in all is less than a tenth of what is written.
  @Test
  void filesThatGrowSideBySideMoveOutOfEachOthersWay() {
    SpaceMap space = space(100 * GIB);
    List<Reservation> files = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      files.add(new Reservation(space));
      assertTrue(files.get(i).claim(1, ReservationTest::nobody));
    }
    long copied = 0;
    for (long size = UNIT; size <= 15 * GIB; size += UNIT) {
      for (int i = 0; i < files.size(); i++) {
        Reservation file = files.get(i);
        if (file.claimInPlace(size)) {
          continue;
        }
        Reservation moved = file.elsewhere(size);
        assertNotNull(moved);
        copied += file.claimedBytes();
        file.keep(0);
        files.set(i, moved);
      }
    }
    for (Reservation file : files) {
      assertEquals(1, file.ranges(0, 15 * GIB).size());
      file.giveBackTail();
    }
    assertTrue(copied < 3 * GIB, copied + " bytes copied");
    assertEquals(RESERVED + 30 * GIB, space.usedBytes());
  }

  @Test
  void whatIsLargeDoesNotMove() {
    SpaceMap space = space(100 * GIB);
    Reservation file = new Reservation(space);
    assertTrue(file.claim(GIB + 1, ReservationTest::nobody));
    file.giveBackTail();
    assertNotNull(space.allocate(1));
    assertFalse(file.claimInPlace(2 * GIB));
    assertNull(file.elsewhere(2 * GIB));
    assertTrue(file.claim(2 * GIB, ReservationTest::nobody));
    assertEquals(2, file.ranges(0, 2 * GIB).size());
  }

  @Test
  void aFileMovesOnlyWhereItHasRoomToGrow() {
    SpaceMap space = space(RESERVED + 15 * UNIT);
    Reservation file = new Reservation(space);
    assertTrue(file.claim(4 * UNIT, ReservationTest::nobody));
    assertNotNull(space.allocate(UNIT));
    // 10 units are free.
    assertNull(file.elsewhere(7 * UNIT));
    Reservation moved = file.elsewhere(6 * UNIT);
    assertNotNull(moved);
    assertEquals(4 * UNIT, moved.tailBytes());
  }

  @Test
  void othersGiveBackBeforeAFileIsCutUp() {
    SpaceMap space = space(RESERVED + 160 * UNIT);
    Reservation first = new Reservation(space);
    assertTrue(first.claim(1, ReservationTest::nobody));
    assertEquals(9 * UNIT, first.tailBytes());
    Reservation second = new Reservation(space);
    assertFalse(second.claim(152 * UNIT, ReservationTest::nobody));
    assertEquals(RESERVED + 10 * UNIT, space.usedBytes());
    assertTrue(second.claim(159 * UNIT, first::giveBackTail));
    assertEquals(1, second.ranges(0, 159 * UNIT).size());
    assertFalse(second.claim(160 * UNIT, first::giveBackTail));
    assertEquals(159 * UNIT, second.claimedBytes());
  }

  @Test
  void noMoreThanSixteenRuns() {
    SpaceMap space = space(RESERVED + 36 * UNIT);
    cutUp(space, 18);
    Reservation file = new Reservation(space);
    assertFalse(file.claim(17 * UNIT, ReservationTest::nobody));
    assertEquals(RESERVED + 18 * UNIT, space.usedBytes());
    assertTrue(file.claim(16 * UNIT, ReservationTest::nobody));
    assertEquals(16, file.ranges(0, 16 * UNIT).size());
    assertFalse(file.claim(16 * UNIT + 1, ReservationTest::nobody));
    assertEquals(16 * UNIT, file.claimedBytes());
    // The last run can still become longer.
    DeviceRange last = file.ranges(0, 16 * UNIT).getLast();
    space.release(new DeviceRange(0, last.end(), UNIT));
    assertTrue(file.claim(17 * UNIT, ReservationTest::nobody));
    assertEquals(16, file.ranges(0, 17 * UNIT).size());
    file.keep(0);
    assertEquals(RESERVED + 17 * UNIT, space.usedBytes());
  }

  /// Leaves every second unit free.
  private static void cutUp(SpaceMap space, int holes) {
    List<DeviceRange> freed = new ArrayList<>();
    for (int i = 0; i < holes; i++) {
      freed.add(space.allocate(UNIT));
      assertNotNull(space.allocate(UNIT));
    }
    freed.forEach(space::release);
  }

  /// Whenever the file is at the end of its run somebody else has got the unit behind.
  @Test
  void aFileOfUnknownSizeDoesNotEndAtTheNumberOfItsRuns() {
    SpaceMap space = space(4096 * GIB);
    Reservation file = new Reservation(space);
    long size = 0;
    while (file.claim(size + UNIT, ReservationTest::nobody)) {
      size += UNIT;
      if (file.tailBytes() == 0) {
        DeviceRange behind = new DeviceRange(0, file.ranges(0, size).getLast().end(), UNIT);
        space.quarantine(behind);
      }
    }
    assertTrue(file.ranges(0, size).size() <= 16);
    assertTrue(size > 3500 * GIB, size / GIB + " GiB");
  }

  @Test
  void rangesCutRunsWhereTheyAreAskedFor() {
    SpaceMap space = space(RESERVED + 12 * UNIT);
    cutUp(space, 6);
    Reservation file = new Reservation(space);
    assertTrue(file.claim(5 * UNIT, ReservationTest::nobody));
    long first = file.ranges(0, 1).getFirst().offset();
    assertEquals(List.of(new DeviceRange(0, first + 5, 7)), file.ranges(5, 12));
    long from = UNIT - 1;
    List<DeviceRange> over = file.ranges(from, 2 * UNIT + 1);
    assertEquals(List.of(1L, UNIT, 1L), over.stream().map(DeviceRange::lengthBytes).toList());
    assertEquals(first + from, over.getFirst().offset());
  }

  private static boolean nobody() {
    return false;
  }

  private static SpaceMap space(long deviceBytes) {
    return new SpaceMap(new MediaBounds(UNIT, RESERVED, List.of(deviceBytes)));
  }
}
