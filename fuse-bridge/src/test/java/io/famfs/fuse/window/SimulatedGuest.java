package io.famfs.fuse.window;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A guest that uses files through a window as Linux does (`fs/fuse/dax.c`): ranges of 2 MiB, taken
/// back in the order they were mapped, ten at a time, when less than a fifth is free. Its clock
/// goes by what things cost.
///
/// Whether a file is mapped is decided when it is opened anew, here every so many uses.
final class SimulatedGuest {
  static final long RANGE_BYTES = 2 << 20;

  /// One fault: the request and its answer, and the front-end's work.
  static final long MAP_NANOS = 1_200_000;

  static final long FRONT_END_NANOS = 350_000;
  static final long UNMAP_NANOS = 700_000;

  /// A load of a page that is mapped, a READ of a page.
  static final long LOAD_NANOS = 500;

  static final long READ_NANOS = 80_000;

  private static final int RECLAIM = 10;

  private record Range(long nodeid, int index) {}

  private final int slots;
  private final @Nullable WindowGovernor governor;
  private final long usesPerOpen;
  private final LinkedHashMap<Range, Integer> mapped = new LinkedHashMap<>();
  private final boolean[] taken;
  private final Map<Long, Boolean> dax = new HashMap<>();
  private final Map<Long, Long> uses = new HashMap<>();
  private final long[] clock;
  private final boolean window;

  /// @param clock the time, in nanoseconds; the governor's, too
  /// @param window whether files are mapped at all
  /// @param governor says what is copied; null for nothing
  SimulatedGuest(
      int slots, long[] clock, boolean window, @Nullable WindowGovernor governor, long perOpen) {
    this.slots = slots;
    this.clock = clock;
    this.window = window;
    this.governor = governor;
    this.usesPerOpen = perOpen;
    taken = new boolean[slots];
  }

  /// Reads a page of a range.
  void use(long nodeid, int range) {
    if (uses.merge(nodeid, 1L, Long::sum) % usesPerOpen == 1 || usesPerOpen == 1) {
      open(nodeid);
    }
    if (!dax.getOrDefault(nodeid, false)) {
      clock[0] += READ_NANOS;
      return;
    }
    if (!mapped.containsKey(new Range(nodeid, range))) {
      reclaim();
      map(new Range(nodeid, range));
    }
    clock[0] += LOAD_NANOS;
  }

  /// Does something else.
  void idle(long nanos) {
    clock[0] += nanos;
  }

  /// Whether the last open of a file found it mapped.
  boolean maps(long nodeid) {
    return dax.getOrDefault(nodeid, false);
  }

  private void open(long nodeid) {
    boolean wanted = window && (governor == null || !governor.copies(nodeid));
    boolean had = dax.getOrDefault(nodeid, false);
    dax.put(nodeid, wanted);
    if (had && !wanted) {
      forget(nodeid);
    }
  }

  /// Forgets a file and everything mapped of it.
  void forget(long nodeid) {
    Iterator<Map.Entry<Range, Integer>> all = mapped.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Range, Integer> entry = all.next();
      if (entry.getKey().nodeid == nodeid) {
        all.remove();
        unmap(entry.getValue());
      }
    }
  }

  private void reclaim() {
    boolean low = (slots - mapped.size()) * 5 < slots || mapped.size() == slots;
    Iterator<Map.Entry<Range, Integer>> oldest = mapped.entrySet().iterator();
    for (int i = 0; low && i < RECLAIM && oldest.hasNext(); i++) {
      int slot = oldest.next().getValue();
      oldest.remove();
      unmap(slot);
    }
  }

  private void unmap(int slot) {
    taken[slot] = false;
    clock[0] += UNMAP_NANOS;
    if (governor != null) {
      governor.unmapped(slot * RANGE_BYTES, RANGE_BYTES, FRONT_END_NANOS);
    }
  }

  private void map(Range range) {
    int slot = 0;
    while (taken[slot]) {
      slot++;
    }
    taken[slot] = true;
    mapped.put(range, slot);
    clock[0] += MAP_NANOS;
    if (governor != null) {
      long offset = range.index * RANGE_BYTES;
      governor.mapped(range.nodeid, offset, slot * RANGE_BYTES, RANGE_BYTES, FRONT_END_NANOS);
    }
  }
}
