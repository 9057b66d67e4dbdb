package io.famfs.store;

import static io.famfs.store.MediaEditor.UNIT;
import static io.famfs.store.MediaEditor.file;
import static io.famfs.store.MediaEditor.units;
import static io.famfs.store.RepairBench.OPTIONS;
import static io.famfs.store.RepairBench.corrupt;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.store.crash.CrashScenario;
import io.famfs.store.repair.RepairExecutor;
import io.famfs.store.repair.RepairPlan;
import io.famfs.store.repair.RepairPlanner;
import io.famfs.store.repair.UndoFile;
import io.famfs.store.repair.UndoWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UndoFileTest {
  @TempDir private Path folder;
  private MediaEditor media;
  private MemorySegment before;
  private Path file;

  @BeforeEach
  void damageAVolume() throws Exception {
    file = folder.resolve("undo");
    media = RepairBench.volume();
    corrupt(media, 1);
    media.entry(4).fill((byte) 0);
    media.append(file("clone", UNIT, units(10, 1)));
    media.memory().set(ValueLayout.JAVA_LONG, 0, 0);
    media.entry(15).fill((byte) 6);
    before = CrashScenario.copies(List.of(media.memory())).getFirst();
  }

  private void repair() throws Exception {
    RepairPlan plan = RepairPlanner.plan(List.of(media.device()), OPTIONS);
    UndoWriter.write(file, plan, List.of(media.device()));
    assertEquals(-1, before.mismatch(media.memory()), "writing an undo file changes nothing");
    RepairExecutor.execute(plan, List.of(media.device()));
    RepairBench.assertClean(media.device(), plan);
  }

  private void undo(boolean force) throws IOException {
    try (UndoFile undo = UndoFile.open(file)) {
      undo.apply(List.of(media.device()), force);
    }
  }

  private void assertRefused(String why) {
    byte[] now = RepairBench.metadata(media);
    IOException e = assertThrows(IOException.class, () -> undo(false));
    assertTrue(String.valueOf(e.getMessage()).contains(why), e.getMessage());
    assertArrayEquals(now, RepairBench.metadata(media));
  }

  @Test
  void everyByteComesBack() throws Exception {
    repair();
    assertTrue(before.mismatch(media.memory()) >= 0);
    undo(false);
    assertEquals(-1, before.mismatch(media.memory()));
    // A second time there is nothing left to do, and that is no error.
    undo(false);
    assertEquals(-1, before.mismatch(media.memory()));
  }

  @Test
  void aRepairThatStoppedBetweenStoresIsUndone() throws Exception {
    repair();
    MemorySegment after = CrashScenario.copies(List.of(media.memory())).getFirst();
    SplittableRandom random = new SplittableRandom(1);
    for (int round = 0; round < 20; round++) {
      // Every slot is as it was, or as it became.
      media.memory().copyFrom(after);
      for (int slot = 0; slot < 16; slot++) {
        if (random.nextBoolean()) {
          media.entry(slot).copyFrom(before.asSlice(entryAt(slot), 544));
        }
      }
      undo(false);
      assertEquals(-1, before.mismatch(media.memory()));
    }
  }

  private static long entryAt(int slot) {
    return io.famfs.core.format.LogHeaderLayout.entryMediaOffset(slot);
  }

  @Test
  void bytesThatHaveChangedSinceAreNotOverwritten() throws Exception {
    repair();
    media.entry(4).set(ValueLayout.JAVA_BYTE, 200, (byte) 1);
    assertRefused("have changed since");
    undo(true);
    assertEquals(-1, before.mismatch(media.memory()));
  }

  @Test
  void anotherVolumeIsRefused() throws Exception {
    repair();
    media = RepairBench.volume();
    assertRefused("belongs to the file system");
  }

  @Test
  void anExistingFileIsNotOverwritten() throws Exception {
    Files.writeString(file, "mine");
    assertThrows(FileAlreadyExistsException.class, this::repair);
    assertEquals("mine", Files.readString(file));
    assertEquals(-1, before.mismatch(media.memory()));
    assertRefused("ends at byte 4");
  }

  @Test
  void anyDamageOfTheFileIsNoticed() throws Exception {
    repair();
    byte[] whole = Files.readAllBytes(file);
    SplittableRandom random = new SplittableRandom(2);
    for (int round = 0; round < 200; round++) {
      byte[] damaged = whole.clone();
      int at = round < 80 ? round : random.nextInt(whole.length);
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, damaged);
      assertRefused(file.toString());
    }
    for (int length : new int[] {0, 7, 48, 100, whole.length / 2, whole.length - 1}) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      assertRefused(file.toString());
    }
    Files.write(file, whole);
    undo(false);
    assertEquals(-1, before.mismatch(media.memory()));
  }
}
