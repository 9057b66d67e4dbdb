package io.famfs.store;

import static io.famfs.store.RepairBench.OPTIONS;
import static io.famfs.store.RepairBench.seen;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.format.LogEntryCodec;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.store.RepairBench.Seen;
import io.famfs.store.repair.CorruptPolicy;
import io.famfs.store.repair.RepairExecutor;
import io.famfs.store.repair.RepairOptions;
import io.famfs.store.repair.RepairPlan;
import io.famfs.store.repair.RepairPlanner;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Several random faults at once: what can be repaired is clean afterwards, and files whose own
/// entry and directories were not touched are as they were.
class RepairRandomTest {
  private static final int ROUNDS = 1_500;
  private static final int ENTRIES = 9;

  /// Entries that a path depends on, by path.
  private static final Map<String, Set<Integer>> NEEDS =
      Map.of(
          "d", Set.of(0),
          "d/a", Set.of(0, 1),
          "d/b", Set.of(0, 2),
          "d/e", Set.of(0, 3),
          "d/e/c", Set.of(0, 3, 4),
          "s", Set.of(5),
          "y", Set.of(6),
          "y/z", Set.of(6, 7),
          "last", Set.of(8));

  @Test
  void damageWithWrongChecksums() throws Exception {
    int repaired = rounds(false);
    assertTrue(repaired > ROUNDS / 2, repaired + " repaired");
  }

  @Test
  void damageWithRightChecksums() throws Exception {
    int repaired = rounds(true);
    assertTrue(repaired > ROUNDS / 2, repaired + " repaired");
  }

  private static int rounds(boolean seal) throws Exception {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    MediaEditor media = RepairBench.volume();
    byte[] metadata = RepairBench.metadata(media);
    Map<String, Seen> before = seen(media.device());
    int repaired = 0;
    for (int round = 0; round < ROUNDS; round++) {
      RepairBench.restore(media, metadata);
      Set<Integer> touched = damage(media, random, seal);
      RepairOptions options =
          OPTIONS.withCorrupt(random.nextBoolean() ? CorruptPolicy.DROP : CorruptPolicy.QUARANTINE);
      try {
        repaired += repair(media, options, seal ? Map.of() : untouched(before, touched));
      } catch (Exception | AssertionError e) {
        throw new AssertionError("seed " + seed + " round " + round + " touched " + touched, e);
      }
    }
    return repaired;
  }

  private static int repair(MediaEditor media, RepairOptions options, Map<String, Seen> untouched)
      throws Exception {
    RepairPlan plan = RepairPlanner.plan(List.of(media.device()), options);
    if (plan.superblock() == null) {
      assertTrue(plan.empty());
      return 0;
    }
    RepairExecutor.execute(plan, List.of(media.device()));
    if (!plan.uncorrected().isEmpty()) {
      return 0;
    }
    RepairBench.assertClean(media.device(), plan);
    Map<String, Seen> after = seen(media.device());
    untouched.forEach(
        (path, was) -> assertEquals(was, after.get(path), path + " " + plan.actions()));
    return 1;
  }

  private static Map<String, Seen> untouched(Map<String, Seen> before, Set<Integer> touched) {
    Map<String, Seen> untouched = new java.util.TreeMap<>(before);
    untouched
        .keySet()
        .removeIf(path -> NEEDS.getOrDefault(path, Set.of()).stream().anyMatch(touched::contains));
    return untouched;
  }

  /// Damages one to five places.
  ///
  /// @return the slots that were touched
  private static Set<Integer> damage(MediaEditor media, SplittableRandom random, boolean seal) {
    Set<Integer> touched = new HashSet<>();
    int places = random.nextInt(1, 6);
    for (int i = 0; i < places; i++) {
      int target = random.nextInt(12);
      if (target == 0) {
        scribble(media, random, 0, 200);
      } else if (target == 1) {
        scribble(media, random, LogHeaderLayout.MEDIA_OFFSET, 48);
      } else {
        int slot = random.nextInt(ENTRIES + 2);
        touched.add(slot);
        scribble(media, random, LogHeaderLayout.entryMediaOffset(slot), 240);
        if (seal) {
          LogEntryCodec.seal(media.entry(slot), 0);
        }
      }
    }
    if (seal) {
      media.sealSuperblock();
      media.sealLogHeader();
    }
    return touched;
  }

  private static void scribble(
      MediaEditor media, SplittableRandom random, long base, int lengthBytes) {
    switch (random.nextInt(4)) {
      case 0 -> {
        int start = random.nextInt(lengthBytes);
        int count = random.nextInt(1, lengthBytes - start + 1);
        media.memory().asSlice(base + start, count).fill((byte) random.nextInt(256));
      }
      case 1 ->
          media
              .memory()
              .set(
                  ValueLayout.JAVA_LONG_UNALIGNED,
                  base + random.nextInt(lengthBytes / 8) * 8L,
                  random.nextLong() >> random.nextInt(64));
      default ->
          media
              .memory()
              .set(
                  ValueLayout.JAVA_BYTE,
                  base + random.nextInt(lengthBytes),
                  (byte) random.nextInt(256));
    }
  }
}
