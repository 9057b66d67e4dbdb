package io.famfs.fuse.server;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongConsumer;

/// Nodeids that somebody has to be told of, each once however often it is added. Any number of
/// threads add, without lock or allocation; one takes.
final class ChangedNodes {
  /// More nodeids than this are all of them.
  static final int SLOTS = 4096;

  private static final int PROBES = 16;
  private static final long MIX = 0x9e37_79b9_7f4a_7c15L;

  private final AtomicLongArray slots = new AtomicLongArray(SLOTS);

  /// Adds a nodeid other than 0.
  ///
  /// @return false when there was no room
  boolean add(long nodeid) {
    int at = (int) ((nodeid * MIX) >>> 40);
    for (int i = 0; i < PROBES; i++) {
      int slot = (at + i) & (SLOTS - 1);
      long held = slots.get(slot);
      if (held == 0) {
        held = slots.compareAndExchange(slot, 0, nodeid);
      }
      if (held == 0 || held == nodeid) {
        return true;
      }
    }
    return false;
  }

  /// Takes all. A nodeid that is added while it is being taken is there again afterwards.
  void drain(LongConsumer to) {
    for (int slot = 0; slot < SLOTS; slot++) {
      if (slots.get(slot) != 0) {
        to.accept(slots.getAndSet(slot, 0));
      }
    }
  }
}
