package io.famfs.fuse.window;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// Decides which files of one connection are copied by READ and WRITE although they could be
/// mapped.
///
/// Mapping a range costs a guest milliseconds, and pays when the range is used for long. A window
/// that is smaller than what is in use has ranges taken out and mapped again all the time, and is
/// then slower than copying. The evidence is in the mappings: ranges that are mapped again within a
/// generation, how many per second, and how many ranges are in use compared to the room.
///
/// ```
///   mapped --- mapping again costs more than its share of the time, and what is in use does not
///     ^        fit: the files with the most ranges mapped again, until the rest fits
///     |                                          |
///     +--- the wait is over, and it would fit -- copied    wait: doubled when it would not, or
///          (or the longest wait is over: a try)            when the file comes back soon
/// ```
///
/// The room that may be used is less when a file is let in than when one is taken out, and a wait
/// is never shorter than [GovernorSettings#firstWait()]: nothing swings.
///
/// What is decided is told by the attributes of the file from then on. Linux takes note when its
/// inode is made anew, after the last close (`fs/fuse/dax.c`, `fuse_dax_dontcache`); a file that
/// stays open stays as it is.
public final class WindowGovernor {
  private static final Logger LOGGER = System.getLogger(WindowGovernor.class.getName());

  /// Linux takes ranges back when less than a fifth of its window is free.
  private static final double FULL = 0.6;

  private static final double ROOM_TO_STAY = 0.7;
  private static final double ROOM_TO_RETURN = 0.6;

  /// The guest's part of a remap beside the two requests that are measured here.
  private static final int GUEST_FACTOR = 4;

  private static final int MAX_FILES = 1 << 16;
  private static final int MAX_COPIED = 1 << 12;
  private static final long[] NONE = {};

  private final LongSupplier nanoClock;
  private final GovernorSettings settings;
  private final ReentrantLock lock = new ReentrantLock();
  private final RangeSlots slots;
  private final FileUses files = new FileUses(MAX_FILES);

  /// Sorted nodeids, for readers without the lock.
  private volatile long[] copied = NONE;

  /// When the next wait ends.
  private volatile long reviewNanos;

  private long epochNanos;
  private long generationNanos;
  private int peak;
  private long epochMaps;
  private long epochAgain;
  private long epochBusyNanos;
  private int costlyEpochs;
  private long maps;
  private long again;
  private long demotions;
  private long promotions;

  /// @param windowBytes size of the window
  /// @param nanoClock as [System#nanoTime()]
  public WindowGovernor(long windowBytes, LongSupplier nanoClock, GovernorSettings settings) {
    this.nanoClock = nanoClock;
    this.settings = settings;
    slots = new RangeSlots(windowBytes);
    epochNanos = nanoClock.getAsLong();
    generationNanos = epochNanos;
  }

  /// Whether a file is to be copied for the time being. Takes no lock that is held.
  public boolean copies(long nodeid) {
    if (copied.length == 0) {
      return false;
    }
    long now = nanoClock.getAsLong();
    if (now - reviewNanos >= 0 && lock.tryLock()) {
      try {
        review(now);
      } finally {
        lock.unlock();
      }
    }
    return Arrays.binarySearch(copied, nodeid) >= 0;
  }

  /// A part of a file was mapped.
  ///
  /// @param tookNanos what the front-end needed for it
  public void mapped(
      long nodeid, long fileOffset, long windowOffset, long lengthBytes, long tookNanos) {
    lock.lock();
    try {
      epochBusyNanos += tookNanos;
      FileUse file = files.get(nodeid);
      int last = slot(windowOffset + lengthBytes - 1);
      int range = (int) (fileOffset >>> RangeSlots.RANGE_LOG2);
      for (int at = slot(windowOffset); file != null && at <= last; at++, range++) {
        if (slots.put(at, file, range)) {
          count(file, range);
        }
      }
      peak = Math.max(peak, slots.live());
      look(nanoClock.getAsLong());
    } finally {
      lock.unlock();
    }
  }

  private void count(FileUse file, int range) {
    epochMaps++;
    if (file.map(range)) {
      file.again++;
      epochAgain++;
    }
  }

  /// A part of the window was taken out.
  ///
  /// @param tookNanos what the front-end needed for it
  public void unmapped(long windowOffset, long lengthBytes, long tookNanos) {
    lock.lock();
    try {
      epochBusyNanos += tookNanos;
      for (int at = slot(windowOffset); at <= slot(windowOffset + lengthBytes - 1); at++) {
        slots.clear(at);
      }
    } finally {
      lock.unlock();
    }
  }

  private int slot(long windowOffset) {
    return (int) Math.min(windowOffset >>> RangeSlots.RANGE_LOG2, slots.count() - 1);
  }

  /// What has been seen and decided.
  public GovernorState state() {
    lock.lock();
    try {
      long now = nanoClock.getAsLong();
      List<GovernorState.CopiedFile> out = new ArrayList<>();
      for (FileUse file : files.copied()) {
        long left = TimeUnit.NANOSECONDS.toMillis(Math.max(0, file.untilNanos - now));
        out.add(new GovernorState.CopiedFile(file.nodeid, file.workingSet(), file.level, left));
      }
      return new GovernorState(
          slots.count(),
          slots.live(),
          files.workingSet(),
          maps + epochMaps,
          again + epochAgain,
          demotions,
          promotions,
          out);
    } finally {
      lock.unlock();
    }
  }

  private void look(long now) {
    long elapsed = now - epochNanos;
    if (elapsed < settings.epoch().toNanos()) {
      return;
    }
    boolean full = peak >= slots.count() * FULL;
    costlyEpochs = full && costNanos() >= elapsed * settings.costShare() ? costlyEpochs + 1 : 0;
    if (costlyEpochs >= settings.patience()) {
      demote(now, elapsed);
      costlyEpochs = 0;
    }
    review(now);
    turn(now);
    maps += epochMaps;
    again += epochAgain;
    epochMaps = 0;
    epochAgain = 0;
    epochBusyNanos = 0;
    epochNanos = now;
    peak = slots.live();
    files.beginEpoch();
  }

  private double costNanos() {
    double measured = epochMaps == 0 ? 0 : (double) epochBusyNanos / epochMaps;
    return epochAgain * Math.max((double) settings.rangeCost().toNanos(), GUEST_FACTOR * measured);
  }

  /// Forgets what has not been mapped for a generation. What a copied file had in use is kept as it
  /// was: it says whether it would fit.
  private void turn(long now) {
    long generation = settings.generation().toNanos();
    long over = (now - generationNanos) / generation;
    generationNanos += over * generation;
    for (int i = 0; i < Math.min(over, 2); i++) {
      for (FileUse file : files.list()) {
        if (!file.copied) {
          file.turn();
        }
      }
    }
    if (over > 0) {
      files.retain(file -> file.copied || file.workingSet() > 0);
    }
  }

  private void demote(long now, long elapsed) {
    long inUse = files.workingSet();
    long left = inUse;
    int out = 0;
    for (FileUse file : costliest()) {
      if (left <= slots.count() * ROOM_TO_STAY || copied.length + out == MAX_COPIED) {
        break;
      }
      left -= file.workingSet();
      boolean rested = now - file.promotedNanos > settings.longestWait().toNanos();
      file.level = rested && file.level >= 0 ? 0 : next(file.level);
      file.copied = true;
      file.untilNanos = now + waitNanos(file.level);
      out++;
    }
    if (out > 0) {
      demotions += out;
      publish(now);
      LOGGER.log(
          Level.INFO,
          "{0} files are copied from their next open on: {1} ranges were in use in a window of {2},"
              + " {3} mapped again in {4} ms",
          out,
          inUse,
          slots.count(),
          epochAgain,
          TimeUnit.NANOSECONDS.toMillis(elapsed));
    }
  }

  /// Files with ranges that were mapped again, most of them first.
  private List<FileUse> costliest() {
    List<FileUse> candidates = files.list();
    candidates.removeIf(file -> file.copied || file.again == 0);
    candidates.sort(
        Comparator.comparingInt((FileUse file) -> -file.again)
            .thenComparingLong(file -> file.nodeid));
    return candidates;
  }

  private int next(int level) {
    return Math.min(level + 1, settings.doublings());
  }

  private long waitNanos(int level) {
    return settings.firstWait().toNanos() << level;
  }

  /// Lets files in again whose wait is over.
  private void review(long now) {
    if (copied.length == 0 || now - reviewNanos < 0) {
      return;
    }
    turn(now);
    long inUse = files.workingSet();
    for (FileUse file : files.copied()) {
      if (now - file.untilNanos < 0) {
        continue;
      }
      boolean fits = inUse + file.workingSet() <= slots.count() * ROOM_TO_RETURN;
      if (fits || file.level == settings.doublings()) {
        inUse += file.workingSet();
        file.copied = false;
        file.promotedNanos = now;
        promotions++;
      } else {
        file.level = next(file.level);
        file.untilNanos = now + waitNanos(file.level);
      }
    }
    publish(now);
  }

  private void publish(long now) {
    List<FileUse> out = files.copied();
    long soonest = Long.MAX_VALUE;
    for (FileUse file : out) {
      soonest = Math.min(soonest, file.untilNanos - now);
    }
    reviewNanos = now + (out.isEmpty() ? 0 : soonest);
    copied = out.stream().mapToLong(file -> file.nodeid).sorted().toArray();
  }
}
