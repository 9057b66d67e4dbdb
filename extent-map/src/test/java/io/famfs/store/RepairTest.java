package io.famfs.store;

import static io.famfs.store.MediaEditor.UNIT;
import static io.famfs.store.MediaEditor.file;
import static io.famfs.store.MediaEditor.mkdir;
import static io.famfs.store.MediaEditor.units;
import static io.famfs.store.RepairBench.OPTIONS;
import static io.famfs.store.RepairBench.contentOf;
import static io.famfs.store.RepairBench.corrupt;
import static io.famfs.store.RepairBench.repair;
import static io.famfs.store.RepairBench.rules;
import static io.famfs.store.RepairBench.seen;
import static io.famfs.store.RepairBench.without;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.format.LogEntry;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaFault.Rule;
import io.famfs.store.RepairBench.Seen;
import io.famfs.store.repair.CorruptPolicy;
import io.famfs.store.repair.RepairAction;
import io.famfs.store.repair.RepairPlan;
import io.famfs.store.repair.RepairPlanner;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Every kind of damage to the entries of a log, and what a repair makes of it.
class RepairTest {
  private MediaEditor media;
  private Map<String, Seen> before;

  @BeforeEach
  void makeVolume() throws Exception {
    media = RepairBench.volume();
    before = seen(media.device());
  }

  private Map<String, Seen> repaired() throws Exception {
    repair(media.device(), OPTIONS);
    return seen(media.device());
  }

  private static Seen at(Map<String, Seen> seen, String path) {
    return Objects.requireNonNull(seen.get(path), path);
  }

  private static Set<String> added(Map<String, Seen> before, Map<String, Seen> after) {
    Set<String> added = new TreeSet<>(after.keySet());
    added.removeAll(before.keySet());
    return added;
  }

  @Test
  void aSoundVolumeNeedsNothing() throws Exception {
    RepairPlan plan = RepairPlanner.plan(List.of(media.device().readOnly()), OPTIONS);
    assertTrue(plan.empty());
    assertEquals(List.of(), plan.actions());
    assertEquals(List.of(), plan.uncorrected());
  }

  @Test
  void oneDamagedByteIsRestored() throws Exception {
    for (int at = 0; at < 544; at++) {
      byte old = media.entry(2).get(ValueLayout.JAVA_BYTE, at);
      media.entry(2).set(ValueLayout.JAVA_BYTE, at, (byte) (old ^ (1 + at % 255)));
      RepairPlan plan = repair(media.device(), OPTIONS);
      assertEquals(List.of(new RepairAction.MendEntry(2, at)), plan.actions());
      assertEquals(before, seen(media.device()));
    }
  }

  @Test
  void anUnreadableFileBecomesALostOneWithItsBytes() throws Exception {
    corrupt(media, 1);
    Map<String, Seen> after = repaired();
    assertEquals(without(before, "d/a"), without(after, "lost+found"));
    Seen lost = after.get("lost+found/entry-1");
    assertEquals(
        new Seen("file", 0, 0, 0, UNIT + 1, at(before, "d/a").map(), contentOf(media, 0, 2)), lost);
    assertEquals(0700, at(after, "lost+found").mode());
    assertEquals(2, added(before, after).size());
  }

  @Test
  void anUnreadableFileGoesIfSoWished() throws Exception {
    corrupt(media, 1);
    RepairPlan plan = repair(media.device(), OPTIONS.withCorrupt(CorruptPolicy.DROP));
    assertEquals(without(before, "d/a"), seen(media.device()));
    assertEquals(8, media.nextIndex());
    assertInstanceOf(RepairAction.DropEntries.class, plan.actions().getFirst());
    // What was behind the last entry is empty again.
    assertEquals(-1, media.entry(8).mismatch(MemorySegment.ofArray(new byte[544])));
    try (FileCreation next = media.open().create("next", 2 * UNIT, 0644, 0, 0)) {
      assertEquals(units(0, 1).offset(), next.commit().fmap().ranges().getFirst().offset());
    }
  }

  @Test
  void spaceThatSomebodyElseOwnsIsNotBelieved() throws Exception {
    // The damaged entry seems to name the space of another file.
    media.entry(1).set(ValueLayout.JAVA_LONG_UNALIGNED, 144, units(10, 1).offset());
    corrupt(media, 1);
    assertEquals(without(before, "d/a"), repaired());
  }

  @Test
  void anUnreadableDirectoryLeavesItsChildrenInLostFound() throws Exception {
    corrupt(media, 0);
    Map<String, Seen> after = repaired();
    assertEquals(without(before, "d"), without(after, "lost+found"));
    assertEquals(
        Set.of(
            "lost+found", "lost+found/d_a", "lost+found/d_b", "lost+found/d_e", "lost+found/d_e/c"),
        added(before, after));
    assertEquals(before.get("d/a"), after.get("lost+found/d_a"));
    assertEquals(before.get("d/b"), after.get("lost+found/d_b"));
    assertEquals(before.get("d/e/c"), after.get("lost+found/d_e/c"));
  }

  @Test
  void aTornTailIsCut() throws Exception {
    media.setNextIndex(12);
    media.entry(10).asSlice(0, 100).fill((byte) 7);
    RepairPlan plan = repair(media.device(), OPTIONS);
    RepairAction.CutTail cut =
        assertInstanceOf(RepairAction.CutTail.class, plan.actions().getFirst());
    assertEquals(9, cut.to());
    assertEquals(9, media.nextIndex());
    assertEquals(before, seen(media.device()));
  }

  @Test
  void aHeaderThatLostCountIsCorrected() throws Exception {
    media.setNextIndex(3);
    repair(media.device(), OPTIONS);
    assertEquals(9, media.nextIndex());
    assertEquals(before, seen(media.device()));
  }

  @Test
  void aCountThatIsNoCountIsCorrected() throws Exception {
    for (long count : new long[] {-1, 15421, Long.MIN_VALUE, Long.MAX_VALUE}) {
      media.setNextIndex(count);
      assertEquals(List.of(Rule.LOG_NEXT_INDEX), rules(media.device()));
      repair(media.device(), OPTIONS);
      assertEquals(9, media.nextIndex());
      assertEquals(before, seen(media.device()));
    }
  }

  @Test
  void staleBytesAreCleared() throws Exception {
    media.entry(14).fill((byte) 3);
    RepairPlan plan = repair(media.device(), OPTIONS);
    assertEquals(List.of(new RepairAction.ClearSlots(9, 6)), plan.actions());
    assertEquals(before, seen(media.device()));
  }

  @Test
  void theNextSequenceNumberIsCorrected() throws Exception {
    media
        .memory()
        .set(
            ValueLayout.JAVA_LONG_UNALIGNED,
            LogHeaderLayout.MEDIA_OFFSET + LogHeaderLayout.NEXT_SEQNUM_AT,
            77);
    assertEquals(List.of(Rule.LOG_NEXT_SEQNUM), rules(media.device()));
    repair(media.device(), OPTIONS);
    assertEquals(before, seen(media.device()));
  }

  @Test
  void unknownTypesGo() throws Exception {
    media
        .append(new LogEntry.UnknownEntry(0, 0, 2, "00".repeat(520)))
        .append(mkdir("after"))
        .append(new LogEntry.UnknownEntry(0, 0, 99, "11".repeat(520)));
    Map<String, Seen> after = repaired();
    assertEquals(Set.of("after"), added(before, after));
    assertEquals(before, without(after, "after"));
  }

  @Test
  void orphansFindAHome() throws Exception {
    media
        .append(file("gone/f", UNIT, units(12, 1)))
        .append(mkdir("gone/dir"))
        .append(file("gone/dir/g", UNIT, units(13, 1)))
        .append(mkdir("y/z/under-a-file"));
    Map<String, Seen> after = repaired();
    assertEquals(before, without(after, "lost+found"));
    assertEquals(
        Set.of(
            "lost+found",
            "lost+found/gone_f",
            "lost+found/gone_dir",
            "lost+found/gone_dir/g",
            "lost+found/y_z_under-a-file"),
        added(before, after));
    assertEquals(contentOf(media, 13, 1), at(after, "lost+found/gone_dir/g").content());
    assertEquals(1000, at(after, "lost+found/gone_f").uid());
  }

  @Test
  void longPathsOfOrphansBecomeNumbers() throws Exception {
    String name = "n".repeat(70);
    media.append(mkdir("gone/" + name)).append(mkdir("gone/" + name + "/x"));
    assertEquals(Set.of("lost+found-entry-9", "lost+found-entry-9/x"), added(before, repaired()));
  }

  @Test
  void laterFilesOfTheSamePathAreRenamed() throws Exception {
    media
        .append(file("last", 6, units(12, 1)))
        .append(mkdir("d"))
        .append(mkdir("last"))
        .append(file("last/x", 7, units(13, 1)));
    Map<String, Seen> after = repaired();
    assertEquals(before, without(after, "lost+found"));
    assertEquals(
        Set.of("lost+found", "lost+found/last", "lost+found/entry-11", "lost+found/entry-11/x"),
        added(before, after));
    assertEquals(6, at(after, "lost+found/last").sizeBytes());
  }

  @Test
  void repeatedEntriesGo() throws Exception {
    media.append(file("last", 5, units(11, 1))).append(mkdir("y"));
    assertEquals(before, repaired());
    assertEquals(9, media.nextIndex());
  }

  @Test
  void pathsThatCannotBeAreReplaced() throws Exception {
    media
        .append(file("/abs", UNIT, units(12, 1)))
        .append(mkdir("../up"))
        .append(file(".meta/x", UNIT, units(13, 1)))
        .append(mkdir("n"), entry -> entry.set(ValueLayout.JAVA_BYTE, 28, (byte) 0xff));
    Map<String, Seen> after = repaired();
    assertEquals(before, without(after, "lost+found"));
    assertEquals(
        Set.of(
            "lost+found",
            "lost+found/entry-9",
            "lost+found/entry-10",
            "lost+found/entry-11",
            "lost+found/entry-12"),
        added(before, after));
  }

  @Test
  void crossLinkedFilesGetSpaceOfTheirOwnWithTheSameBytes() throws Exception {
    media
        .append(file("clone", UNIT + 1, units(0, 2)))
        .append(file("overlap", 2 * UNIT, units(12, 1), units(4, 1)));
    Map<String, Seen> linked = seen(media.device());
    RepairPlan plan = repair(media.device(), OPTIONS);
    Map<String, Seen> after = seen(media.device());
    assertEquals(before, without(after, "clone", "overlap"));
    assertEquals(at(linked, "clone").content(), at(after, "clone").content());
    assertEquals(at(linked, "overlap").content(), at(after, "overlap").content());
    assertEquals(2, plan.actions().size());
    RepairAction.SeparateFile first =
        assertInstanceOf(RepairAction.SeparateFile.class, plan.actions().getFirst());
    assertEquals(units(0, 2), first.from());
    assertEquals(units(13, 2), first.to());
    assertTrue(at(after, "overlap").map().contains("offset=" + units(12, 1).offset()));
  }

  @Test
  void aFileThatOverlapsItselfIsSeparated() throws Exception {
    media.append(file("twice", 2 * UNIT, units(12, 1), units(12, 1)));
    assertEquals(before, without(repaired(), "twice"));
  }

  @Test
  void crossLinksStayWhereThereIsNoSpace() throws Exception {
    media
        .append(file("rest", 16 * UNIT, units(12, 15), units(7, 1)))
        .append(file("clone", UNIT, units(10, 1)));
    RepairPlan plan = RepairPlanner.plan(List.of(media.device()), OPTIONS);
    assertTrue(plan.empty());
    assertEquals(1, plan.uncorrected().size());
    assertTrue(plan.uncorrected().getFirst().contains("'clone'"), plan.uncorrected().toString());
  }

  @Test
  void mapsThatAreNoMapsKeepTheSpaceTheyName() throws Exception {
    media
        .append(file("short", 3 * UNIT, units(12, 1)))
        .append(file("over-log", UNIT, new DeviceRange(0, 8L << 20, 2 * UNIT)))
        .append(file("odd", UNIT, new DeviceRange(0, units(13, 1).offset() + 4096, UNIT)))
        .append(file("elsewhere", UNIT, new DeviceRange(3, units(13, 1).offset(), UNIT)))
        .append(file("negative", -5, units(14, 1)));
    Map<String, Seen> after = repaired();
    assertEquals(before, without(after, "lost+found"));
    assertEquals(
        Set.of("lost+found", "lost+found/entry-9", "lost+found/entry-13"), added(before, after));
    assertEquals(UNIT, at(after, "lost+found/entry-9").sizeBytes());
  }

  @Test
  void extentsBehindTheDeviceGo() throws Exception {
    media.append(file("behind", UNIT, new DeviceRange(0, 64L << 20, UNIT)));
    assertEquals(before, repaired());
  }

  @Test
  void devicesThatCannotBeAddedGo() throws Exception {
    media
        .append(new LogEntry.AddDaxdevEntry(0, 0, 1 << 30, new java.util.UUID(5, 6), 2))
        .append(new LogEntry.AddDaxdevEntry(0, 0, 5, new java.util.UUID(5, 7), 1));
    assertEquals(before, repaired());
  }

  @Test
  void filesOfADeviceWhoseEntryIsLostAreLeftAlone() throws Exception {
    media
        .append(new LogEntry.AddDaxdevEntry(0, 0, 1 << 30, new java.util.UUID(5, 6), 1))
        .append(file("there", UNIT, new DeviceRange(1, 2 << 20, UNIT)));
    media.entry(9).set(ValueLayout.JAVA_INT_UNALIGNED, 24, 0x4d4d4d4d);
    RepairPlan plan = RepairPlanner.plan(List.of(media.device()), OPTIONS);
    assertTrue(plan.empty(), plan.actions().toString());
    assertEquals(2, plan.uncorrected().size());
  }

  @Test
  void aFullLogIsRepairedToo() throws Exception {
    media = MediaEditor.fresh(24);
    for (int i = 0; i < 15420; i++) {
      media.append(mkdir("d" + i));
    }
    before = seen(media.device());
    media.entry(5).asSlice(0, 200).fill((byte) 9);
    repair(media.device(), OPTIONS);
    assertEquals(without(before, "d5"), without(seen(media.device()), "d5"));
    assertEquals(15419, media.nextIndex());
  }
}
