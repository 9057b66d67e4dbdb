package io.famfs.store.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.DaxDevice;
import io.famfs.core.format.MediaFault;
import io.famfs.core.format.MediaFault.Rule;
import io.famfs.store.FileCreation;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import io.famfs.store.VolumeCheck;
import io.famfs.store.VolumeUsage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/// Operations on an open volume, one after the other, and the claim that a crash at any point
/// leaves the volume as it was before or after the operation it hits, usable, and with no fault
/// that it did not have at the start.
public final class CrashScenario {
  /// The host that owns every volume of these tests.
  public static final UUID OWNER = UUID.fromString("59c2fdce-7db2-415f-bbfa-54ddb84d8138");

  private static final long PAGE_BYTES = 4096;

  /// Every so many states another file is created and the crash of that is looked at, too.
  private static final int CRASH_AGAIN_EVERY = 400;

  /// Something that changes a volume.
  @FunctionalInterface
  public interface Operation {
    /// Does it.
    void run(Volume volume) throws Exception;
  }

  private final List<MemorySegment> before;
  private final List<StoreEvent> record = new ArrayList<>();
  private final List<RecordingDevice> devices = new ArrayList<>();
  private final List<VolumeSnapshot> snapshots = new ArrayList<>();
  private final List<Rule> brokenBefore;
  private final Volume volume;
  private int looks;
  private int crashedAgain;

  /// Opens the volume on some media.
  ///
  /// @param media the devices, the primary first; they are copied
  public CrashScenario(List<MemorySegment> media) throws Exception {
    before = copies(media);
    for (MemorySegment memory : copies(media)) {
      devices.add(new RecordingDevice(devices.size(), memory, record));
    }
    volume = Volume.open(devices, OpenOptions.forHost(OWNER));
    snapshots.add(snapshot());
    brokenBefore = brokenRules(devices);
  }

  /// Runs an operation and remembers what it does.
  public CrashScenario run(Operation operation) throws Exception {
    operation.run(volume);
    record.add(new StoreEvent.Finished());
    snapshots.add(snapshot());
    return this;
  }

  /// What was done so far.
  public List<StoreEvent> record() {
    return record;
  }

  /// Checks every state that the operations can leave behind.
  ///
  /// @param randomStates random choices per prefix, see [CrashStates#check]
  /// @return number of states
  public int check(SplittableRandom random, int randomStates) throws Exception {
    return CrashStates.check(
            before,
            record,
            random,
            randomStates,
            (media, finished) -> {
              look(media, finished);
              if (randomStates > 0 && looks % CRASH_AGAIN_EVERY == 0) {
                crashAgain(media, random);
              }
            })
        + crashedAgain;
  }

  private static List<Rule> brokenRules(List<? extends DaxDevice> media) {
    return VolumeCheck.check(media).faults().stream().map(MediaFault::rule).toList();
  }

  private VolumeSnapshot snapshot() throws Exception {
    return VolumeSnapshot.of(Volume.open(devices, OpenOptions.forReading()));
  }

  private void look(List<UndoDevice> media, int finished) throws Exception {
    int words = storedWords(media);
    Volume crashed = Volume.open(media, OpenOptions.forHost(OWNER));
    VolumeSnapshot found = VolumeSnapshot.of(crashed);
    assertEquals(words, storedWords(media), "opening stores nothing");
    assertEquals(List.of(), crashed.report().faults());
    VolumeSnapshot old = snapshots.get(finished);
    if (!found.equals(old)) {
      assertTrue(finished + 1 < snapshots.size(), () -> found + " instead of " + old);
      assertEquals(snapshots.get(finished + 1), found, "neither old nor new");
    }
    List<Rule> broken = brokenRules(media);
    assertTrue(brokenBefore.containsAll(broken), () -> "check: " + broken);
    goOn(crashed, media, found.usage());
  }

  /// What was half made does not stand in the way of the next change.
  private void goOn(Volume crashed, List<UndoDevice> media, VolumeUsage usage) throws Exception {
    boolean asFile = looks++ % 8 == 0;
    String name = "next" + usage.logEntriesUsed();
    if (asFile) {
      try (FileCreation file = crashed.create(name, 1, 0600, 7, 8)) {
        file.commit();
      }
    } else {
      crashed.mkdir(name, 0700, 7, 8);
    }
    Volume next = Volume.open(media, OpenOptions.forReading());
    assertEquals(List.of(), next.report().faults());
    assertNotNull(next.namespace().find(name));
    long more = asFile ? usage.allocUnitBytes() : 0;
    assertEquals(usage.usedBytes() + more, next.usage().usedBytes());
    assertEquals(usage.logEntriesUsed() + 1, next.usage().logEntriesUsed());
  }

  private void crashAgain(List<UndoDevice> media, SplittableRandom random) throws Exception {
    List<MemorySegment> memories = media.stream().map(UndoDevice::memory).toList();
    // The volume went on already; that is one more way to have a past.
    crashedAgain +=
        new CrashScenario(memories)
            .run(opened -> opened.mkdir("again", 0755, 0, 0))
            .check(random.split(), 0);
  }

  private static int storedWords(List<UndoDevice> media) {
    return media.stream().mapToInt(UndoDevice::storedWords).sum();
  }

  /// Copies of memory, aligned as devices are.
  public static List<MemorySegment> copies(List<MemorySegment> media) {
    List<MemorySegment> copies = new ArrayList<>();
    for (MemorySegment memory : media) {
      copies.add(Arena.ofAuto().allocate(memory.byteSize(), PAGE_BYTES).copyFrom(memory));
    }
    return copies;
  }
}
