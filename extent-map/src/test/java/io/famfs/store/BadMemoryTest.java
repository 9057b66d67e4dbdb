package io.famfs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.DaxDevice;
import io.famfs.core.Errno;
import io.famfs.core.MemoryRange;
import io.famfs.core.MemoryState;
import io.famfs.core.extent.DeviceRange;
import io.famfs.store.health.BadCause;
import io.famfs.store.health.BadRange;
import io.famfs.store.health.BadRangeFiles;
import io.famfs.store.health.BadRangeFiles.Remembered;
import io.famfs.store.health.BadRanges;
import io.famfs.store.health.RangeSet;
import io.famfs.store.namespace.FileInode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BadMemoryTest {
  private static final UUID OWNER = new UUID(1, 2);
  private static final long UNIT = 2 << 20;
  private static final int PAGE = 4096;

  @TempDir Path state;
  private final Weak device = new Weak();

  /// Memory that fails where a test says so.
  private static final class Weak extends TestDevice {
    final Map<Long, MemoryState> pages = new TreeMap<>();
    List<MemoryRange> listed = List.of();

    Weak() {
      super(Arena.ofAuto().allocate(64 << 20, PAGE), true, "weak");
    }

    @Override
    public MemoryState probe(long offset) {
      return pages.getOrDefault(offset & -PAGE, MemoryState.READABLE);
    }

    private void access(long offset, long lengthBytes) {
      if (pages.keySet().stream().anyMatch(at -> at >= offset && at < offset + lengthBytes)) {
        throw new InternalError("no memory there");
      }
    }

    @Override
    public void zero(long offset, long lengthBytes) {
      access(offset, lengthBytes);
      super.zero(offset, lengthBytes);
    }

    @Override
    public void store(MemorySegment source, long offset) {
      access(offset, source.byteSize());
      super.store(source, offset);
    }

    @Override
    public List<MemoryRange> listedBad() {
      return listed;
    }
  }

  @BeforeEach
  void format() throws IOException {
    Volume.format(List.of(device), FormatOptions.ownedBy(OWNER)).close();
  }

  private Volume open() throws IOException {
    return Volume.open(
        List.<DaxDevice>of(device), OpenOptions.forHost(OWNER).withStateDirectory(state));
  }

  private static FileInode create(Volume volume, String path, long bytes) throws IOException {
    try (FileCreation creation = volume.create(path, bytes, 0644, 0, 0)) {
      return creation.commit();
    }
  }

  private static long start(FileInode file) {
    return file.extents().rangeOffset(0);
  }

  private static List<BadRange> bad(BadCause cause, long offset, long length) {
    return List.of(new BadRange(0, new MemoryRange(offset, length), cause));
  }

  @Test
  void aFileThatGrowsGoesAroundBadMemory() throws IOException {
    try (Volume volume = open()) {
      NewFile file = volume.makeFile("f", new NewAttributes(0644, 0, 0));
      file.lock();
      try {
        long at = file.inode().extents().rangeOffset(0);
        // Behind what is shown, in what is taken in advance or follows.
        device.pages.put(at + 3 * UNIT + PAGE, MemoryState.FAILED);
        file.resize(3 * UNIT);
        assertEquals(at, file.inode().extents().rangeOffset(0));
        file.resize(6 * UNIT);
        assertEquals(6 * UNIT, file.inode().sizeBytes());
        assertFalse(volume.badRanges().touches(file.inode().extents()));
        assertEquals(1, volume.badRanges().count());
        assertEquals(1, file.inode().extents().rangeCount());
        file.commit();
      } finally {
        file.unlock();
      }
      // The unit is put out of use, and the next file is not made on it.
      assertEquals(UNIT, volume.usage().badBytes());
      device.pages.put((10L << 20) + PAGE, MemoryState.FAILED);
      NewFile next = volume.makeFile("g", new NewAttributes(0644, 0, 0));
      assertFalse(volume.badRanges().touches(next.inode().extents()));
    }
  }

  @Test
  void aFileThatCannotBeCopiedGrowsWhereItIs() throws IOException {
    try (Volume volume = open()) {
      NewFile file = volume.makeFile("f", new NewAttributes(0644, 0, 0));
      file.lock();
      try {
        long at = file.inode().extents().rangeOffset(0);
        create(volume, "behind", UNIT);
        // Where the file would move.
        device.pages.put(at + 2 * UNIT + PAGE, MemoryState.FAILED);
        file.resize(8 * UNIT);
        assertEquals(2, file.inode().extents().rangeCount());
        assertEquals(at, file.inode().extents().rangeOffset(0));
        assertFalse(volume.badRanges().touches(file.inode().extents()));
        assertEquals(1, volume.badRanges().count());
      } finally {
        file.unlock();
      }
    }
  }

  @Test
  void aFaultIsLookedAtBeforeItIsBelieved() throws IOException {
    try (Volume volume = open()) {
      FileInode file = create(volume, "f", 4 * UNIT);
      long at = start(file);
      assertSame(BadRanges.NONE, volume.badRanges());
      assertFalse(volume.badMemory().suspect(0, at, 1 << 20));
      assertSame(BadRanges.NONE, volume.badRanges());
      assertEquals(1, volume.badMemory().stats().refutedFaults());
      device.pages.put(at + 2 * PAGE, MemoryState.FAILED);
      assertTrue(volume.badMemory().suspect(0, at + 100, 3 * PAGE));
      assertEquals(bad(BadCause.FAULT, at + 2 * PAGE, PAGE), volume.badRanges().list());
      assertFalse(volume.badMemory().suspect(0, at, 2 * PAGE), "it lies elsewhere");
      assertTrue(volume.badMemory().suspect(0, at, 3 * PAGE), "known");
      assertEquals(new BadMemoryStats(1, PAGE, 1, 1, 0, 2), volume.badMemory().stats());
    }
  }

  @Test
  void aRestartRemembersFaultsAndTheFilesTheyBelongTo() throws IOException {
    long at;
    try (Volume volume = open()) {
      create(volume, "before", UNIT);
      at = start(create(volume, "hit", UNIT));
      create(volume, "behind", UNIT);
      device.pages.put(at, MemoryState.FAILED);
      assertTrue(volume.badMemory().suspect(0, at, 10));
    }
    try (Volume volume = open()) {
      assertEquals(bad(BadCause.FAULT, at, PAGE), volume.badRanges().list());
      assertEquals(List.of("hit"), paths(volume.filesOnBadMemory()));
      assertEquals(List.of("before", "hit"), paths(volume.filesTouching(0, at - 1, 2)));
      assertEquals(List.of(), paths(volume.filesTouching(0, at + 2 * UNIT, UNIT)));
    }
    try (Volume other = Volume.open(List.of(device), OpenOptions.forHost(OWNER))) {
      assertTrue(other.badRanges().isEmpty(), "nobody asked for the directory");
    }
  }

  private static List<String> paths(List<FileInode> files) {
    return files.stream().map(FileInode::path).toList();
  }

  @Test
  void memoryThatComesBackIsUsedAgain() throws IOException {
    try (Volume volume = open()) {
      long at = start(create(volume, "f", UNIT));
      for (long page = at; page < at + 4 * PAGE; page += PAGE) {
        device.pages.put(page, MemoryState.GONE);
      }
      assertTrue(volume.badMemory().suspect(0, at, UNIT));
      assertEquals(bad(BadCause.GONE, at, 4 * PAGE), volume.badRanges().list());
      device.pages.remove(at);
      volume.badMemory().refresh();
      assertEquals(bad(BadCause.GONE, at + PAGE, 3 * PAGE), volume.badRanges().list());
      device.pages.clear();
      volume.badMemory().refresh();
      assertSame(BadRanges.NONE, volume.badRanges());
      assertEquals(4, volume.badMemory().stats().gonePages());
    }
    try (var left = Files.list(state)) {
      assertEquals(0, left.count(), "not remembered");
    }
  }

  @Test
  void newFilesAvoidBadUnits() throws IOException {
    long free;
    try (Volume volume = open()) {
      FileInode first = create(volume, "first", UNIT);
      long next = start(first) + UNIT;
      free = volume.usage().freeBytes();
      device.listed = List.of(new MemoryRange(next + UNIT + 512, 512));
      volume.badMemory().refresh();
      assertEquals(
          bad(BadCause.LISTED, next + UNIT, PAGE), volume.badRanges().list(), "whole pages");
      assertEquals(free - UNIT, volume.usage().freeBytes());
      assertEquals(UNIT, volume.usage().badBytes());
      FileInode large = create(volume, "large", 2 * UNIT);
      assertEquals(next + 2 * UNIT, start(large));
      assertEquals(next, start(create(volume, "small", UNIT)));
      device.listed = List.of();
      volume.badMemory().refresh();
      assertEquals(free - 3 * UNIT, volume.usage().freeBytes());
      assertEquals(next + UNIT, start(create(volume, "there", UNIT)));
    }
  }

  @Test
  void aBadUnitThatIsGivenBackIsNotUsedAgain() throws IOException {
    try (Volume volume = open()) {
      DeviceRange taken;
      try (FileCreation creation = volume.create("gone", UNIT, 0644, 0, 0)) {
        taken = creation.extents().fmap().ranges().getFirst();
        device.listed = List.of(new MemoryRange(taken.offset() + UNIT - 1, 1));
        volume.badMemory().refresh();
        assertEquals(0, volume.usage().badBytes(), "it has an owner");
      }
      assertEquals(UNIT, volume.usage().badBytes());
      assertEquals(taken.end(), start(create(volume, "f", UNIT)));
    }
  }

  @Test
  void spaceThatFailsWhenItIsTakenIsNotTakenAgain() throws IOException {
    try (Volume volume = open()) {
      long next = start(create(volume, "first", UNIT)) + UNIT;
      device.pages.put(next + PAGE, MemoryState.FAILED);
      StoreException failed =
          assertThrows(StoreException.class, () -> volume.create("f", UNIT, 0644, 0, 0));
      assertEquals(Errno.EIO, failed.errno());
      assertEquals(bad(BadCause.FAULT, next + PAGE, PAGE), volume.badRanges().list());
      assertEquals(next + UNIT, start(create(volume, "f", UNIT)));
    }
  }

  @Test
  void badMetadataEndsCreating() throws IOException {
    try (Volume volume = open()) {
      create(volume, "f", UNIT);
      assertTrue(volume.canCreate());
      device.listed = List.of(new MemoryRange(3 << 20, 512));
      volume.badMemory().refresh();
      assertFalse(volume.canCreate());
      StoreException refused =
          assertThrows(StoreException.class, () -> volume.create("g", 1, 0644, 0, 0));
      assertEquals(Errno.EROFS, refused.errno());
      assertTrue(String.valueOf(refused.getMessage()).contains("at byte " + (3 << 20)));
      assertEquals(1, volume.usage().files(), "what is there can be read");
      device.listed = List.of();
      volume.badMemory().refresh();
      create(volume, "g", 1);
    }
  }

  @Test
  void anOperatorsWordIsHeardWithinASecond() throws Exception {
    BadRangeFiles files = new BadRangeFiles(state);
    try (Volume volume = open()) {
      long at = start(create(volume, "f", UNIT));
      BlockingQueue<BadRanges> heard = new LinkedBlockingQueue<>();
      volume.badMemory().listen(heard::add);
      volume.badMemory().watch();
      long before = System.nanoTime();
      RangeSet word = RangeSet.of(List.of(new MemoryRange(at + 10, 10)));
      UUID uuid = volume.deviceUuid(0);
      files.change(uuid, old -> new Remembered(old.fault(), word));
      BadRanges now = heard.poll(10, TimeUnit.SECONDS);
      long tookMillis = (System.nanoTime() - before) / 1_000_000;
      assertNotNull(now);
      assertEquals(bad(BadCause.MANUAL, at, PAGE), now.list());
      assertTrue(tookMillis < 1000, () -> tookMillis + " ms");
      files.change(uuid, _ -> Remembered.NOTHING);
      assertSame(BadRanges.NONE, heard.poll(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void withoutAPlaceForItMemoryIsKeptForThisRun() throws IOException {
    Path file = Files.writeString(state.resolve("file"), "");
    OpenOptions options = OpenOptions.forHost(OWNER).withStateDirectory(file.resolve("below"));
    try (Volume volume = Volume.open(List.of(device), options)) {
      long at = start(create(volume, "f", UNIT));
      List<BadRanges> heard = new ArrayList<>();
      volume.badMemory().listen(heard::add);
      device.pages.put(at, MemoryState.FAILED);
      assertTrue(volume.badMemory().suspect(0, at, 1));
      volume.badMemory().refresh();
      assertEquals(bad(BadCause.FAULT, at, PAGE), volume.badRanges().list());
      assertEquals(1, heard.size());
    }
  }
}
