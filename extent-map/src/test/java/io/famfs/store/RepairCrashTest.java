package io.famfs.store;

import static io.famfs.store.MediaEditor.UNIT;
import static io.famfs.store.MediaEditor.file;
import static io.famfs.store.MediaEditor.mkdir;
import static io.famfs.store.MediaEditor.units;
import static io.famfs.store.RepairBench.OPTIONS;
import static io.famfs.store.RepairBench.corrupt;
import static io.famfs.store.RepairBench.seen;
import static io.famfs.store.RepairBench.without;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.format.LogHeaderLayout;
import io.famfs.store.RepairBench.Seen;
import io.famfs.store.crash.CrashScenario;
import io.famfs.store.crash.CrashStates;
import io.famfs.store.crash.RecordingDevice;
import io.famfs.store.crash.StoreEvent;
import io.famfs.store.crash.UndoDevice;
import io.famfs.store.repair.RepairExecutor;
import io.famfs.store.repair.RepairPlan;
import io.famfs.store.repair.RepairPlanner;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A repair that stops at any point, whatever subset of its stores reached the media, leaves a
/// volume that the next repair finishes, with every undamaged file as it was.
class RepairCrashTest {
  private static final int RANDOM_STATES = 4;

  private MediaEditor media;

  @BeforeEach
  void makeVolume() throws Exception {
    media = RepairBench.volume();
  }

  private void crashEverywhere(int leastStates, String... damaged) throws Exception {
    long seed = new SplittableRandom().nextLong();
    List<MemorySegment> before = CrashScenario.copies(List.of(media.memory()));
    List<StoreEvent> record = new ArrayList<>();
    RecordingDevice device = new RecordingDevice(0, media.memory(), record);
    RepairPlan plan = RepairPlanner.plan(List.of(device), OPTIONS);
    RepairExecutor.execute(plan, List.of(device));
    RepairBench.assertClean(media.device(), plan);
    Map<String, Seen> whole = without(seen(media.device()), damaged);
    int[] looked = {0};
    int states =
        CrashStates.check(
            before,
            record,
            new SplittableRandom(seed),
            RANDOM_STATES,
            (devices, _) -> {
              try {
                finish(devices, whole, damaged);
              } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed + ", state " + looked[0], e);
              }
              looked[0]++;
            });
    System.out.println("repair crash model: " + states + " states, seed " + seed);
    assertTrue(states >= leastStates, states + " states");
  }

  private static void finish(List<UndoDevice> devices, Map<String, Seen> whole, String... damaged)
      throws Exception {
    RepairPlan plan = RepairPlanner.plan(devices, OPTIONS);
    RepairExecutor.execute(plan, devices);
    assertEquals(List.of(), VolumeCheck.check(devices).faults(), () -> plan.actions().toString());
    assertEquals(
        whole, without(seen(devices.getFirst()), damaged), () -> plan.actions().toString());
  }

  @Test
  void droppingEntries() throws Exception {
    media.entry(2).fill((byte) 0);
    media.entry(5).asSlice(0, 100).fill((byte) 0x11);
    media.entry(5).asSlice(120, 300).fill((byte) 0x12);
    media.append(mkdir("y/more"));
    crashEverywhere(1000);
  }

  @Test
  void quarantineInTheSlotAndBehindTheLog() throws Exception {
    corrupt(media, 1);
    corrupt(media, 4);
    crashEverywhere(200, "lost+found");
  }

  @Test
  void orphansDuplicatesAndBadPaths() throws Exception {
    media
        .append(file("gone/f", UNIT, units(12, 1)))
        .append(mkdir("gone/dir"))
        .append(file("last", 6, units(13, 1)))
        .append(mkdir("../up"))
        .append(mkdir("y"));
    crashEverywhere(200, "lost+found");
  }

  @Test
  void aLostDirectory() throws Exception {
    corrupt(media, 0);
    crashEverywhere(50, "lost+found");
  }

  @Test
  void separatingCrossLinks() throws Exception {
    media.append(file("clone", UNIT, units(10, 1))).append(mkdir("behind"));
    // The copy counts as file data: what is on the way is one of the two, or in lost+found.
    crashEverywhere(10, "clone", "lost+found");
  }

  @Test
  void headers() throws Exception {
    media.memory().asSlice(0, 64).fill((byte) 0);
    media.memory().asSlice(LogHeaderLayout.MEDIA_OFFSET + 32, 16).fill((byte) 0x7f);
    crashEverywhere(20);
    makeVolume();
    media.memory().asSlice(LogHeaderLayout.MEDIA_OFFSET, 48).fill((byte) 0x7f);
    crashEverywhere(20);
  }

  @Test
  void everythingAtOnce() throws Exception {
    media.memory().set(ValueLayout.JAVA_LONG, 0, 0);
    corrupt(media, 1);
    media.entry(6).fill((byte) 0);
    media
        .append(file("gone/f", UNIT, units(12, 1)))
        .append(file("last", 6, units(13, 1)))
        .append(mkdir("fine"));
    media.setNextIndex(14);
    media.entry(20).fill((byte) 4);
    crashEverywhere(1000, "lost+found");
  }
}
