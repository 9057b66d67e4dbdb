package io.famfs.store.repair;

import java.util.List;

/// The entries that go, neighbours told in one line.
final class Drops {
  private final TargetLog target;
  private final List<RepairAction> actions;

  Drops(TargetLog target, List<RepairAction> actions) {
    this.target = target;
    this.actions = actions;
  }

  void drop(long slot, String reason) {
    target.drop(slot);
    if (!actions.isEmpty()
        && actions.getLast() instanceof RepairAction.DropEntries last
        && last.slot() + last.count() == slot) {
      actions.set(
          actions.size() - 1,
          new RepairAction.DropEntries(last.slot(), last.count() + 1, last.reason()));
    } else {
      actions.add(new RepairAction.DropEntries(slot, 1, reason));
    }
  }

  /// Tells entries that go at the end of the log as what they are.
  void cutTail(long entries) {
    if (!actions.isEmpty()
        && actions.getLast() instanceof RepairAction.DropEntries last
        && last.slot() + last.count() == entries) {
      actions.set(
          actions.size() - 1, new RepairAction.CutTail(entries, last.slot(), last.reason()));
    }
  }
}
