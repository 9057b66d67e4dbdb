package io.famfs.store;

import io.famfs.core.DaxDevice;
import io.famfs.core.Errno;
import io.famfs.core.MemoryRange;
import io.famfs.core.MemoryState;
import io.famfs.core.format.SuperblockLayout;
import io.famfs.store.health.BadCause;
import io.famfs.store.health.BadRangeFiles;
import io.famfs.store.health.BadRangeFiles.Remembered;
import io.famfs.store.health.BadRanges;
import io.famfs.store.health.RangeSet;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The bad memory of an open volume: what the system lists, what accesses have run into, what
/// operators have said. Whoever has file data moved asks [#ranges()]; files on bad memory give
/// errors there and are whole everywhere else.
///
/// A failed access proves nothing by itself: the other side of a copy may have gone, or a file may
/// be shorter for a while. So every page is looked at before it is taken for bad, see [#suspect].
/// Ranges are made of whole pages.
///
/// What accesses and operators have found is kept in the state directory of the host, if there is
/// one, and is known again when the volume is opened anew. Other programs change it there;
/// [#refresh()] sees that, and after [#watch()] a thread does so: twice a second, the lists of the
/// system every 5 seconds.
public final class BadMemory {
  private static final Logger LOG = System.getLogger(BadMemory.class.getName());
  private static final int MAX_PROBLEMS = 100;

  private final LoadedVolume loaded;
  private final VolumeDevices devices;
  private final VolumeWriter writer;
  private final @Nullable BadRangeFiles files;

  /// Held by whoever changes what is known; the writer's lock is taken inside it, never around it.
  private final ReentrantLock changing = new ReentrantLock();

  private final List<Known> known = new ArrayList<>();
  private final List<Consumer<BadRanges>> listeners = new CopyOnWriteArrayList<>();
  private final Set<String> problems = new HashSet<>();
  private final LongAdder failedPages = new LongAdder();
  private final LongAdder gonePages = new LongAdder();
  private final LongAdder refutedFaults = new LongAdder();
  private volatile BadRanges ranges = BadRanges.NONE;
  private volatile FileCount fileCount = new FileCount(BadRanges.NONE, 0);
  private @Nullable BadMemoryWatch watch;

  /// What is known of one device.
  private static final class Known {
    final Map<BadCause, RangeSet> byCause = new EnumMap<>(BadCause.class);
    BadRangeFiles.@Nullable Stamp stamp;

    /// Found by accesses and not in the state directory, because there is none.
    RangeSet unsaved = RangeSet.EMPTY;

    RangeSet get(BadCause cause) {
      return byCause.getOrDefault(cause, RangeSet.EMPTY);
    }
  }

  private record FileCount(BadRanges of, int files) {}

  BadMemory(LoadedVolume loaded, VolumeWriter writer, @Nullable Path stateDirectory) {
    this.loaded = loaded;
    this.devices = loaded.devices();
    this.writer = writer;
    this.files = stateDirectory == null ? null : new BadRangeFiles(stateDirectory);
    writer.badMemory(this);
  }

  /// What is bad, as known now.
  public BadRanges ranges() {
    return ranges;
  }

  /// Tells somebody of every change from now on, on the thread that learns of it. New ranges are in
  /// [#ranges()] before.
  public void listen(Consumer<BadRanges> listener) {
    listeners.add(listener);
  }

  /// Undoes [#listen].
  public void unlisten(Consumer<BadRanges> listener) {
    listeners.remove(listener);
  }

  /// Looks at memory that an access has failed on: pages that cannot be loaded are bad from now on.
  /// Not to be called by who holds a lock that a listener takes.
  ///
  /// @param daxdevIndex the device; the range lies on it
  /// @return whether there is bad memory in the range. When not, the access failed for another
  ///   reason
  public boolean suspect(int daxdevIndex, long offset, long lengthBytes) {
    if (lengthBytes <= 0 || devices.isMissing(daxdevIndex)) {
      return false;
    }
    Pages found = look(daxdevIndex, RangeSet.of(List.of(new MemoryRange(offset, lengthBytes))));
    if (found.failed.isEmpty() && found.gone.isEmpty()) {
      boolean before = ranges.touches(daxdevIndex, offset, lengthBytes);
      if (!before) {
        refutedFaults.increment();
      }
      return before;
    }
    failedPages.add(found.failed.size());
    gonePages.add(found.gone.size());
    boolean changed;
    changing.lock();
    try {
      Known device = known(daxdevIndex);
      add(device, BadCause.GONE, RangeSet.of(found.gone));
      remember(daxdevIndex, device, RangeSet.of(found.failed));
      changed = publish();
    } finally {
      changing.unlock();
    }
    tell(changed);
    return true;
  }

  /// Pages of a range that are not known to be bad and cannot be loaded.
  private record Pages(List<MemoryRange> failed, List<MemoryRange> gone) {}

  private Pages look(int daxdevIndex, RangeSet where) {
    DaxDevice device = devices.get(daxdevIndex);
    int pageBytes = device.pageBytes();
    Pages found = new Pages(new ArrayList<>(), new ArrayList<>());
    for (MemoryRange range : where.inPages(pageBytes, device.sizeBytes()).ranges()) {
      for (long at = range.offset(); at < range.end(); at += pageBytes) {
        MemoryRange page = new MemoryRange(at, Math.min(pageBytes, range.end() - at));
        if (!ranges.touches(daxdevIndex, at, 1)) {
          sort(device.probe(at), page, found);
        }
      }
    }
    return found;
  }

  private static void sort(MemoryState state, MemoryRange page, Pages found) {
    switch (state) {
      case FAILED -> found.failed.add(page);
      case GONE -> found.gone.add(page);
      case READABLE -> {
        // Not bad.
      }
    }
  }

  private void add(Known device, BadCause cause, RangeSet more) {
    RangeSet all = device.get(cause).union(more);
    if (all.count() > BadRangeFiles.MAX_RANGES) {
      problem("more than " + BadRangeFiles.MAX_RANGES + " bad ranges: the others are not kept");
    } else {
      device.byCause.put(cause, all);
    }
  }

  private void remember(int daxdevIndex, Known device, RangeSet failed) {
    if (failed.isEmpty()) {
      return;
    }
    BadRangeFiles kept = files;
    if (kept != null) {
      try {
        kept.change(
            devices.uuid(daxdevIndex),
            old -> new Remembered(old.fault().union(failed), old.manual()));
        add(device, BadCause.FAULT, failed);
        return;
      } catch (IOException e) {
        problem("bad memory is not remembered beyond this run: " + e.getMessage());
      }
    }
    device.unsaved = device.unsaved.union(failed);
    add(device, BadCause.FAULT, failed);
  }

  /// Reads again what the system lists and the host remembers, and looks whether memory that had
  /// gone is back.
  public void refresh() {
    refresh(true);
  }

  /// The same, with a choice about the lists of the system, which are the costly part.
  void refresh(boolean lists) {
    boolean changed;
    changing.lock();
    try {
      for (int i = 0; i < devices.count(); i++) {
        if (!devices.isMissing(i)) {
          refresh(i, known(i), lists);
        }
      }
      changed = publish();
    } finally {
      changing.unlock();
    }
    tell(changed);
  }

  private void refresh(int daxdevIndex, Known device, boolean lists) {
    DaxDevice memory = devices.get(daxdevIndex);
    try {
      if (lists) {
        put(memory, device, BadCause.LISTED, RangeSet.of(memory.listedBad()));
      }
    } catch (IOException e) {
      problem("the list of bad memory of " + memory.name() + " is not used: " + e.getMessage());
    }
    BadRangeFiles kept = files;
    if (kept != null) {
      try {
        reread(kept, daxdevIndex, device);
      } catch (IOException e) {
        problem("what is remembered of " + memory.name() + " is not used: " + e.getMessage());
      }
    }
    device.byCause.put(BadCause.GONE, stillGone(memory, device.get(BadCause.GONE)));
  }

  private void reread(BadRangeFiles kept, int daxdevIndex, Known device) throws IOException {
    BadRangeFiles.Stamp now = kept.stamp(devices.uuid(daxdevIndex));
    if (now == null ? device.stamp == null : now.equals(device.stamp)) {
      return;
    }
    Remembered remembered = kept.read(devices.uuid(daxdevIndex));
    device.stamp = now;
    DaxDevice memory = devices.get(daxdevIndex);
    put(memory, device, BadCause.FAULT, remembered.fault().union(device.unsaved));
    put(memory, device, BadCause.MANUAL, remembered.manual());
  }

  private static void put(DaxDevice memory, Known device, BadCause cause, RangeSet found) {
    device.byCause.put(cause, found.inPages(memory.pageBytes(), memory.sizeBytes()));
  }

  /// What has come back is found page by page, from the start of each range.
  private static RangeSet stillGone(DaxDevice memory, RangeSet gone) {
    List<MemoryRange> still = new ArrayList<>();
    for (MemoryRange range : gone.ranges()) {
      long at = range.offset();
      while (at < range.end() && memory.probe(at) == MemoryState.READABLE) {
        at += memory.pageBytes();
      }
      still.add(new MemoryRange(at, range.end() - at));
    }
    return RangeSet.of(still);
  }

  /// @return whether something has changed
  private boolean publish() {
    List<Map<BadCause, RangeSet>> all = known.stream().map(device -> device.byCause).toList();
    BadRanges next = BadRanges.of(all);
    BadRanges before = ranges;
    if (next.equals(before)) {
      return false;
    }
    writer.lock().lock();
    try {
      // What files have taken in advance and not used yet can be avoided.
      writer.newFiles().giveBackTails();
      for (int i = 0; i < known.size(); i++) {
        loaded.space().setBad(i, next.device(i));
      }
      writer.badMetadata(badMetadata(next));
      ranges = next;
    } finally {
      writer.lock().unlock();
    }
    return true;
  }

  private @Nullable StoreException badMetadata(BadRanges now) {
    for (int i = 0; i < known.size(); i++) {
      long reserved = i == 0 ? loaded.superblock().reservedBytes() : SuperblockLayout.AREA_BYTES;
      long good = now.goodBytes(i, 0, reserved);
      if (good < reserved) {
        return new StoreException(
            Errno.EROFS,
            "bad memory at byte "
                + good
                + " of "
                + devices.get(i).name()
                + ", in its superblock or log: nothing is created any more; copy the files to"
                + " another device");
      }
    }
    return null;
  }

  private void tell(boolean changed) {
    if (changed) {
      BadRanges now = ranges;
      LOG.log(
          Level.WARNING,
          "{0}: {1} bytes of bad memory in {2} places now (see ''famfs poison list'')",
          devices.primary().name(),
          Long.toString(now.bytes()),
          now.count());
      listeners.forEach(listener -> listener.accept(now));
    }
  }

  /// Has a thread look for changes until the volume is closed.
  public void watch() {
    changing.lock();
    try {
      if (watch == null) {
        watch = new BadMemoryWatch(this, "famfs-memory " + devices.primary().name());
      }
    } finally {
      changing.unlock();
    }
  }

  void close() {
    BadMemoryWatch running;
    changing.lock();
    try {
      running = watch;
    } finally {
      changing.unlock();
    }
    if (running != null) {
      running.close();
    }
  }

  /// Numbers for whoever watches this server. Counting files looks at all of them after a change.
  public BadMemoryStats stats() {
    BadRanges now = ranges;
    FileCount counted = fileCount;
    if (!counted.of.equals(now)) {
      int count = FileWalk.touching(loaded.namespace().namespace(), now).size();
      counted = new FileCount(now, count);
      fileCount = counted;
    }
    return new BadMemoryStats(
        now.count(),
        now.bytes(),
        counted.files,
        failedPages.sum(),
        gonePages.sum(),
        refutedFaults.sum());
  }

  private Known known(int daxdevIndex) {
    while (known.size() <= daxdevIndex) {
      known.add(new Known());
    }
    return known.get(daxdevIndex);
  }

  private void problem(String text) {
    if (problems.size() < MAX_PROBLEMS && problems.add(text)) {
      LOG.log(Level.WARNING, text);
    }
  }
}
