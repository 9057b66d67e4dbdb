package io.famfs.store;

import static io.famfs.store.MediaEditor.UNIT;
import static io.famfs.store.MediaEditor.file;
import static io.famfs.store.MediaEditor.mkdir;
import static io.famfs.store.MediaEditor.units;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.famfs.core.DaxDevice;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaFault.Rule;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import io.famfs.store.repair.RepairExecutor;
import io.famfs.store.repair.RepairOptions;
import io.famfs.store.repair.RepairPlan;
import io.famfs.store.repair.RepairPlanner;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/// A volume to be damaged and repaired, and what has to be the same afterwards.
final class RepairBench {
  static final UUID FS = UUID.fromString("11111111-2222-4333-8444-555555555555");

  /// Uuids that are the same in every run.
  static final RepairOptions OPTIONS =
      new RepairOptions(
          io.famfs.store.repair.CorruptPolicy.QUARANTINE, null, MediaEditor.OWNER, () -> FS);

  private RepairBench() {}

  /// What a file or directory is to its users.
  ///
  /// @param content checksum of the bytes that it maps, 0 for directories
  record Seen(String kind, int mode, int uid, int gid, long sizeBytes, String map, int content) {}

  /// Six files, three directories; every mapped unit has content of its own.
  ///
  /// ```
  /// 0 d   1 d/a   2 d/b (two extents)   3 d/e   4 d/e/c   5 s (interleaved)   6 y   7 y/z   8 last
  /// ```
  static MediaEditor volume() throws Exception {
    MediaEditor media =
        MediaEditor.fresh(64)
            .append(mkdir("d"))
            .append(file("d/a", UNIT + 1, units(0, 2)))
            .append(file("d/b", 2 * UNIT, units(3, 1), units(2, 1)))
            .append(mkdir("d/e"))
            .append(file("d/e/c", 1, units(4, 1)))
            .append(
                file("s", 3 * UNIT, new Fmap.Interleaved(UNIT, List.of(units(5, 2), units(8, 2)))))
            .append(mkdir("y"))
            .append(file("y/z", UNIT, units(10, 1)))
            .append(file("last", 5, units(11, 1)));
    for (int unit = 0; unit < 27; unit++) {
      long at = units(unit, 1).offset();
      media.memory().set(ValueLayout.JAVA_LONG, at, 1000L + unit);
      media.memory().set(ValueLayout.JAVA_LONG, at + UNIT - 8, 2000L + unit);
    }
    return media;
  }

  /// Everything that a volume shows.
  static Map<String, Seen> seen(DaxDevice device) throws Exception {
    Volume volume = Volume.open(List.of(device), OpenOptions.forReading());
    Map<String, Seen> seen = new TreeMap<>();
    walk(volume, volume.namespace().root(), seen);
    return seen;
  }

  private static void walk(Volume volume, DirectoryInode directory, Map<String, Seen> seen) {
    for (Inode child : directory.children()) {
      Fmap fmap = child instanceof FileInode file ? file.fmap() : new Fmap.Simple(List.of());
      seen.put(
          child.path(),
          new Seen(
              child instanceof FileInode ? "file" : "directory",
              child.mode(),
              child.uid(),
              child.gid(),
              child.sizeBytes(),
              fmap.toString(),
              content(volume, fmap)));
      if (child instanceof DirectoryInode below) {
        walk(volume, below, seen);
      }
    }
  }

  private static int content(Volume volume, Fmap fmap) {
    int hash = 0;
    for (DeviceRange range : fmap.ranges()) {
      MemorySegment memory = volume.memory(range.daxdevIndex());
      for (long at = range.offset(); at < range.end(); at += UNIT) {
        hash = hash * 31 + Long.hashCode(memory.get(ValueLayout.JAVA_LONG, at));
        hash = hash * 31 + Long.hashCode(memory.get(ValueLayout.JAVA_LONG, at + UNIT - 8));
      }
    }
    return hash;
  }

  /// The content of a unit of file data.
  static int contentOf(MediaEditor media, long firstUnit, long count) {
    int hash = 0;
    for (long unit = firstUnit; unit < firstUnit + count; unit++) {
      long at = units(unit, 1).offset();
      hash = hash * 31 + Long.hashCode(media.memory().get(ValueLayout.JAVA_LONG, at));
      hash = hash * 31 + Long.hashCode(media.memory().get(ValueLayout.JAVA_LONG, at + UNIT - 8));
    }
    return hash;
  }

  /// Repairs, and asserts that nothing is left to be done.
  static RepairPlan repair(DaxDevice device, RepairOptions options) throws Exception {
    RepairPlan plan = RepairPlanner.plan(List.of(device), options);
    RepairExecutor.execute(plan, List.of(device));
    assertClean(device, plan);
    return plan;
  }

  static void assertClean(DaxDevice device, RepairPlan plan) {
    CheckReport report = VolumeCheck.check(List.of(device));
    String told = plan.actions() + " " + plan.uncorrected();
    assertEquals(List.of(), report.faults(), told);
    RepairPlan again = RepairPlanner.plan(List.of(device), OPTIONS);
    assertEquals(List.of(), again.actions(), told);
    assertEquals(List.of(), again.uncorrected(), told);
  }

  static List<Rule> rules(DaxDevice device) {
    return VolumeCheck.check(List.of(device)).faults().stream().map(f -> f.rule()).toList();
  }

  /// Damages several bytes of an entry, so that its checksum does not give them away.
  static void corrupt(MediaEditor media, long slot) {
    media.entry(slot).set(ValueLayout.JAVA_BYTE, 30, (byte) 0x5a);
    media.entry(slot).set(ValueLayout.JAVA_BYTE, 45, (byte) 0xa5);
    media.entry(slot).set(ValueLayout.JAVA_BYTE, 60, (byte) 0x77);
  }

  /// Copies of what is in use of superblock and log.
  static byte[] metadata(MediaEditor media) {
    byte[] superblock = new byte[200];
    MemorySegment.copy(media.memory(), ValueLayout.JAVA_BYTE, 0, superblock, 0, 200);
    byte[] log = new byte[64 << 10];
    MemorySegment.copy(
        media.memory(), ValueLayout.JAVA_BYTE, LogHeaderLayout.MEDIA_OFFSET, log, 0, log.length);
    byte[] all = Arrays.copyOf(superblock, superblock.length + log.length);
    System.arraycopy(log, 0, all, superblock.length, log.length);
    return all;
  }

  static void restore(MediaEditor media, byte[] metadata) {
    MemorySegment.copy(metadata, 0, media.memory(), ValueLayout.JAVA_BYTE, 0, 200);
    MemorySegment.copy(
        metadata,
        200,
        media.memory(),
        ValueLayout.JAVA_BYTE,
        LogHeaderLayout.MEDIA_OFFSET,
        metadata.length - 200);
  }

  /// Those of `before` whose path does not start with one of these.
  static Map<String, Seen> without(Map<String, Seen> before, String... paths) {
    Map<String, Seen> rest = new TreeMap<>(before);
    rest.keySet().removeIf(path -> Arrays.stream(paths).anyMatch(path::startsWith));
    return rest;
  }
}
