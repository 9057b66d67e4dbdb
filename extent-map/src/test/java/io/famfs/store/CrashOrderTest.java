package io.famfs.store;

import static io.famfs.store.MediaEditor.OWNER;
import static io.famfs.store.MediaEditor.UNIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaException;
import io.famfs.store.namespace.Inode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// What is on the media when the process or the machine stops at any point of a change.
///
/// Between two write-backs any of the changed cache lines may have reached the media, each of them
/// as it was after some of its stores; what was written back before is there. The test builds such
/// states from snapshots taken at every write-back and opens each of them.
class CrashOrderTest {
  /// Superblock, log header and the first entries; nothing else of the metadata changes here.
  private static final int[][] WATCHED = {{0, 4096}, {2 << 20, 8192}};

  private static final int LINE_BYTES = 64;

  private interface Change {
    void run(TestDevice device) throws Exception;
  }

  @Test
  void aCreatedFileIsThereOrNot() throws Exception {
    MediaEditor media = MediaEditor.fresh(24);
    media.append(MediaEditor.mkdir("d"));
    int states =
        crashEverywhere(
            media.device(),
            _ -> {
              try (FileCreation file = media.open().create("d/f", UNIT, 0644, 1, 2)) {
                file.commit();
              }
            },
            crashed -> isOldOrNew(crashed, "d", "d/f"));
    assertTrue(states > 100, "only " + states + " states were tried");
  }

  @Test
  void aMadeDirectoryIsThereOrNot() throws Exception {
    MediaEditor media = MediaEditor.fresh(24);
    media.append(MediaEditor.mkdir("d"));
    crashEverywhere(
        media.device(),
        _ -> media.open().mkdir("d/e", 0755, 0, 0),
        crashed -> isOldOrNew(crashed, "d", "d/e"));
  }

  @Test
  void theIndexNeverCoversAnEntryThatIsNotWrittenBack() throws Exception {
    MediaEditor media = MediaEditor.fresh(24);
    List<Long> indexes = new ArrayList<>();
    Volume volume = media.open();
    media.device().beforeWriteBack(() -> indexes.add(media.nextIndex()));
    volume.mkdir("d", 0755, 0, 0);
    assertEquals(List.of(0L, 1L), indexes);
  }

  @Test
  void dataIsWrittenBackBeforeTheEntryAndTheEntryBeforeTheIndex() throws Exception {
    MediaEditor media = MediaEditor.fresh(24);
    try (FileCreation file = media.open().create("f", UNIT, 0644, 0, 0)) {
      media.device().writtenBack().clear();
      file.commit();
    }
    assertEquals(
        List.of(
            MediaEditor.DATA, LogHeaderLayout.entryMediaOffset(0), LogHeaderLayout.MEDIA_OFFSET),
        media.device().writtenBack());
  }

  @Test
  void makingAVolumeAnewLeavesTheOldOneOrNoneOrTheNewOne() throws Exception {
    MediaEditor media = MediaEditor.fresh(24);
    media.append(MediaEditor.mkdir("old")).append(MediaEditor.mkdir("old/er"));
    crashEverywhere(
        media.device(),
        device ->
            Volume.format(List.of(device), FormatOptions.ownedBy(OWNER).withForce(true)).close(),
        crashed -> {
          try {
            Volume volume = Volume.open(List.of(crashed), OpenOptions.forReading());
            int children = volume.namespace().root().childCount();
            return volume.report().clean()
                && (children == 0 || volume.namespace().find("old/er") != null);
          } catch (MediaException e) {
            return true;
          } catch (StoreException e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void makingAVolumeIsFinishedByTheMagicNumber() throws Exception {
    TestDevice device = TestDevice.ofMegabytes(16);
    List<Long> magics = new ArrayList<>();
    device.beforeWriteBack(() -> {
      magics.add(device.memory().get(ValueLayout.JAVA_LONG, 0));
      if (device.memory().get(ValueLayout.JAVA_LONG, 0) == 0) {
        assertThrows(
            MediaException.class, () -> Volume.open(List.of(device), OpenOptions.forReading()));
      }
    });
    Volume.format(List.of(device), FormatOptions.ownedBy(OWNER));
    assertEquals(List.of(0L, 0L, 0L, 0L, 0x87b282ffL), magics);
  }

  private static boolean isOldOrNew(TestDevice crashed, String old, String made) {
    try {
      Volume volume = Volume.open(List.of(crashed), OpenOptions.forHost(OWNER));
      Inode inode = volume.namespace().find(made);
      long entries = volume.usage().logEntriesUsed();
      return volume.report().clean()
          && volume.namespace().find(old) != null
          && entries == (inode == null ? 1 : 2);
    } catch (StoreException | MediaException e) {
      throw new AssertionError(e);
    }
  }

  /// Runs a change and asserts that every state it may leave behind is fine.
  private static int crashEverywhere(TestDevice device, Change change, Predicate<TestDevice> fine)
      throws Exception {
    List<byte[]> snapshots = new ArrayList<>();
    snapshots.add(snapshot(device));
    device.beforeWriteBack(() -> snapshots.add(snapshot(device)));
    change.run(device);
    device.beforeWriteBack(() -> {});
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    int states = 0;
    for (int i = 1; i < snapshots.size(); i++) {
      for (byte[] state : between(snapshots.get(i - 1), snapshots.get(i), random)) {
        restore(device, state);
        assertTrue(fine.test(device), "before write-back " + i + ", seed " + seed);
        states++;
      }
    }
    return states;
  }

  /// States between two snapshots: every prefix of the changed words, and random choices of lines,
  /// each with a prefix of its words.
  private static List<byte[]> between(byte[] before, byte[] after, SplittableRandom random) {
    List<byte[]> states = new ArrayList<>(List.of(before, after));
    byte[] growing = before.clone();
    for (int word = 0; word < before.length; word += Long.BYTES) {
      if (copyWord(after, growing, word)) {
        states.add(growing.clone());
      }
    }
    for (int round = 0; round < 40; round++) {
      byte[] state = before.clone();
      for (int line = 0; line < before.length; line += LINE_BYTES) {
        int words = random.nextInt(LINE_BYTES / Long.BYTES + 1);
        for (int i = 0; i < words; i++) {
          copyWord(after, state, line + i * Long.BYTES);
        }
      }
      states.add(state);
    }
    return states;
  }

  private static boolean copyWord(byte[] from, byte[] to, int at) {
    MemorySegment source = MemorySegment.ofArray(from).asSlice(at, Long.BYTES);
    MemorySegment target = MemorySegment.ofArray(to).asSlice(at, Long.BYTES);
    boolean changed = source.mismatch(target) >= 0;
    target.copyFrom(source);
    return changed;
  }

  private static byte[] snapshot(TestDevice device) {
    byte[] snapshot = new byte[WATCHED[0][1] + WATCHED[1][1]];
    int at = 0;
    for (int[] range : WATCHED) {
      MemorySegment.copy(device.memory(), ValueLayout.JAVA_BYTE, range[0], snapshot, at, range[1]);
      at += range[1];
    }
    return snapshot;
  }

  private static void restore(TestDevice device, byte[] snapshot) {
    int at = 0;
    for (int[] range : WATCHED) {
      MemorySegment.copy(snapshot, at, device.memory(), ValueLayout.JAVA_BYTE, range[0], range[1]);
      at += range[1];
    }
  }
}
