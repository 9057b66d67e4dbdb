package io.famfs.store;

import static io.famfs.store.MediaEditor.DATA;
import static io.famfs.store.MediaEditor.UNIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.store.NewFile.State;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.namespace.FileInode;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Several new files at once on a small volume, against an array of bytes for each. Space is enough
/// exactly when the units that nobody has asked for are: what others hold in advance counts as
/// free.
class NewFileModelTest {
  private static final int UNITS = 20;
  private static final int ROUNDS = 12;
  private static final int STEPS = 120;
  private static final int MOST_FILES = 4;
  private static final byte[] NOTHING = new byte[(int) UNIT];

  /// A file as it should be.
  private static final class Model {
    final String path;
    final NewFile file;
    byte[] bytes = {};
    long claimedUnits = 1;
    boolean kept;
    boolean unlinked;

    Model(String path, NewFile file) {
      this.path = path;
      this.file = file;
    }

    FileInode inode() {
      return file.inode();
    }
  }

  private final List<Model> making = new ArrayList<>();
  private final List<Model> committed = new ArrayList<>();
  private final List<String> history = new ArrayList<>();
  private SplittableRandom random = new SplittableRandom();
  private MediaEditor media;
  private Volume volume;
  private long lostUnits;
  private int names;

  NewFileModelTest() throws Exception {
    media = emptyMedia();
    volume = media.open();
  }

  private static MediaEditor emptyMedia() throws Exception {
    MediaEditor media = MediaEditor.fresh((int) ((DATA + UNITS * UNIT) >> 20));
    media.memory().asSlice(DATA).fill((byte) 0x77);
    return media;
  }

  @Test
  void newFilesAgreeWithArraysOfBytes() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = new SplittableRandom().nextLong();
      random = new SplittableRandom(seed);
      history.clear();
      try {
        run();
      } catch (Exception | AssertionError e) {
        throw new AssertionError("seed " + seed + ", " + history, e);
      }
    }
  }

  private void run() throws Exception {
    making.clear();
    committed.clear();
    lostUnits = 0;
    media = emptyMedia();
    volume = media.open();
    for (int step = 0; step < STEPS; step++) {
      step();
      assertEquals(usedUnits() * UNIT + DATA, volume.usage().usedBytes());
      assertEquals((UNITS - usedUnits()) * UNIT, volume.usage().freeBytes());
    }
    making.forEach(this::check);
    committed.forEach(this::check);
    checkMedia();
  }

  private long usedUnits() {
    return lostUnits
        + making.stream().mapToLong(model -> model.claimedUnits).sum()
        + committed.stream().mapToLong(model -> model.claimedUnits).sum();
  }

  private void step() throws Exception {
    if (making.isEmpty() || (making.size() < MOST_FILES && random.nextInt(6) == 0)) {
      make();
      return;
    }
    Model model = making.get(random.nextInt(making.size()));
    model.file.lock();
    try {
      switch (random.nextInt(16)) {
        case 0 -> commit(model);
        case 1 -> abandon(model);
        case 2 -> unlink(model);
        case 3 -> keep(model);
        case 4, 5 -> resize(model, random.nextInt(model.bytes.length + 1));
        case 6, 7 -> reserve(model);
        default -> write(model);
      }
      check(model);
    } finally {
      model.file.unlock();
    }
  }

  private void make() throws Exception {
    String path = "f" + names++;
    history.add("make " + path);
    try {
      making.add(new Model(path, volume.makeFile(path, new NewAttributes(0644, 0, 0))));
    } catch (StoreException e) {
      assertEquals(Errno.ENOSPC, e.errno());
      assertEquals(UNITS, usedUnits());
    }
  }

  private void commit(Model model) throws Exception {
    history.add("commit " + model.path);
    if (model.unlinked) {
      StoreException refused = assertThrows(StoreException.class, model.file::commit);
      assertEquals(Errno.ENOENT, refused.errno());
      return;
    }
    model.file.commit();
    making.remove(model);
    committed.add(model);
    if (!model.kept) {
      model.claimedUnits = Math.max(1, units(model.bytes.length));
    }
    assertEquals(model.claimedUnits * UNIT, model.inode().extents().mappedBytes());
  }

  private void abandon(Model model) {
    history.add("abandon " + model.path);
    model.file.abandon();
    making.remove(model);
    lostUnits += model.kept ? model.claimedUnits : 0;
    assertNull(volume.namespace().find(model.path));
  }

  /// A file without a name is what it was, but does not go into the log.
  private void unlink(Model model) {
    history.add("unlink " + model.path);
    model.file.unlink();
    model.unlinked = true;
    assertNull(volume.namespace().find(model.path));
    assertSame(model.inode(), volume.namespace().inode(model.inode().nodeid()));
    StoreException taken =
        assertThrows(
            StoreException.class, () -> volume.makeFile(model.path, new NewAttributes(0644, 0, 0)));
    assertEquals(Errno.EBUSY, taken.errno());
  }

  private void keep(Model model) {
    history.add("keep " + model.path);
    model.file.keepSpace();
    model.kept = true;
  }

  private void write(Model model) throws Exception {
    int from = random.nextInt(model.bytes.length + (int) UNIT);
    int length = random.nextInt(1, 3 * (int) UNIT);
    if (from + length > model.bytes.length && !resize(model, from + length)) {
      return;
    }
    history.add("write " + model.path + " " + from + "+" + length);
    byte[] data = new byte[length];
    Arrays.fill(data, (byte) random.nextInt(1, 128));
    System.arraycopy(data, 0, model.bytes, from, length);
    ExtentCursor cursor = new ExtentCursor();
    for (int at = 0; at < length; at += (int) cursor.runBytes()) {
      assertTrue(model.inode().extents().resolve(from + at, length - at, cursor));
      MemorySegment.copy(MemorySegment.ofArray(data), at, memory(cursor), 0, cursor.runBytes());
    }
  }

  private boolean resize(Model model, int bytes) throws Exception {
    history.add("resize " + model.path + " " + bytes);
    boolean fits = claim(model, bytes, () -> model.file.resize(bytes));
    if (fits) {
      model.bytes = Arrays.copyOf(model.bytes, bytes);
    }
    return fits;
  }

  private void reserve(Model model) throws Exception {
    long bytes = random.nextLong(4 * UNIT);
    history.add("reserve " + model.path + " " + bytes);
    claim(model, bytes, () -> model.file.reserve(bytes));
  }

  private interface Claim {
    void run() throws StoreException;
  }

  private boolean claim(Model model, long bytes, Claim claim) {
    long needed = units(bytes);
    boolean fits = needed - model.claimedUnits <= UNITS - usedUnits();
    try {
      claim.run();
      assertTrue(fits, "there is no space");
      model.claimedUnits = Math.max(model.claimedUnits, needed);
    } catch (StoreException e) {
      assertEquals(Errno.ENOSPC, e.errno(), e.getMessage());
      assertTrue(!fits, e.getMessage());
    }
    return fits;
  }

  private static long units(long bytes) {
    return Math.ceilDiv(bytes, UNIT);
  }

  private void check(Model model) {
    if (model.file.state() == State.ABANDONED) {
      return;
    }
    assertEquals(model.bytes.length, model.inode().sizeBytes());
    assertEquals(model.claimedUnits * UNIT, model.inode().extents().mappedBytes());
    checkBytes(volume, model.inode(), model);
  }

  private static void checkBytes(Volume volume, FileInode file, Model model) {
    ExtentCursor cursor = new ExtentCursor();
    long end = file.extents().mappedBytes();
    for (long at = 0; at < end; at += cursor.runBytes()) {
      long size = model.bytes.length;
      long wanted = at < size ? size - at : Math.min(UNIT, end - at);
      assertTrue(file.extents().resolve(at, wanted, cursor));
      MemorySegment expected =
          at < size
              ? MemorySegment.ofArray(model.bytes).asSlice(at, cursor.runBytes())
              : MemorySegment.ofArray(NOTHING).asSlice(0, cursor.runBytes());
      long wrong = expected.mismatch(memory(volume, cursor));
      assertTrue(wrong < 0, model.path + ": wrong at byte " + (at + wrong));
    }
  }

  private MemorySegment memory(ExtentCursor cursor) {
    return memory(volume, cursor);
  }

  private static MemorySegment memory(Volume volume, ExtentCursor cursor) {
    return volume.memory(cursor.deviceIndex()).asSlice(cursor.deviceOffset(), cursor.runBytes());
  }

  /// What another process sees.
  private void checkMedia() throws Exception {
    Volume other = media.open();
    assertTrue(other.report().clean());
    assertEquals(committed.size(), other.usage().files());
    for (Model model : committed) {
      FileInode found = (FileInode) other.namespace().find(model.path);
      assertNotNull(found);
      assertEquals(model.inode().nodeid(), found.nodeid());
      assertEquals(model.inode().fmap(), found.fmap());
      checkBytes(other, found, model);
    }
  }
}
