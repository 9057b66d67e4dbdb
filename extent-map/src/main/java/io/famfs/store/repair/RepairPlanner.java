package io.famfs.store.repair;

import io.famfs.core.DaxDevice;
import io.famfs.core.format.FormatVersion;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.Superblock;
import io.famfs.core.format.SuperblockLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Plans the repair of a volume from its media, and writes nothing.
///
/// The order of the steps: superblock, so that a volume is there; log header; copies of file data
/// to space of its own; an appended entry and the index that publishes it; changes of entries in
/// place; moves into gaps; the number of entries; clearing of what is behind.
public final class RepairPlanner {
  private final List<? extends DaxDevice> devices;
  private final DaxDevice primary;
  private final RepairOptions options;
  private final List<RepairAction> actions = new ArrayList<>();
  private final List<RepairStep> steps = new ArrayList<>();

  private RepairPlanner(List<? extends DaxDevice> devices, RepairOptions options) {
    this.devices = devices;
    this.primary = devices.getFirst();
    this.options = options;
  }

  /// Plans a repair. Whatever is on the media, there is a plan; it may be empty.
  ///
  /// @param devices the primary device, then the others of the volume in order of their index, as
  ///   far as they are there
  public static RepairPlan plan(List<? extends DaxDevice> devices, RepairOptions options) {
    try {
      return new RepairPlanner(devices, options).plan();
    } catch (InternalError e) {
      // What the platform throws when mapped memory cannot be read.
      return hopeless("the memory of " + devices.getFirst().name() + " is not readable");
    }
  }

  private RepairPlan plan() {
    if (primary.sizeBytes() < LogHeaderLayout.MEDIA_OFFSET + LogHeaderLayout.MIN_LOG_BYTES) {
      return hopeless(
          primary.name() + " has " + primary.sizeBytes() + " bytes, too few for a famfs");
    }
    SuperblockRepair.Decision decision = new SuperblockRepair(primary, options).decide();
    Superblock superblock = decision.superblock();
    if (superblock == null) {
      return hopeless(decision.hopeless());
    }
    FormatVersion version = superblock.version();
    if (Integer.compareUnsigned(version.omfMinor(), FormatVersion.CURRENT.omfMinor()) > 0) {
      return hopeless(
          "a volume of version "
              + version
              + " may hold what this program does not know; use one that knows this version");
    }
    if (!decision.changes().isEmpty()) {
      actions.add(new RepairAction.RewriteSuperblock(decision.changes()));
      steps.add(
          new RepairStep.Put(0, SuperblockRepair.bytes(superblock), SuperblockLayout.CRC_COVERS));
    }
    LogHeaderRepair.Decision header = LogHeaderRepair.decide(primary, superblock);
    if (!header.changes().isEmpty()) {
      actions.add(new RepairAction.RewriteLogHeader(header.changes()));
      steps.add(
          new RepairStep.Put(
              LogHeaderLayout.MEDIA_OFFSET,
              LogHeaderRepair.bytes(superblock.logLengthBytes(), header.header().nextIndex()),
              LogHeaderLayout.CRC_COVERS));
    }
    EntryPlanner entries =
        new EntryPlanner(devices, superblock, options, header.header().nextIndex());
    entries.plan();
    actions.addAll(entries.actions());
    entrySteps(entries, superblock, header);
    return new RepairPlan(superblock, actions, entries.uncorrected(), steps);
  }

  private static RepairPlan hopeless(String reason) {
    return new RepairPlan(null, List.of(), List.of(reason), List.of());
  }

  private void entrySteps(
      EntryPlanner entries, Superblock superblock, LogHeaderRepair.Decision header) {
    TargetLog target = entries.target();
    long before = header.header().nextIndex();
    steps.addAll(entries.copies());
    Map<Long, byte[]> changed = target.changed();
    if (target.appended()) {
      byte[] appended = changed.remove(target.appendSlot());
      if (appended != null) {
        steps.add(entry(target.appendSlot(), appended));
        steps.add(count(superblock, before + 1));
      }
    }
    changed.keySet().stream()
        .sorted()
        .forEach(slot -> steps.add(entry(slot, changed.getOrDefault(slot, new byte[0]))));
    steps.addAll(target.moves());
    long now = target.entriesBeforeMoves();
    if (target.size() != now) {
      steps.add(count(superblock, target.size()));
    }
    clear(target.size(), Math.max(now, header.tail().usedEnd()), target.size() < now);
  }

  /// Clears what is behind the log, unless it is what an interrupted append may leave.
  private void clear(long from, long to, boolean always) {
    if (from < to && (always || to > from + 1)) {
      actions.add(new RepairAction.ClearSlots(from, to - from));
      steps.add(new RepairStep.Clear(from, to - from));
    }
  }

  private static RepairStep.Put entry(long slot, byte[] bytes) {
    return new RepairStep.Put(LogHeaderLayout.entryMediaOffset(slot), bytes, LogEntryLayout.CRC_AT);
  }

  private static RepairStep.Put count(Superblock superblock, long entries) {
    return new RepairStep.Put(
        LogHeaderLayout.MEDIA_OFFSET,
        LogHeaderRepair.bytes(superblock.logLengthBytes(), entries),
        LogHeaderLayout.NEXT_INDEX_AT);
  }
}
