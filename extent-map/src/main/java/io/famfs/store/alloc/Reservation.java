package io.famfs.store.alloc;

import io.famfs.core.ByteSize;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The space of a file that grows: at most as many runs as a map has extents. What the file has
/// asked for is claimed; behind it follows the tail, taken in advance so that the file goes on
/// where it is. The tail grows with the file and can be given back at any time. A file that another
/// one has got in the way of can move. Not thread-safe.
public final class Reservation {
  private static final long FIRST_STEP_BYTES = 64 * ByteSize.MIB;
  private static final long LAST_STEP_BYTES = 1024 * ByteSize.MIB;

  /// The share of the free space that a step takes at most.
  private static final int SHARE = 16;

  /// When only so many runs are left, a step takes half of the largest free run, and the last one
  /// all of it: a file whose size is not known shall not end at the number of its runs.
  private static final int FEW_RUNS = 4;

  /// Most that moves: copying more takes longer than a writer should wait.
  private static final long MOST_MOVED_BYTES = 1024 * ByteSize.MIB;

  /// How much room a file that moves gets, in what it has: it must not have to move again soon.
  private static final int MOVE_FACTOR = 16;

  private final SpaceMap space;
  private final List<DeviceRange> runs = new ArrayList<>(1);
  private long takenBytes;
  private long claimedBytes;
  private long stepBytes = FIRST_STEP_BYTES;

  /// Nothing yet.
  public Reservation(SpaceMap space) {
    this.space = space;
  }

  /// The space of a file that another process has begun.
  ///
  /// @return null when some of it is not free; nothing has changed then
  public static @Nullable Reservation of(SpaceMap space, List<DeviceRange> claimed) {
    Reservation made = new Reservation(space);
    for (DeviceRange run : claimed) {
      if (!space.takeFree(run)) {
        made.cut(0);
        return null;
      }
      made.runs.add(run);
      made.takenBytes += run.lengthBytes();
    }
    made.claimedBytes = made.takenBytes;
    return made;
  }

  /// Claims space up to a size where the file is, out of its tail or by making its last run longer.
  ///
  /// @param sizeBytes more than 0
  /// @return false when what is behind the last run is not free; nothing has changed then
  public boolean claimInPlace(long sizeBytes) {
    long needed = unitsBytes(sizeBytes);
    long missing = needed - takenBytes;
    if (missing > 0) {
      if (!extend(Math.max(missing, step(0)), missing)) {
        return false;
      }
      stepBytes = Math.min(2 * stepBytes, LAST_STEP_BYTES);
    }
    claimedBytes = Math.max(claimedBytes, needed);
    return true;
  }

  /// Takes one run elsewhere that has room for the file and for what it has once more, so that all
  /// that is ever copied is about as much as the file. This one stays as it is; the caller copies
  /// what was claimed, or releases what this call returns.
  ///
  /// @param sizeBytes how much is claimed of the new space, at least what is claimed of this one
  /// @return null when there is no such run, or too much to be copied
  public @Nullable Reservation elsewhere(long sizeBytes) {
    long needed = unitsBytes(sizeBytes);
    long largest = space.largestFreeRunBytes();
    if (claimedBytes > MOST_MOVED_BYTES || largest < needed + claimedBytes) {
      return null;
    }
    Reservation other = new Reservation(space);
    long wish = Math.min(MOVE_FACTOR * claimedBytes, largest / 2);
    if (!other.add(Math.max(needed + claimedBytes, wish))) {
      return null;
    }
    other.stepBytes = stepBytes;
    other.claimedBytes = needed;
    return other;
  }

  /// Claims space up to a size: in place, or in one more run, or in as many as it takes.
  ///
  /// @param sizeBytes more than 0; less than what is claimed already changes nothing
  /// @param others makes others give back space, when there is no run that holds what is missing;
  ///   says whether they did
  /// @return false when there is no space; nothing has changed then
  public boolean claim(long sizeBytes, BooleanSupplier others) {
    long needed = unitsBytes(sizeBytes);
    if (needed > takenBytes) {
      long before = takenBytes;
      boolean taken =
          takeRun(needed) || (others.getAsBoolean() && takeRun(needed)) || takePieces(needed);
      if (!taken) {
        cut(before);
        return false;
      }
      stepBytes = Math.min(2 * stepBytes, LAST_STEP_BYTES);
    }
    claimedBytes = Math.max(claimedBytes, needed);
    return true;
  }

  /// Takes all that is missing and a tail, behind the last run or as one more.
  private boolean takeRun(long needed) {
    long missing = needed - takenBytes;
    long largest = space.largestFreeRunBytes();
    long wish = Math.max(missing, step(largest));
    if (extend(wish, missing)) {
      return true;
    }
    if (runs.size() == Fmap.MAX_RANGES || largest < missing) {
      return false;
    }
    return add(Math.min(wish, largest));
  }

  private long step(long largestRunBytes) {
    long unit = space.unitBytes();
    long step = Math.min(stepBytes, space.freeBytes() / SHARE / unit * unit);
    int left = Fmap.MAX_RANGES - runs.size();
    return left > FEW_RUNS
        ? step
        : Math.max(step, left <= 1 ? largestRunBytes : largestRunBytes / 2);
  }

  private boolean takePieces(long needed) {
    extend(needed - takenBytes, 1);
    while (takenBytes < needed) {
      long piece = Math.min(needed - takenBytes, space.largestFreeRunBytes());
      if (runs.size() == Fmap.MAX_RANGES || piece == 0 || !add(piece)) {
        return false;
      }
    }
    return true;
  }

  /// Makes the last run longer.
  ///
  /// @param wishBytes most that is taken
  /// @param leastBytes least that is taken, else nothing is
  private boolean extend(long wishBytes, long leastBytes) {
    if (runs.isEmpty()) {
      return false;
    }
    DeviceRange last = runs.getLast();
    long free = Math.min(wishBytes, space.freeBehindBytes(last, wishBytes));
    DeviceRange longer = free < leastBytes ? null : space.extend(last, free);
    if (longer == null) {
      return false;
    }
    runs.set(runs.size() - 1, longer);
    takenBytes += longer.lengthBytes() - last.lengthBytes();
    return true;
  }

  private boolean add(long bytes) {
    DeviceRange run = space.allocate(bytes);
    if (run == null) {
      return false;
    }
    runs.add(run);
    takenBytes += run.lengthBytes();
    return true;
  }

  /// What the file has asked for, in whole units.
  public long claimedBytes() {
    return claimedBytes;
  }

  /// What was taken in advance.
  public long tailBytes() {
    return takenBytes - claimedBytes;
  }

  /// Where bytes of the file lie that are claimed.
  ///
  /// @param from the first byte
  /// @param to the byte behind, more than `from` and at most [#claimedBytes()]
  public List<DeviceRange> ranges(long from, long to) {
    List<DeviceRange> ranges = new ArrayList<>(runs.size());
    long runFrom = 0;
    for (DeviceRange run : runs) {
      long first = Math.max(from, runFrom);
      long end = Math.min(to, runFrom + run.lengthBytes());
      if (first < end) {
        ranges.add(new DeviceRange(run.daxdevIndex(), run.offset() + first - runFrom, end - first));
      }
      runFrom += run.lengthBytes();
    }
    return ranges;
  }

  /// Gives back the tail.
  ///
  /// @return whether there was one
  public boolean giveBackTail() {
    boolean some = tailBytes() > 0;
    cut(claimedBytes);
    return some;
  }

  /// Gives back everything behind a size.
  ///
  /// @param sizeBytes at most what is claimed; the unit in which it ends is kept
  public void keep(long sizeBytes) {
    claimedBytes = unitsBytes(sizeBytes);
    cut(claimedBytes);
  }

  private void cut(long keptBytes) {
    while (takenBytes > keptBytes) {
      DeviceRange last = runs.removeLast();
      long start = takenBytes - last.lengthBytes();
      if (start < keptBytes) {
        runs.add(space.trim(last, keptBytes - start));
        takenBytes = keptBytes;
      } else {
        space.release(last);
        takenBytes = start;
      }
    }
  }

  private long unitsBytes(long bytes) {
    long unit = space.unitBytes();
    return (bytes / unit + (bytes % unit == 0 ? 0 : 1)) * unit;
  }
}
