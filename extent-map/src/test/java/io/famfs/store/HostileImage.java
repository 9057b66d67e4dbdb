package io.famfs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Role;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaException;
import io.famfs.core.format.MediaFault;
import io.famfs.core.format.MediaFault.Rule;
import io.famfs.store.crash.UndoDevice;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.judge.JudgedVolume;
import io.famfs.store.judge.Verdict;
import io.famfs.store.judge.Verdict.Extent;
import io.famfs.store.judge.Verdict.Node;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What has to hold for a volume of whatever content: it is refused, with rule and place, or what
/// it shows is legal, inside its devices, and what a second opinion sees in it; and what is made in
/// it touches nothing that any entry names.
final class HostileImage {
  private static final long UNIT = MediaEditor.UNIT;

  /// What became of an image.
  enum Outcome {
    REFUSED,
    CLEAN,
    FAULTY
  }

  private final UndoDevice device;
  private final List<UndoDevice> frozen;
  private final Verdict verdict;
  private boolean created;

  private HostileImage(UndoDevice device) {
    this.device = device;
    // Whoever stores into it gets an exception.
    this.frozen = List.of(new UndoDevice(0, device.memory().asReadOnly()));
    this.verdict = JudgedVolume.judge(device);
  }

  /// Checks an image, and stores into it in the end.
  static Outcome check(UndoDevice device) throws Exception {
    return new HostileImage(device).check();
  }

  private Outcome check() throws Exception {
    CheckReport report = VolumeCheck.check(frozen);
    Volume volume;
    try {
      volume = Volume.open(frozen, OpenOptions.forHost(MediaEditor.OWNER));
    } catch (MediaException e) {
      refused(e, report);
      return Outcome.REFUSED;
    }
    assertTrue(verdict.readable(), () -> "opened, but " + verdict);
    List<MediaFault> faults = volume.report().faults();
    assertEquals(faults, report.faults().subList(0, faults.size()), "check and open");
    // A host that does not own the volume waits for entries at the end that are not whole.
    long pending = volume.report().following().entriesPending();
    assertTrue(pending == 0 || volume.role() != Role.MASTER);
    for (long index = verdict.entries() - pending; index < verdict.entries(); index++) {
      assertTrue(verdict.violations().remove(index) != null, "waits for a whole entry");
    }
    boolean allKept = volume.report().faultCount() == faults.size();
    if (compareFaults(faults, allKept) && allKept) {
      assertEquals(accepted(faults), JudgedVolume.nodes(volume));
    }
    walk(volume, volume.namespace().root(), 0);
    createSomething(volume.report());
    return faults.isEmpty() ? Outcome.CLEAN : Outcome.FAULTY;
  }

  private void refused(MediaException e, CheckReport report) {
    assertFalse(verdict.readable(), () -> "refused, but " + verdict);
    MediaFault fault = e.fault();
    assertEquals(List.of(fault), report.faults());
    assertTrue(fault.offset() >= 0 && fault.offset() < LogHeaderLayout.entryMediaOffset(0));
    String place = "(at byte " + fault.offset() + ", rule " + fault.rule().label() + ")";
    assertTrue(e.getMessage().contains(place), e.getMessage());
  }

  /// Holds the faults against the second opinion.
  ///
  /// @param allKept whether these are all; else they are the first ones
  /// @return whether both leave out the same entries
  private boolean compareFaults(List<MediaFault> faults, boolean allKept) {
    NavigableMap<Long, Rule> found = new TreeMap<>();
    for (MediaFault fault : faults) {
      assertTrue(fault.describe().contains("rule " + fault.rule().label()));
      found.putIfAbsent(index(fault), fault.rule());
    }
    if (found.containsValue(Rule.DAXDEV_SIZE)) {
      // The store takes no device that is larger than it can manage; the document names no limit,
      // and everything behind counts devices in another way.
      return false;
    }
    Set<Long> missed = new TreeSet<>(verdict.violations().keySet());
    missed.removeAll(found.keySet());
    missed.removeIf(index -> !allKept && index > found.lastKey());
    assertEquals(Set.of(), missed, () -> "not found by the store: " + verdict);
    Map<Long, Rule> stricter = new TreeMap<>(found);
    stricter.keySet().removeAll(verdict.violations().keySet());
    stricter.forEach((index, rule) ->
        assertTrue(
            rule == Rule.CHUNK_SIZE
                || (rule == Rule.CROSS_LINK && verdict.deviations().containsKey(index))
                || stricter.containsValue(Rule.CHUNK_SIZE),
            () -> "found by the store alone: " + rule + " in entry " + index));
    stricter.values().removeIf(rule -> rule == Rule.CROSS_LINK);
    return stricter.isEmpty();
  }

  private static long index(MediaFault fault) {
    long behindHeader = fault.offset() - LogHeaderLayout.entryMediaOffset(0);
    return behindHeader < 0 ? Verdict.VOLUME : behindHeader / LogEntryLayout.BYTES;
  }

  private List<Node> accepted(List<MediaFault> faults) {
    Set<Long> leftOut = new TreeSet<>();
    for (MediaFault fault : faults) {
      if (fault.rule() != Rule.CROSS_LINK) {
        leftOut.add(index(fault));
      }
    }
    return verdict.nodes().stream().filter(node -> !leftOut.contains(node.index())).toList();
  }

  /// Every name leads to its inode, every byte of every file lies where file data may lie.
  private void walk(Volume volume, DirectoryInode directory, int depth) {
    assertTrue(depth < 40, "deeper than a path of 79 bytes");
    for (Inode child : directory.children()) {
      assertEquals(child, volume.namespace().inode(child.nodeid()));
      assertEquals(child, volume.namespace().lookup(directory, child.name()));
      assertEquals(child, volume.namespace().find(child.path()));
      switch (child) {
        case DirectoryInode below -> walk(volume, below, depth + 1);
        case FileInode file -> readAll(volume, file);
      }
    }
  }

  private void readAll(Volume volume, FileInode file) {
    ExtentCursor cursor = new ExtentCursor();
    long at = 0;
    while (at < file.sizeBytes()) {
      assertTrue(file.extents().resolve(at, file.sizeBytes() - at, cursor), "a hole at " + at);
      long reserved = cursor.deviceIndex() == 0 ? volume.superblock().reservedBytes() : UNIT;
      assertTrue(cursor.deviceOffset() >= reserved && cursor.runBytes() > 0);
      if (cursor.deviceIndex() == 0) {
        assertTrue(
            cursor.deviceOffset() <= volume.superblock().deviceSizeBytes() - cursor.runBytes());
        MemorySegment run = volume.memory(0).asSlice(cursor.deviceOffset(), cursor.runBytes());
        assertEquals(cursor.runBytes(), run.byteSize());
      }
      at += cursor.runBytes();
    }
    assertFalse(file.extents().resolve(file.extents().mappedBytes(), 1, cursor));
  }

  private void createSomething(VolumeReport before) throws Exception {
    List<UndoDevice> devices = List.of(device);
    Volume volume = Volume.open(devices, OpenOptions.forHost(MediaEditor.OWNER));
    assertEquals(before, volume.report());
    long entries = volume.usage().logEntriesUsed();
    try (FileCreation file = volume.create("fresh", UNIT, 0644, 0, 0)) {
      for (DeviceRange range : file.commit().fmap().ranges()) {
        assertUntouched(
            new Extent(range.daxdevIndex(), range.offset(), range.lengthBytes()),
            volume.superblock().reservedBytes());
      }
      volume.mkdir("fresh-d", 0755, 0, 0);
      assertFalse(before.spaceUnknown());
      created = true;
    } catch (StoreException e) {
      assertTrue(e.errno() > 0);
      assertTrue(!before.clean() || !volume.canCreate() || full(volume), e.getMessage());
    }
    Volume again = Volume.open(devices, OpenOptions.forReading());
    if (created) {
      assertEquals(entries + 2, again.usage().logEntriesUsed());
      assertEquals(before.entriesLeftOut(), again.report().entriesLeftOut());
      assertEquals(before.sharedUnits(), again.report().sharedUnits());
    }
  }

  /// Whether there is a good reason why a sound volume takes nothing more.
  private static boolean full(Volume volume) {
    return volume.usage().largestFreeRunBytes() < UNIT || volume.namespace().find("fresh") != null;
  }

  private void assertUntouched(Extent made, long reservedBytes) {
    assertTrue(made.offset() >= (made.device() == 0 ? reservedBytes : UNIT));
    for (Extent named : verdict.named()) {
      boolean apart =
          named.device() != made.device()
              || named.length() <= 0
              || named.offset() < 0
              || named.offset() >= made.offset() + made.length()
              || named.length() <= made.offset() - named.offset();
      assertTrue(apart, () -> "a new file on " + made + ", which an entry names: " + named);
    }
  }
}
