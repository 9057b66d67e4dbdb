package io.famfs.store.repair;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The log that a repair makes: which slots stay, in order, and what is stored into them first.
///
/// A slot is changed where it stands. Then, from the start of the log on, those that stay move into
/// the gaps. At every moment the content of a slot that is overwritten is either worthless or
/// stands in an earlier one already, so a repair that stops leaves copies, never losses; the next
/// one recognises and drops them.
final class TargetLog {
  private static final int NONE = -1;

  private final long entries;
  private final long capacity;
  private final Map<Long, byte[]> changed = new TreeMap<>();
  private int[] slots = new int[64];
  private int size;

  /// Position of a gap that may become the directory for what has lost its place.
  private int gap = NONE;

  private boolean appended;

  /// @param entries number of entries
  /// @param capacity number of slots
  TargetLog(long entries, long capacity) {
    this.entries = entries;
    this.capacity = capacity;
  }

  /// The entry of a slot stays.
  void keep(long slot) {
    if (size == slots.length) {
      slots = Arrays.copyOf(slots, size * 2);
    }
    slots[size++] = (int) slot;
  }

  /// The entry of a slot stays, and becomes this.
  void keep(long slot, byte[] bytes) {
    changed.put(slot, bytes);
    keep(slot);
  }

  /// The entry of a slot goes.
  void drop(long slot) {
    if (gap == NONE) {
      gap = size;
      keep(slot);
    }
  }

  /// Whether an entry has gone and its slot can be used by [#fillGap].
  boolean hasGap() {
    return gap != NONE && !changed.containsKey((long) slots[gap]);
  }

  /// The slot that [#fillGap] uses.
  long gapSlot() {
    return slots[gap];
  }

  /// The slot of the first entry that has gone becomes this.
  void fillGap(byte[] bytes) {
    changed.put((long) slots[gap], bytes);
  }

  /// Whether an entry can be appended.
  boolean canAppend() {
    return !appended && entries < capacity;
  }

  /// The slot of an appended entry.
  long appendSlot() {
    return entries;
  }

  /// Appends an entry, behind all others.
  void append(byte[] bytes) {
    changed.put(entries, bytes);
    appended = true;
  }

  /// Ends the log: what follows are the steps.
  void finish() {
    if (hasGap()) {
      System.arraycopy(slots, gap + 1, slots, gap, size - gap - 1);
      size--;
    }
    if (appended) {
      keep(entries);
    }
  }

  /// Number of entries when all is done.
  long size() {
    return size;
  }

  /// Number of entries after the appended one and before anything moves.
  long entriesBeforeMoves() {
    return appended ? entries + 1 : entries;
  }

  boolean appended() {
    return appended;
  }

  /// What is stored into slots, by slot.
  Map<Long, byte[]> changed() {
    return new HashMap<>(changed);
  }

  /// The moves, in order.
  List<RepairStep.Move> moves() {
    List<RepairStep.Move> moves = new ArrayList<>();
    int at = 0;
    while (at < size) {
      int start = at;
      long distance = slots[at] - (long) at;
      while (at < size && slots[at] - (long) at == distance) {
        at++;
      }
      if (distance > 0) {
        moves.add(new RepairStep.Move(slots[start], start, at - (long) start));
      }
    }
    return moves;
  }
}
