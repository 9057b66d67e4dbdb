package io.famfs.cli;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.format.LogEntry;
import io.famfs.core.format.LogEntry.FileEntry;
import io.famfs.core.format.LogEntryCodec;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogEntryRules;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.SuperblockLayout;
import io.famfs.store.Volume;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// Who owns which bytes of a volume's devices.
final class SpaceSurvey {
  private static final int MAX_OWNERS = 8;

  /// Somebody's wish for bytes of a device.
  private record Claim(long offset, long end, SpaceRun.Kind kind, String owner) {}

  private final Volume volume;
  private final List<List<Claim>> claims = new ArrayList<>();

  private SpaceSurvey(Volume volume) {
    this.volume = volume;
    for (int i = 0; i < volume.deviceCount(); i++) {
      claims.add(new ArrayList<>());
    }
  }

  /// The runs of every device, by daxdev index; together they cover it from end to end.
  static List<List<SpaceRun>> of(Volume volume) {
    SpaceSurvey survey = new SpaceSurvey(volume);
    survey.collect();
    List<List<SpaceRun>> runs = new ArrayList<>();
    for (int i = 0; i < volume.deviceCount(); i++) {
      runs.add(survey.runs(i));
    }
    return runs;
  }

  private void collect() {
    long unit = volume.superblock().allocUnitBytes();
    for (int i = 0; i < claims.size(); i++) {
      // A secondary device has a superblock area, too.
      claim(i, 0, SuperblockLayout.AREA_BYTES, SpaceRun.Kind.SUPERBLOCK, "");
      long size = volume.device(i).sizeBytes();
      claim(i, size / unit * unit, size, SpaceRun.Kind.TAIL, "");
    }
    claim(
        0,
        LogHeaderLayout.MEDIA_OFFSET,
        volume.superblock().reservedBytes(),
        SpaceRun.Kind.LOG,
        "");
    BitSet replayed = new BitSet();
    for (Inode inode : LogEntries.inLogOrder(volume)) {
      replayed.set((int) inode.logIndex());
      if (inode instanceof FileInode file) {
        claim(file.fmap().ranges(), SpaceRun.Kind.FILE, file.path());
      }
    }
    leftOut(replayed);
  }

  /// Files that are in the log but not in the tree: their space is not given to others.
  private void leftOut(BitSet replayed) {
    MemorySegment copy = MemorySegment.ofArray(new byte[LogEntryLayout.BYTES]);
    long count = volume.usage().logEntriesUsed();
    for (long i = 0; i < count; i++) {
      if (replayed.get((int) i)) {
        continue;
      }
      long at = LogHeaderLayout.entryMediaOffset(i);
      MemorySegment.copy(volume.memory(0), at, copy, 0, LogEntryLayout.BYTES);
      if (LogEntryRules.integrity(copy, i) != null) {
        continue;
      }
      LogEntry entry = LogEntryCodec.decode(copy, 0, at).value();
      if (entry instanceof FileEntry file) {
        claim(file.fmap().ranges(), SpaceRun.Kind.QUARANTINED, "entry " + i + ": " + file.path());
      }
    }
  }

  private void claim(List<DeviceRange> ranges, SpaceRun.Kind kind, String owner) {
    for (DeviceRange range : ranges) {
      int device = range.daxdevIndex();
      if (device < 0 || device >= claims.size() || range.offset() < 0 || range.lengthBytes() <= 0) {
        continue;
      }
      long size = volume.device(device).sizeBytes();
      claim(
          device,
          range.offset(),
          range.end() < 0 ? size : Math.min(size, range.end()),
          kind,
          owner);
    }
  }

  private void claim(int device, long offset, long end, SpaceRun.Kind kind, String owner) {
    if (offset < end) {
      claims.get(device).add(new Claim(offset, end, kind, owner));
    }
  }

  /// Cuts the claims of a device into runs between which nothing changes.
  private List<SpaceRun> runs(int device) {
    List<Claim> sorted = claims.get(device);
    sorted.sort(Comparator.comparingLong(Claim::offset));
    PriorityQueue<Claim> active = new PriorityQueue<>(Comparator.comparingLong(Claim::end));
    List<SpaceRun> runs = new ArrayList<>();
    long size = volume.device(device).sizeBytes();
    long at = 0;
    int next = 0;
    while (at < size) {
      while (!active.isEmpty() && active.peek().end() <= at) {
        active.remove();
      }
      while (next < sorted.size() && sorted.get(next).offset() <= at) {
        active.add(sorted.get(next++));
      }
      long end = next < sorted.size() ? Math.min(size, sorted.get(next).offset()) : size;
      if (!active.isEmpty()) {
        end = Math.min(end, active.peek().end());
      }
      add(runs, run(device, at, end, active));
      at = end;
    }
    return runs;
  }

  private static SpaceRun run(int device, long at, long end, PriorityQueue<Claim> active) {
    SpaceRun.Kind kind =
        switch (active.size()) {
          case 0 -> SpaceRun.Kind.FREE;
          case 1 -> active.element().kind();
          default -> SpaceRun.Kind.SHARED;
        };
    List<String> owners =
        active.stream()
            .map(claim -> claim.owner().isEmpty() ? claim.kind().label() : claim.owner())
            .filter(owner -> kind != SpaceRun.Kind.LOG && kind != SpaceRun.Kind.SUPERBLOCK)
            .sorted()
            .distinct()
            .limit(MAX_OWNERS)
            .toList();
    return new SpaceRun(
        device, at, end - at, kind, kind == SpaceRun.Kind.TAIL ? List.of() : owners);
  }

  /// Joins a run with its neighbour when only a border of somebody's claim parts them.
  private static void add(List<SpaceRun> runs, SpaceRun run) {
    if (!runs.isEmpty()) {
      SpaceRun last = runs.getLast();
      if (last.kind() == run.kind() && last.owners().equals(run.owners())) {
        runs.removeLast();
        runs.add(
            new SpaceRun(
                run.device(),
                last.offset(),
                last.lengthBytes() + run.lengthBytes(),
                run.kind(),
                run.owners()));
        return;
      }
    }
    runs.add(run);
  }
}
