package io.famfs.fuse.server;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;

/// What one worker moved for which file, in bounded memory and without allocating.
///
/// A file has its place in one of [#PROBES] slots that its nodeid leads to. When all are taken the
/// file with the fewest bytes among them gives its place up, and what was counted for it goes to a
/// common sum: files that matter keep theirs. Only the worker writes; any thread may read.
///
/// ```text
/// slot 0   the common sum
/// slot i   nodeid, read bytes, written bytes, mapped bytes, requests
/// ```
final class TrafficTable {
  /// Slots of a table that is used; a power of two.
  static final int SLOTS = 1024;

  static final int READ = 1;
  static final int WRITTEN = 2;
  static final int MAPPED = 3;

  private static final int REQUESTS = 4;
  private static final int WIDTH = 5;
  private static final int PROBES = 8;
  private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

  private final AtomicLongArray words;
  private final int mask;

  /// @param slots a power of two, at least 8
  TrafficTable(int slots) {
    words = new AtomicLongArray((slots + 1) * WIDTH);
    mask = slots - 1;
  }

  /// Counts one request; by the worker only.
  ///
  /// @param column [#READ], [#WRITTEN] or [#MAPPED]
  void add(long nodeid, int column, long bytes) {
    int slot = slot(nodeid);
    add(slot + column, bytes);
    add(slot + REQUESTS, 1);
  }

  private void add(int index, long amount) {
    words.setOpaque(index, words.getPlain(index) + amount);
  }

  private int slot(long nodeid) {
    int home = (int) ((nodeid * MIX) >>> Integer.SIZE);
    int fewest = -1;
    long fewestBytes = Long.MAX_VALUE;
    for (int i = 0; i < PROBES; i++) {
      int slot = (1 + ((home + i) & mask)) * WIDTH;
      long holder = words.getPlain(slot);
      if (holder == nodeid) {
        return slot;
      }
      long bytes = holder == 0 ? -1 : bytes(slot);
      if (bytes < fewestBytes) {
        fewest = slot;
        fewestBytes = bytes;
      }
    }
    take(fewest, nodeid);
    return fewest;
  }

  private long bytes(int slot) {
    return words.getPlain(slot + READ)
        + words.getPlain(slot + WRITTEN)
        + words.getPlain(slot + MAPPED);
  }

  /// Gives a slot to another file. A reader that sees the same nodeid before and after the counts
  /// has seen counts of that file.
  private void take(int slot, long nodeid) {
    boolean used = words.getPlain(slot) != 0;
    words.set(slot, 0);
    for (int column = READ; column <= REQUESTS; column++) {
      if (used) {
        add(column, words.getPlain(slot + column));
      }
      words.setRelease(slot + column, 0);
    }
    words.setRelease(slot, nodeid);
  }

  /// Gives the counts of every file, and the common sum as those of nodeid 0.
  void forEach(Consumer<FileTraffic> to) {
    for (int slot = 0; slot < words.length(); slot += WIDTH) {
      long nodeid = words.getAcquire(slot);
      FileTraffic counts =
          new FileTraffic(
              nodeid,
              words.getAcquire(slot + READ),
              words.getAcquire(slot + WRITTEN),
              words.getAcquire(slot + MAPPED),
              words.getAcquire(slot + REQUESTS));
      boolean same = words.getAcquire(slot) == nodeid;
      if (same && counts.requests() > 0 && (nodeid != 0 || slot == 0)) {
        to.accept(counts);
      }
    }
  }
}
