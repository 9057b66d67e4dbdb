package io.famfs.fuse.window;

import java.util.BitSet;

/// What a governor knows of one file. Guarded by the governor's lock.
final class FileUse {
  final long nodeid;

  /// Ranges mapped in this generation, and in the one before.
  private BitSet current = new BitSet();

  private BitSet previous = new BitSet();
  private int inUse;

  /// Ranges mapped now.
  int live;

  /// Ranges mapped again in this epoch.
  int again;

  boolean copied;

  /// How often the wait has been doubled; -1 before the first.
  int level = -1;

  long untilNanos;
  long promotedNanos;

  FileUse(long nodeid) {
    this.nodeid = nodeid;
  }

  /// Notes that a range was mapped.
  ///
  /// @return whether it had been mapped shortly before
  boolean map(int range) {
    boolean before = current.get(range) || previous.get(range);
    if (!before) {
      inUse++;
    }
    current.set(range);
    return before;
  }

  /// Ranges in use lately, or mapped: those may be in use without anybody being asked.
  int workingSet() {
    return Math.max(inUse, live);
  }

  /// Begins a generation: what was not mapped for the whole of the last one is out of use.
  void turn() {
    BitSet emptied = previous;
    previous = current;
    emptied.clear();
    current = emptied;
    inUse = previous.cardinality();
  }
}
